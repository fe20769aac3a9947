"""A resource definition as the API server reads it: its schema, its lists and its CEL rules."""

import re

import jsonschema
from cel_expr_python import cel

ENVIRONMENT = cel.NewEnv(variables={"self": cel.Type.DYN, "oldSelf": cel.Type.DYN})


class Definition:
    """One version of a CustomResourceDefinition; tells what the server would say of a resource."""

    def __init__(self, document):
        (version,) = document["spec"]["versions"]
        self.name = document["metadata"]["name"]
        self.spec = document["spec"]
        self.version = version
        self.schema = version["schema"]["openAPIV3Schema"]

    def nodes(self):
        """Every schema in the definition with its path, the root first."""
        yield from walk(self.schema, ())

    def faults(self, resource, old=None):
        """What the server finds wrong, as 'path: sentence'; nothing when it takes the resource."""
        validator = jsonschema.Draft7Validator(
            strict(self.schema), format_checker=jsonschema.FormatChecker()
        )
        found = [f"{dotted(error.absolute_path)}: {error.message}" for error in validator.iter_errors(resource)]
        return found + list(self._rules(self.schema, resource, old, ()))

    def _rules(self, schema, value, old, path):
        for rule in schema.get("x-kubernetes-validations", []):
            if "oldSelf" in rule["rule"] and old is None:
                continue
            if not ENVIRONMENT.compile(rule["rule"]).eval(data={"self": value, "oldSelf": old}).value():
                yield f"{dotted(path)}: {rule['message']}"
        if isinstance(value, dict):
            for name, child in schema.get("properties", {}).items():
                if name in value:
                    older = old.get(name) if isinstance(old, dict) else None
                    yield from self._rules(child, value[name], older, path + (name,))
        if isinstance(value, list) and "items" in schema:
            keys = schema.get("x-kubernetes-list-map-keys")
            if keys:
                seen = [tuple(item.get(key) for key in keys) for item in value]
                for twice in sorted({key for key in seen if seen.count(key) > 1}):
                    yield f"{dotted(path)}: Duplicate value {twice}"
            for position, item in enumerate(value):
                yield from self._rules(schema["items"], item, None, path + (position,))


def walk(schema, path):
    yield path, schema
    for name, child in schema.get("properties", {}).items():
        yield from walk(child, path + (name,))
    for key in ("items", "additionalProperties"):
        if isinstance(schema.get(key), dict):
            yield from walk(schema[key], path + (key,))


def strict(schema):
    """The schema for a validator of JSON Schema: fields that are not declared are refused, as kubectl asks for."""
    result = {key: value for key, value in schema.items() if not key.startswith("x-kubernetes-")}
    for key in ("description", "default"):
        result.pop(key, None)
    if result.pop("nullable", False):
        result["type"] = [result["type"], "null"]
    if "properties" in schema:
        result["properties"] = {name: strict(child) for name, child in schema["properties"].items()}
        if not schema.get("x-kubernetes-preserve-unknown-fields"):
            result["additionalProperties"] = False
    for key in ("items", "additionalProperties"):
        if isinstance(schema.get(key), dict):
            result[key] = strict(schema[key])
    return result


def used_fields(rule):
    """The fields that a rule reads, each as a tuple of names below 'self'."""
    text = re.sub(r"'[^']*'", "''", rule)
    methods = ("contains", "matches", "size", "startsWith", "endsWith", "all", "exists")
    for match in re.finditer(r"\b(?:self|oldSelf)((?:\.\w+)+)", text):
        names = match.group(1).strip(".").split(".")
        yield tuple(name for name in names if name not in methods)


def dotted(path):
    return ".".join(str(part) for part in path) or "<root>"
