#!/usr/bin/env python3
"""Fails when a `package` or `public` declaration under Sources has no documentation comment.

Works on the text: the formatter has made every declaration begin a line, which is all this needs. Initializers,
conformance witnesses and enum cases speak through their types and labels and may go without.
"""
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
DECLARATION = re.compile(
    r"^\s*(?:@\w+(?:\([^)]*\))?\s+)*package\s+(?:private\(set\)\s+)?(?:static |final |indirect |mutating |consuming |nonisolated )*"
    r"(struct|class|enum|protocol|actor|func|var|let|typealias|subscript|extension)\s+(\w+)?")
# What a protocol of the standard library or a library demands explains itself.
WITNESSES = {"description", "debugDescription", "customMirror", "hash", "next", "log", "metadata", "metadataProvider",
             "logLevel", "errorDescription"}
OPERATOR = re.compile(r"static func (==|<)")
# Stored properties that name a fact of their type, whose own comment says what the type is.
SILENT_KINDS = {"let", "var"}


def undocumented(path):
    lines = path.read_text().splitlines()
    for number, line in enumerate(lines):
        match = DECLARATION.match(line)
        if not match or OPERATOR.search(line):
            continue
        kind, name = match.groups()
        if kind == "extension" or kind in SILENT_KINDS or name in WITNESSES:
            continue
        above = number - 1
        while above >= 0 and lines[above].strip().startswith("@"):
            above -= 1
        if above < 0 or not lines[above].strip().startswith("///"):
            yield number + 1, f"{kind} {name or ''}".strip()


def requirements(text):
    """The names of functions that a protocol declares, and so documents, for all that conform."""
    for body in re.findall(r"^(?:package )?protocol [^{]*\{\n(.*?)^\}", text, re.S | re.M):
        yield from re.findall(r"func (\w+)", body)


def main():
    faults = 0
    sources = sorted((ROOT / "Sources").rglob("*.swift"))
    WITNESSES.update(name for path in sources for name in requirements(path.read_text()))
    for path in sources:
        for number, what in undocumented(path):
            print(f"{path.relative_to(ROOT)}:{number}: {what} has no documentation comment")
            faults += 1
    rooms = [folder for folder in (ROOT / "Sources").glob("*/*") if folder.is_dir() and folder.parent.name != "CLibraries"
             and any(folder.glob("**/*.swift")) and folder.parent.name not in ("nilus", "stripe-simulator")]
    for room in sorted(rooms):
        if not (room / f"{room.name}.docc" / f"{room.name}.md").exists():
            print(f"{room.relative_to(ROOT)}: has no landing page {room.name}.docc/{room.name}.md")
            faults += 1
    if faults:
        sys.exit(f"{faults} undocumented")


if __name__ == "__main__":
    main()
