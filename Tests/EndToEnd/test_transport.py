"""TLS, HTTP versions, proxies: what lies between the job and Stripe."""
import contextlib
import select
import socket
import threading
import time

import pytest
from harness.job import manifest
from harness.tls import tls_in_front_of


@pytest.mark.parametrize(("http2", "protocol"), [(False, "HTTP/1.1"), (True, "HTTP/2.0")])
def test_the_best_protocol_that_is_offered_is_used(account, small_stripe, http2, protocol):
    with tls_in_front_of(small_stripe.address, http2) as server:
        job = account.job(server.address, environment={"SSL_CERT_FILE": str(server.certificate)})

        job.run(manifest("charge"))

        assert {used.split()[0] for used in server.protocols()} == {protocol}
    assert job.lakehouse.count("stripe.charge") == 250


def test_an_unknown_certificate_is_refused(account, small_stripe):
    with tls_in_front_of(small_stripe.address, http2=True) as server:
        job = account.job(server.address)

        finished = job.run(manifest("charge"), expect=78)

        assert not server.protocols()
    assert finished.message == (
        "cannot read the account of the key: the server's certificate is not trusted: SSL certificate problem: self-signed "
        "certificate; check the proxy, or name the right certificates in SSL_CERT_FILE")


def test_old_tls_is_refused(account, small_stripe):
    with tls_in_front_of(small_stripe.address, http2=False, protocols="TLSv1.1") as server:
        job = account.job(server.address, environment={"SSL_CERT_FILE": str(server.certificate)})
        process = job.start(manifest("charge"))
        # A handshake that fails may pass later, so the job is patient: it is stopped when it has tried.
        while process.poll() is None and not server.has_refused_a_handshake():
            time.sleep(0.05)
        process.terminate()

        assert job.finish(process).code == 75
        assert server.has_refused_a_handshake() and not server.protocols()


@contextlib.contextmanager
def connect_proxy():
    """A proxy that knows CONNECT; yields its address and the hosts asked of it."""
    asked = []

    def serve(client):
        with client:
            head = client.recv(65_536).decode()
            method, target, _ = head.split(" ", 2)
            asked.append((method, target))
            host, port = target.rsplit(":", 1)
            with socket.create_connection((host, int(port))) as server:
                client.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
                while True:
                    for side in select.select([client, server], [], [])[0]:
                        data = side.recv(65_536)
                        if not data:
                            return
                        (server if side is client else client).sendall(data)

    with socket.create_server(("127.0.0.1", 0)) as listener:
        def accept():
            with contextlib.suppress(OSError):
                while True:
                    threading.Thread(target=serve, args=(listener.accept()[0],), daemon=True).start()
        threading.Thread(target=accept, daemon=True).start()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}", asked


def test_a_proxy_of_the_environment_is_used(account, small_stripe):
    with tls_in_front_of(small_stripe.address, http2=False) as server, connect_proxy() as (proxy, asked):
        job = account.job(server.address, environment={
            "SSL_CERT_FILE": str(server.certificate), "HTTPS_PROXY": proxy})

        job.run(manifest("charge"))

    host = server.address.removeprefix("https://")
    assert asked and set(asked) == {("CONNECT", host)}


def test_no_proxy_is_used_for_hosts_that_are_exempt(account, small_stripe):
    with tls_in_front_of(small_stripe.address, http2=False) as server, connect_proxy() as (proxy, asked):
        job = account.job(server.address, environment={
            "SSL_CERT_FILE": str(server.certificate), "HTTPS_PROXY": proxy, "NO_PROXY": "localhost"})

        job.run(manifest("charge"))

    assert not asked
