#!/usr/bin/env python3
"""Writes the SBOM of the container image (CycloneDX 1.5, JSON) to standard output.

What is in the program is read from the linker's map, so nothing linked is forgotten and nothing else is listed: archives
belong to Debian packages, to the source packages that were built, or to the Swift toolchain; objects of the build belong
to Swift packages. A file that belongs to nothing known is an error. The same inputs give the same bytes.
"""
import argparse
import datetime
import hashlib
import json
import os
import pathlib
import re
import subprocess
import sys
import urllib.parse
import uuid

ROOT = pathlib.Path(__file__).resolve().parent.parent
MAP_LINE = re.compile(r"\s*[0-9a-f]+\s+[0-9a-f]+\s+[0-9a-f]+\s+\d+\s+(/[^:(]+|[^\s:(<]+\.o)[:(]")
# Objects of the build that belong to this repository.
OWN = "nilus"


def linked_files(map_path):
    """The files that gave something to the program: archives and single objects."""
    with open(map_path) as lines:
        return sorted({match.group(1) for line in lines if (match := MAP_LINE.match(line))})


def output_of(*command):
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def debian_package(path):
    """The name of the Debian package that a file belongs to, `None` when it belongs to none."""
    real = os.path.realpath(path)
    # A package may know a file by its place before /lib became a link into /usr.
    for name in (real, real.removeprefix("/usr")):
        found = subprocess.run(["dpkg-query", "--search", name], capture_output=True, text=True)
        if found.returncode == 0:
            return found.stdout.split(":")[0]
    return None


def debian_component(package):
    """The source package behind a binary one: that is what security advisories name."""
    text = output_of("dpkg-query", "--show", "--showformat",
                     "${source:Package}\t${source:Version}\t${Package}\t${Version}\t${Architecture}", package)
    source, source_version, name, version, architecture = text.split("\t")
    component = debian_source_component(source, source_version)
    component["properties"] = [{"name": "debian:package", "value": f"{name} {version} {architecture}"}]
    return component


def debian_source_component(name, version, kind="library"):
    release = re.search(r"VERSION_CODENAME=(\w+)", pathlib.Path("/etc/os-release").read_text()).group(1)
    purl = f"pkg:deb/debian/{name}@{urllib.parse.quote(version, safe='')}?arch=source&distro={release}"
    return {"type": kind, "bom-ref": purl, "name": name, "version": version, "purl": purl}


def gathered(parts):
    """File name → component, for what scripts/gather-parts.sh built or unpacked."""
    lines = (parts / "sources").read_text().splitlines()
    return {name: debian_source_component(source, version, "data" if name == "certificates" else "library")
            for name, source, version in map(str.split, lines)}


def swift_toolchain():
    found = re.search(r"Swift version (\S+)", output_of("swift", "--version"))
    version = found.group(1)
    return {"type": "library", "bom-ref": f"pkg:generic/swift-runtime@{version}", "name": "swift-runtime",
            "version": version, "purl": f"pkg:generic/swift-runtime@{version}"}


def swift_packages(scratch):
    """Target name → component, for the packages that the build fetched."""
    state = json.loads((scratch / "workspace-state.json").read_text())
    targets = {}
    for dependency in state["object"]["dependencies"]:
        name, version = dependency["packageRef"]["identity"], dependency["state"]["checkoutState"]["version"]
        location = re.sub(r"^https://|\.git$", "", dependency["packageRef"]["location"])
        purl = f"pkg:swift/{location}@{version}"
        component = {"type": "library", "bom-ref": purl, "name": name, "version": version, "purl": purl}
        for folder in (scratch / "checkouts" / dependency["subpath"] / "Sources").iterdir():
            targets[folder.name] = component
    return targets


def own_targets():
    return {path.name for path in (ROOT / "Sources").rglob("*") if path.is_dir()}


def components(arguments):
    """Everything that is linked, each once, and the certificates."""
    built, packages, own = gathered(arguments.parts), swift_packages(arguments.scratch), own_targets()
    runtime_folder = pathlib.Path(os.path.realpath(output_of("which", "swift").strip())).parent.parent
    scratch, found = arguments.scratch.resolve(), [built["certificates"]]
    for name in linked_files(arguments.map):
        path = pathlib.Path(name)
        path = path if path.is_absolute() else ROOT / path
        target = next((part.removesuffix(".build") for part in path.parts if part.endswith(".build") and
                       part != ".build"), None)
        is_part = path.is_relative_to(arguments.parts.resolve())
        is_object = path.is_relative_to(scratch) and not is_part
        if is_part and path.name in built:
            found.append(built[path.name])
        elif pathlib.Path(os.path.realpath(path)).is_relative_to(runtime_folder):
            found.append(swift_toolchain())
        elif is_object and target in packages:
            found.append(packages[target])
        elif is_object and (target in own or target is None):
            # Ours, or an object that the build makes for the link itself.
            continue
        elif package := debian_package(path):
            found.append(debian_component(package))
        else:
            sys.exit(f"cannot say what '{path}' belongs to, which is linked into the program")
    return merged(found)


def merged(found):
    """One component for each reference, with the properties of all."""
    by_reference = {}
    for component in found:
        known = by_reference.setdefault(component["bom-ref"], component)
        for entry in component.get("properties", []):
            if entry not in known["properties"]:
                known["properties"].append(entry)
    return [by_reference[reference] for reference in sorted(by_reference)]


def document(arguments):
    version = re.search(r'static let number = "(.+)"', (
        ROOT / "Sources/Core/NilusCore/ProgramVersion.swift").read_text()).group(1)
    program = pathlib.Path(arguments.program).read_bytes()
    digest = hashlib.sha256(program).hexdigest()
    moment = datetime.datetime.fromtimestamp(arguments.epoch, datetime.timezone.utc)
    parts = components(arguments)
    reference = f"pkg:generic/{OWN}@{version}"
    return {
        "$schema": "http://cyclonedx.org/schema/bom-1.5.schema.json", "bomFormat": "CycloneDX", "specVersion": "1.5",
        "serialNumber": uuid.uuid5(uuid.NAMESPACE_OID, f"{OWN} {arguments.revision} {digest}").urn, "version": 1,
        "metadata": {
            "timestamp": moment.strftime("%Y-%m-%dT%H:%M:%SZ"),
            "component": {
                "type": "application", "bom-ref": reference, "name": OWN, "version": version, "purl": reference,
                "licenses": [{"license": {"id": "Apache-2.0"}}],
                "hashes": [{"alg": "SHA-256", "content": digest}],
                "properties": [{"name": "git:revision", "value": arguments.revision}],
            },
        },
        "components": parts,
        "dependencies": [{"ref": reference, "dependsOn": [part["bom-ref"] for part in parts]}],
    }


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--map", required=True, type=pathlib.Path)
    parser.add_argument("--parts", required=True, type=pathlib.Path)
    parser.add_argument("--scratch", required=True, type=pathlib.Path)
    parser.add_argument("--program", required=True, type=pathlib.Path)
    parser.add_argument("--revision", required=True)
    parser.add_argument("--epoch", required=True, type=int)
    json.dump(document(parser.parse_args()), sys.stdout, indent=2)
    print()


if __name__ == "__main__":
    main()
