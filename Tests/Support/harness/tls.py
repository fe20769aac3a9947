"""nginx as a TLS proxy in front of a plain server."""
import contextlib
import pathlib
import subprocess
import tempfile

from .programs import free_port, stopped, wait_for


def make_certificate(folder):
    """Makes a certificate for localhost that signs itself; returns its path."""
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
         "-keyout", str(folder / "key.pem"), "-out", str(folder / "certificate.pem"), "-days", "2",
         "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"],
        check=True, stderr=subprocess.DEVNULL)
    return folder / "certificate.pem"


@contextlib.contextmanager
def tls_in_front_of(address, http2, protocols="TLSv1.2 TLSv1.3"):
    """Yields the address of a TLS server that passes on to another, and the certificate to trust."""
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        certificate = make_certificate(folder)
        port = free_port()
        (folder / "nginx.conf").write_text(f"""
            daemon off; error_log {folder}/error.log info; pid {folder}/nginx.pid; worker_processes 1;
            events {{ worker_connections 64; }}
            http {{
              log_format used "$server_protocol $ssl_protocol"; access_log {folder}/access.log used;
              client_body_temp_path {folder}; proxy_temp_path {folder};
              fastcgi_temp_path {folder}; uwsgi_temp_path {folder}; scgi_temp_path {folder};
              upstream simulator {{ server {address.removeprefix("http://")}; keepalive 16; }}
              server {{
                listen 127.0.0.1:{port} ssl{" http2" if http2 else ""};
                ssl_certificate {certificate}; ssl_certificate_key {folder}/key.pem; ssl_protocols {protocols};
                ssl_ciphers ALL:@SECLEVEL=0;
                keepalive_requests 100000; http2_max_requests 100000; client_max_body_size 0;
                location / {{
                  proxy_pass http://simulator; proxy_http_version 1.1; proxy_set_header Connection "";
                  proxy_set_header Host $http_host;
                  proxy_buffers 8 512k; proxy_buffer_size 512k; proxy_busy_buffers_size 1m;
                }}
              }}
            }}""")
        process = subprocess.Popen(
            ["/usr/sbin/nginx", "-c", str(folder / "nginx.conf"), "-p", str(folder)], stderr=subprocess.DEVNULL)
        with stopped(process):
            wait_for(port)
            yield TLSServer(f"https://localhost:{port}", certificate, folder)


class TLSServer:
    """A TLS server: its address, the certificate to trust, and the protocols that its clients used."""

    def __init__(self, address, certificate, folder):
        self.address = address
        self.certificate = certificate
        self.folder = folder

    def protocols(self):
        return set((self.folder / "access.log").read_text().splitlines())

    def has_refused_a_handshake(self):
        return "SSL_do_handshake() failed" in (self.folder / "error.log").read_text()
