#!/usr/bin/env python3
"""Says which Debian packages in the image have a newer version; exits 1 when one has.

Compares the SBOM that 'make image' leaves with Debian's present source packages, security updates included. Run daily, it
tells when to build the image anew; docs/image.md says what to do then.
"""
import argparse
import json
import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
# The lists that scripts/gather-parts.sh keeps, source packages included, apart from the machine's own.
APT = ROOT / ".build" / "parts" / "apt"
OPTIONS = [word for name, value in (
    ("Dir::Etc::sourcelist", APT / "sources.list"), ("Dir::Etc::sourceparts", APT / "sources.d"),
    ("Dir::State::lists", APT / "lists"), ("Dir::Cache", APT / "cache"), ("APT::Sandbox::User", "root"),
) for word in ("-o", f"{name}={value}")]


def newest(package):
    """The version of a source package that apt would fetch now."""
    uris = subprocess.run(["apt-get", *OPTIONS, "source", "--print-uris", "-qq", package], check=True,
                          capture_output=True, text=True).stdout
    return re.search(rf" {re.escape(package)}_(\S+)\.dsc ", uris).group(1)


def without_epoch(version):
    # File names leave it out.
    return version.split(":", 1)[-1]


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("sbom", nargs="?", default=ROOT / ".build/container/image/nilus.cdx.json", type=pathlib.Path)
    components = json.loads(parser.parse_args().sbom.read_text())["components"]
    if not APT.exists():
        sys.exit("cannot look for updates: run 'make build' first, which keeps Debian's lists")
    subprocess.run(["apt-get", *OPTIONS, "update", "-qq"], check=True)
    outdated = [f"{component['name']} {component['version']}: Debian has {found}"
                for component in components if component["purl"].startswith("pkg:deb/")
                if (found := newest(component["name"])) != without_epoch(component["version"])]
    print("\n".join(outdated) or "everything from Debian in the image is up to date")
    sys.exit(1 if outdated else 0)


if __name__ == "__main__":
    main()
