"""The rules of a definition, written in CEL, as an API server reads them: which fields they name, and what they refuse."""
import re

from cel_expr_python import cel

ENVIRONMENT = cel.NewEnv(variables={"self": cel.Type.DYN, "oldSelf": cel.Type.DYN})
METHODS = ("contains", "matches", "size", "startsWith", "endsWith", "all", "exists")
PROGRAMS = {}


def holds(rule, value, old):
    """Whether a value meets a rule; each rule is compiled once."""
    if rule not in PROGRAMS:
        PROGRAMS[rule] = ENVIRONMENT.compile(rule)
    return PROGRAMS[rule].eval(data={"self": value, "oldSelf": old}).value()


def broken(schema, value, old, path=()):
    """The rules that a value breaks, as path, kind of the value and sentence; `old` is what was there before, or None."""
    for rule in schema.get("x-kubernetes-validations", []):
        if "oldSelf" in rule["rule"] and old is None:
            continue
        if not holds(rule["rule"], value, old):
            yield path, schema.get("type", "object"), rule["message"]
    if isinstance(value, dict):
        for name, child in schema.get("properties", {}).items():
            if name in value:
                yield from broken(child, value[name], old.get(name) if isinstance(old, dict) else None, path + (name,))
    if isinstance(value, list) and "items" in schema:
        for position, item in enumerate(value):
            yield from broken(schema["items"], item, None, path + (position,))


def used_fields(rule):
    """The fields that a rule reads, each as a tuple of names below 'self'."""
    text = re.sub(r"'[^']*'", "''", rule)
    for match in re.finditer(r"\b(?:self|oldSelf)((?:\.\w+)+)", text):
        names = match.group(1).strip(".").split(".")
        yield tuple(name for name in names if name not in METHODS)


def undeclared(schema, path=()):
    """The fields that rules read and the schema does not declare, each with the path of its rule."""
    for rule in schema.get("x-kubernetes-validations", []):
        for field in used_fields(rule["rule"]):
            # The server declares these two itself.
            if path == () and field in (("metadata", "name"), ("metadata", "generateName")):
                continue
            node = schema
            for name in field:
                node = node.get("properties", {}).get(name)
                if node is None:
                    yield path, name
                    break
    for name, child in schema.get("properties", {}).items():
        yield from undeclared(child, path + (name,))
    for key in ("items", "additionalProperties"):
        if isinstance(schema.get(key), dict):
            yield from undeclared(schema[key], path + (key,))


def dotted(path):
    return ".".join(str(part) for part in path) or "<root>"
