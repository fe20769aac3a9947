"""Structural schemas of definitions: what is dropped and what is refused."""
import re

TYPES = {"string": str, "object": dict, "array": list, "boolean": bool, "integer": int, "number": (int, float)}


class Invalid:
    """The sentence of a refusal."""

    def __init__(self, kind, name, found):
        listed = found[0] if len(found) == 1 else "[" + ", ".join(found) + "]"
        self.text = f'{kind.kind}.{kind.group} "{name}" is invalid: {listed}'

    def __str__(self):
        return self.text


def prune(value, schema):
    """The value without members that its schema does not name, and with the defaults it does name."""
    if schema.get("x-kubernetes-preserve-unknown-fields") and "properties" not in schema:
        return value
    if isinstance(value, dict):
        properties = schema.get("properties", {})
        result = {}
        for name, inner in value.items():
            if name in ("apiVersion", "kind", "metadata") and "apiVersion" in properties:
                result[name] = inner
            elif name in properties:
                result[name] = prune(inner, properties[name])
            elif "additionalProperties" in schema:
                result[name] = prune(inner, schema["additionalProperties"])
            elif schema.get("x-kubernetes-preserve-unknown-fields"):
                result[name] = inner
        for name, inner in properties.items():
            if name not in result and "default" in inner:
                result[name] = inner["default"]
        return result
    if isinstance(value, list) and "items" in schema:
        return [prune(item, schema["items"]) for item in value]
    return value


def unknown_fields(value, schema, path=""):
    """The fields that a schema does not name, which are dropped unless a client wants to hear of them."""
    found = []
    if isinstance(value, dict):
        properties = schema.get("properties", {})
        for name, inner in value.items():
            place = f"{path}.{name}".lstrip(".")
            if name in ("apiVersion", "kind", "metadata") and "apiVersion" in properties:
                continue
            following = properties.get(name, schema.get("additionalProperties"))
            if isinstance(following, dict):
                found += unknown_fields(inner, following, place)
            elif following is None and not schema.get("x-kubernetes-preserve-unknown-fields"):
                found.append(place)
    if isinstance(value, list) and "items" in schema:
        for position, item in enumerate(value):
            found += unknown_fields(item, schema["items"], f"{path}[{position}]")
    return found


def violations(value, schema, path=""):
    """Everything in a value that its schema does not allow."""
    found = []
    if schema.get("x-kubernetes-int-or-string"):
        if not isinstance(value, (int, str)) or isinstance(value, bool):
            return [f"{path}: must be an integer or a text"]
    elif "type" in schema:
        kind = TYPES[schema["type"]]
        if not isinstance(value, kind) or isinstance(value, bool) and schema["type"] != "boolean":
            return [f'{path}: Invalid value: "{value}": {path} in body must be of type {schema["type"]}']
    if "enum" in schema and value not in schema["enum"]:
        allowed = ", ".join(f'"{item}"' for item in schema["enum"])
        found.append(f'{path}: Unsupported value: "{value}": supported values: {allowed}')
    if isinstance(value, str):
        found += text_violations(value, schema, path)
    if isinstance(value, dict):
        for name in schema.get("required", []):
            if name not in value:
                found.append(f"{path}.{name}: Required value".lstrip("."))
        for name, inner in value.items():
            if path == "" and name in ("apiVersion", "kind", "metadata"):
                continue
            properties = schema.get("properties", {})
            following = properties.get(name, schema.get("additionalProperties"))
            if isinstance(following, dict):
                found += violations(inner, following, f"{path}.{name}".lstrip("."))
    if isinstance(value, list):
        if len(value) < schema.get("minItems", 0) or len(value) > schema.get("maxItems", 1 << 30):
            found.append(f"{path}: {len(value)} items are too few or too many")
        for position, item in enumerate(value):
            found += violations(item, schema.get("items", {}), f"{path}[{position}]")
    return found


def text_violations(value, schema, path):
    found = []
    if "pattern" in schema and not re.search(schema["pattern"].replace("^(?i:", "(?i:^"), value):
        found.append(f'{path}: Invalid value: "{value}": {path} in body should match \'{schema["pattern"]}\'')
    refused = schema.get("not", {}).get("pattern")
    if refused and re.search(refused, value):
        found.append(f"{path}: {path} in body should not match what must not stand there")
    if len(value) < schema.get("minLength", 0):
        found.append(f"{path}: {path} in body should be at least {schema['minLength']} chars long")
    if len(value) > schema.get("maxLength", 1 << 30):
        found.append(f"{path}: Too long: may not be longer than {schema['maxLength']}")
    return found
