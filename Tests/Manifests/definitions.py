"""A resource definition as the API server reads it: its schema, its lists and its CEL rules."""

import pathlib
import sys

import jsonschema

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "Support"))

from cluster.rules import ENVIRONMENT, broken, dotted, used_fields  # noqa: E402, F401


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
        rules = [f"{dotted(path)}: {message}" for path, _, message in broken(self.schema, resource, old)]
        return found + rules + list(twice(self.schema, resource, ()))


def twice(schema, value, path):
    """The items of lists that have the key of another."""
    if isinstance(value, dict):
        for name, child in schema.get("properties", {}).items():
            if name in value:
                yield from twice(child, value[name], path + (name,))
    if isinstance(value, list) and "items" in schema:
        keys = schema.get("x-kubernetes-list-map-keys", [])
        seen = [tuple(item.get(key) for key in keys) for item in value] if keys else []
        for key in sorted({key for key in seen if seen.count(key) > 1}):
            yield f"{dotted(path)}: Duplicate value {key}"
        for position, item in enumerate(value):
            yield from twice(schema["items"], item, path + (position,))


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
