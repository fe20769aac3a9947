"""Starts what a benchmark needs, on loopback, and measures what a run of nilus costs."""
import contextlib
import json
import os
import pathlib
import re
import resource
import socket
import ssl
import subprocess
import tempfile
import threading
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
NILUS = ROOT / ".build" / "release" / "nilus"
SIMULATOR = ROOT / ".build" / "release" / "stripe-simulator"
KEY = "sk_test_benchmark"


def free_port():
    """Returns a port of 127.0.0.1 that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextlib.contextmanager
def simulator(*arguments):
    """Runs stripe-simulator and yields its address."""
    process = subprocess.Popen(
        [str(SIMULATOR), "--port", "0", *arguments], stdout=subprocess.PIPE, text=True)
    try:
        yield re.search(r"http://\S+", process.stdout.readline()).group()
    finally:
        process.terminate()
        process.wait()


@contextlib.contextmanager
def tls_in_front_of(address, http2):
    """Runs nginx as a TLS proxy before an address and yields its own, with the certificate to trust."""
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        certificate = make_certificate(folder)
        port = free_port()
        (folder / "nginx.conf").write_text(f"""
            daemon off; error_log {folder}/error.log; pid {folder}/nginx.pid; worker_processes 1;
            events {{ worker_connections 64; }}
            http {{
              access_log off; client_body_temp_path {folder}; proxy_temp_path {folder};
              fastcgi_temp_path {folder}; uwsgi_temp_path {folder}; scgi_temp_path {folder};
              upstream simulator {{ server {address.removeprefix("http://")}; keepalive 16; }}
              server {{
                listen 127.0.0.1:{port} ssl{" http2" if http2 else ""};
                ssl_certificate {certificate}; ssl_certificate_key {folder}/key.pem;
                keepalive_requests 100000; http2_max_requests 100000;
                location / {{
                  proxy_pass http://simulator; proxy_http_version 1.1; proxy_set_header Connection "";
                  proxy_buffers 8 512k; proxy_buffer_size 512k; proxy_busy_buffers_size 1m;
                }}
              }}
            }}""")
        process = subprocess.Popen(["/usr/sbin/nginx", "-c", str(folder / "nginx.conf"), "-p", str(folder)],
                                   stderr=subprocess.DEVNULL)
        try:
            wait_for(port)
            yield f"https://localhost:{port}", certificate
        finally:
            process.terminate()
            process.wait()


def make_certificate(folder):
    """Makes a certificate for localhost that signs itself; returns its path."""
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
         "-keyout", str(folder / "key.pem"), "-out", str(folder / "certificate.pem"), "-days", "2",
         "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"],
        check=True, stderr=subprocess.DEVNULL)
    return folder / "certificate.pem"


def wait_for(port):
    """Waits until something listens on a port."""
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 0.2):
            return
        time.sleep(0.05)
    raise SystemExit(f"nothing listens on port {port}")


def workflow(folder, table="charge", **options):
    """Writes a workflow that loads one endpoint as fast as it can; returns its path."""
    lines = "".join(f"        {name.replace('_', '-')}: {value}\n" for name, value in options.items())
    path = pathlib.Path(folder) / "workflow.yaml"
    path.write_text(f"""name: benchmark
version: v1alpha
type: nilus
spec:
  type: batch
  resources:
    requests: {{cpu: 100m, memory: 128Mi}}
  source:
    address: stripe://?api_key={{STRIPE_API_KEY}}
    options:
      source-table: {table}
{lines}  sink:
    address: dataos://lakehouse
    options:
      dest-table: benchmark.{{endpoint}}
""".replace("        ", "      "))
    return path


def environment(base, certificate=None):
    """The environment of a run against an address."""
    variables = {"PATH": os.environ["PATH"], "STRIPE_API_KEY": KEY, "NILUS_STRIPE_API_BASE": base}
    if certificate:
        variables["SSL_CERT_FILE"] = str(certificate)
    return variables


def run(base, certificate=None, table="charge", **options):
    """Runs a load into a new lakehouse; returns rows, CPU seconds and peak memory as the system counted them."""
    with tempfile.TemporaryDirectory() as folder:
        options = {"requests-per-second": 100000, **options}
        status = pathlib.Path(folder) / "status.json"
        process = subprocess.Popen(
            [str(NILUS), "run", "-f", str(workflow(folder, table, **options)), "--warehouse", f"{folder}/lake",
             "--status", str(status)], env=environment(base, certificate), stderr=subprocess.PIPE, text=True)
        errors = process.stderr.read()
        _, code, usage = os.wait4(process.pid, 0)
        if code != 0:
            raise SystemExit(f"the run failed:\n{errors}")
        document = json.loads(status.read_text())
        return {"rows": document["status"]["rowsCommitted"], "cpu": usage.ru_utime + usage.ru_stime,
                "peak": usage.ru_maxrss * 1024, "status": document["status"]}


def cpu_milliseconds(pid):
    """CPU time of a running process, all its threads, in milliseconds."""
    tasks = pathlib.Path(f"/proc/{pid}/task").glob("*/schedstat")
    return sum(int(task.read_text().split()[0]) for task in tasks) / 1e6


def cpu_until_first_request(certificate_folder=None):
    """CPU milliseconds from the start of the process until its first request has arrived."""
    listener = socket.create_server(("127.0.0.1", 0))
    port = listener.getsockname()[1]
    base, certificate, context = f"http://127.0.0.1:{port}", None, None
    if certificate_folder:
        certificate = make_certificate(pathlib.Path(certificate_folder))
        base = f"https://localhost:{port}"
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate, pathlib.Path(certificate_folder) / "key.pem")
    with tempfile.TemporaryDirectory() as folder:
        process = subprocess.Popen(
            [str(NILUS), "run", "-f", str(workflow(folder)), "--warehouse", f"{folder}/lake"],
            env=environment(base, certificate), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        connection, _ = listener.accept()
        if context:
            connection = context.wrap_socket(connection, server_side=True)
        connection.recv(65_536)
        used = cpu_milliseconds(process.pid)
        process.kill()
        process.wait()
        connection.close()
    listener.close()
    return used
