"""Whom a container trusts: its own certificate authorities, or those that it is told."""
from harness.job import manifest
from harness.simulator import simulator
from harness.tls import tls_in_front_of

TRUSTED_FILE = "/etc/nilus/authority.pem"


def test_a_certificate_of_an_authority_of_ones_own_is_accepted_when_named(container):
    with simulator(objects={"default": 20}) as stripe, tls_in_front_of(stripe.address, http2=True) as server:
        job = container(server.address)

        job.run(manifest("charge"), "--volume", f"{server.certificate}:{TRUSTED_FILE}:ro",
                environment={"SSL_CERT_FILE": TRUSTED_FILE})

        assert {used.split()[0] for used in server.protocols()} == {"HTTP/2.0"}
    assert job.lakehouse.count("stripe.charge") == 20


def test_a_bundle_mounted_in_a_usual_place_is_used(container):
    place = "/etc/pki/tls/certs/ca-bundle.crt"
    with simulator(objects={"default": 20}) as stripe, tls_in_front_of(stripe.address, http2=False) as server:
        job = container(server.address)

        job.run(manifest("charge"), "--volume", f"{server.certificate}:{place}:ro")

    assert job.lakehouse.count("stripe.charge") == 20


def test_it_is_refused_when_nobody_named_it(container):
    """The container's own authorities are read and did not sign it."""
    with simulator(objects={"default": 20}) as stripe, tls_in_front_of(stripe.address, http2=True) as server:
        job = container(server.address)

        finished = job.run(manifest("charge"), expect=78)

        assert not server.protocols()
    assert "the server's certificate is not trusted: SSL certificate problem" in finished.stderr


def test_it_is_refused_when_another_authority_is_named(container, tmp_path):
    with simulator(objects={"default": 20}) as stripe, tls_in_front_of(stripe.address, http2=True) as server, \
            tls_in_front_of(stripe.address, http2=True) as other:
        job = container(server.address)

        finished = job.run(manifest("charge"), "--volume", f"{other.certificate}:{TRUSTED_FILE}:ro", expect=78,
                           environment={"SSL_CERT_FILE": TRUSTED_FILE})

    assert "the server's certificate is not trusted: SSL certificate problem" in finished.stderr
