"""Whom a container trusts: its own certificate authorities, or those that it is told."""
import subprocess

import pytest
from harness.job import manifest
from harness.simulator import simulator
from harness.tls import tls_in_front_of

TRUSTED_FILE = "/etc/nilus/authority.pem"
TRUSTED_FOLDER = "/etc/nilus/authorities"


def mounted_under_its_hash(certificate, folder):
    """Options that mount a certificate in a folder of authorities, by the name under which OpenSSL looks for it."""
    subject = subprocess.run(["openssl", "x509", "-in", certificate, "-noout", "-subject_hash"], check=True,
                             capture_output=True, text=True).stdout.strip()
    return ["--volume", f"{certificate}:{folder}/{subject}.0:ro"]


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


@pytest.mark.parametrize(("folder", "environment"), [
    ("/etc/ssl/certs", {}), (TRUSTED_FOLDER, {"SSL_CERT_DIR": TRUSTED_FOLDER})], ids=["the image's own", "SSL_CERT_DIR"])
def test_one_in_a_folder_of_authorities_is_used(container, folder, environment):
    """Each under the hash of its subject, without a bundle."""
    with simulator(objects={"default": 20}) as stripe, tls_in_front_of(stripe.address, http2=True) as server:
        job = container(server.address)

        job.run(manifest("charge"), *mounted_under_its_hash(server.certificate, folder), environment=environment)

    assert job.lakehouse.count("stripe.charge") == 20


def test_it_is_refused_when_nobody_named_it(container):
    """The container's own authorities are read and did not sign it."""
    with simulator(objects={"default": 20}) as stripe, tls_in_front_of(stripe.address, http2=True) as server:
        job = container(server.address)

        finished = job.run(manifest("charge"), expect=78)

        assert not server.protocols()
    assert "the server's certificate is not trusted: SSL certificate problem" in finished.stderr


@pytest.mark.parametrize("variable", ["SSL_CERT_FILE", "SSL_CERT_DIR"])
def test_it_is_refused_when_another_authority_is_named(container, variable):
    """Another one of the same subject, which so has the same hash."""
    with simulator(objects={"default": 20}) as stripe, tls_in_front_of(stripe.address, http2=True) as server, \
            tls_in_front_of(stripe.address, http2=True) as other:
        job = container(server.address)
        place, mounted = {
            "SSL_CERT_FILE": (TRUSTED_FILE, ["--volume", f"{other.certificate}:{TRUSTED_FILE}:ro"]),
            "SSL_CERT_DIR": (TRUSTED_FOLDER, mounted_under_its_hash(other.certificate, TRUSTED_FOLDER)),
        }[variable]

        finished = job.run(manifest("charge"), *mounted, expect=78, environment={variable: place})

    assert "the server's certificate is not trusted: SSL certificate problem" in finished.stderr
