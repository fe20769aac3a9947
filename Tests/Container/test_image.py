"""What is in the image and what it says of itself."""
import hashlib
import json
import os
import re
import subprocess
import tarfile
import zlib

import pytest
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
from harness.container import HARDENING, IMAGE, inspect, podman
from harness.programs import ROOT

MEGABYTE = 1_000_000
SBOM = ROOT / ".build" / "container" / "image" / "nilus.cdx.json"
# What 'nilus version' calls a library → what Debian calls its source package.
SOURCE_PACKAGES = {"sqlite": "sqlite3", "zstd": "libzstd"}


@pytest.fixture(scope="module")
def files():
    """The files of the image: path → mode and owner, as a container's own file system has them."""
    container = podman("create", "--read-only", IMAGE).strip()
    try:
        export = subprocess.Popen(["podman", "export", container], stdout=subprocess.PIPE)
        listing = subprocess.run(["tar", "--list", "--verbose", "--numeric-owner"], stdin=export.stdout, check=True,
                                 capture_output=True, text=True).stdout
        assert export.wait() == 0
    finally:
        podman("rm", container)
    found = {}
    for line in listing.splitlines():
        mode, owner, _, _, _, path = line.split(maxsplit=5)
        if mode.startswith("-") or mode.startswith("l"):
            found[path] = (mode, owner)
    return found


def test_there_is_the_program_and_the_certificates_and_nothing_else(files):
    """No shell, no package manager, no library, no /tmp. What podman adds at the start is empty."""
    added = {"etc/hosts", "etc/hostname", "etc/resolv.conf", "run/.containerenv", "dev/console", "etc/mtab"}
    certificates = {path for path in files if re.fullmatch(r"etc/ssl/certs/[0-9a-f]{8}\.\d", path)}

    assert set(files) - certificates - added == {"usr/bin/nilus"}
    assert len(certificates) > 100
    assert files["usr/bin/nilus"] == ("-r-xr-xr-x", "0/0")
    assert {files[path] for path in certificates} == {("-r--r--r--", "0/0")}


def test_it_is_small(tmp_path, figures):
    podman("save", "--quiet", "--format", "docker-archive", "--output", tmp_path / "image.tar", IMAGE)

    uncompressed = inspect()["Size"]
    with tarfile.open(tmp_path / "image.tar") as archive:
        (document,) = json.load(archive.extractfile("manifest.json"))
        layers = [archive.extractfile(name).read() for name in document["Layers"]]
    # gzip as it is by default; a tool in a hurry compresses less.
    compressed = sum(len(zlib.compress(layer, level=6)) for layer in layers)

    figures.line("image", f"{uncompressed / MEGABYTE:.1f} MB, compressed {compressed / MEGABYTE:.1f} MB")
    assert len(layers) == 1
    assert uncompressed <= 30 * MEGABYTE
    assert compressed <= 12 * MEGABYTE


def test_it_runs_as_nobody_in_particular_and_says_what_it_is():
    facts = inspect()

    assert facts["Config"]["User"] == "65532:65532"
    assert facts["Config"]["Entrypoint"] == ["/usr/bin/nilus"]
    labels = facts["Labels"]
    revision = subprocess.run(["git", "rev-parse", "HEAD"], cwd=ROOT, check=True, capture_output=True, text=True).stdout
    assert labels["org.opencontainers.image.title"] == "nilus"
    assert labels["org.opencontainers.image.revision"].removesuffix("-dirty") == revision.strip()
    assert labels["org.opencontainers.image.licenses"] == "Apache-2.0"
    assert labels["io.dataos.nilus.sbom.sha256"] == hashlib.sha256(SBOM.read_bytes()).hexdigest()
    # Podman's own time of creation is the commit's, too.
    assert facts["Created"].startswith(labels["org.opencontainers.image.created"].rstrip("Z"))


def test_the_program_needs_no_library_and_brings_no_symbols():
    program = ROOT / ".build" / "container" / "image" / "root" / "usr" / "bin" / "nilus"

    headers = subprocess.run(["objdump", "--private-headers", "--section-headers", program], check=True,
                             capture_output=True, text=True).stdout

    assert "NEEDED" not in headers and "INTERP" not in headers
    assert ".symtab" not in headers and ".debug" not in headers


def version():
    return json.loads(podman("run", "--rm", *HARDENING, IMAGE, "version", "--output", "json"))


def test_the_sbom_is_what_the_program_says():
    """The versions that the libraries tell at run time are those of the packages that were linked."""
    document = json.loads(SBOM.read_text())
    components = {component["name"]: component["version"] for component in document["components"]}

    told = version()

    assert document["metadata"]["component"]["version"] == told["version"]
    for library in told["libraries"]:
        debian = components[SOURCE_PACKAGES.get(library["name"], library["name"])]
        upstream = re.match(r"(?:\d+:)?([0-9.]+)", debian).group(1).rstrip(".")
        assert library["version"] == upstream, library
    assert {"ca-certificates", "gcc-12", "swift-runtime", "swift-argument-parser", "swift-log"} <= set(components)


def test_the_sbom_is_cyclonedx():
    fault = JsonStrictValidator(SchemaVersion.V1_5).validate_str(SBOM.read_text())

    assert fault is None


def test_putting_it_together_again_gives_the_same_image():
    """The program of one commit is the same bytes too, but building it twice takes minutes; see docs/image.md."""
    again = "nilus:again"

    subprocess.run([ROOT / "scripts" / "build-image.sh", "assemble"], check=True, capture_output=True,
                   env={**os.environ, "IMAGE": again})

    try:
        assert podman("image", "inspect", "--format", "{{.Id}} {{.Digest}}", again) == podman(
            "image", "inspect", "--format", "{{.Id}} {{.Digest}}", IMAGE)
    finally:
        podman("rmi", again)
