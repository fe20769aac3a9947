"""What a row must hold for an object, derived from the API description alone."""
import datetime
import decimal
import json

from .programs import ROOT

DESCRIPTION = json.loads((ROOT / "scripts" / "stripe-api" / "schema.json").read_text())
ENDPOINTS = json.loads((ROOT / "scripts" / "stripe-api" / "endpoints.json").read_text())["endpoints"]
NAMES = sorted(ENDPOINTS)

NESTED = {"object", "union", "array", "list", "map", "json"}
EPOCH = datetime.datetime(1970, 1, 1, tzinfo=datetime.timezone.utc)


def members(text):
    """The members of a JSON object as texts, byte for byte."""
    decoder, found, position = json.JSONDecoder(), {}, 1
    while text[position] != "}":
        name, position = decoder.raw_decode(text, position)
        position += 1
        _, end = decoder.raw_decode(text, position)
        found[name] = text[position:end]
        position = end + 1 if text[end] == "," else end
    return found


def fields(endpoint):
    """The declared fields of an endpoint and their types, without those newer than the pinned version."""
    definition = DESCRIPTION["defs"][ENDPOINTS[endpoint]["schema"]]
    return {name: kind for name, kind in definition["fields"].items() if not kind.get("new")}


def value(kind, text):
    """The value of a column for the JSON text of a member; None when it is absent or null."""
    if text is None or text == "null":
        return None
    if kind["t"] in NESTED:
        return text
    plain = json.loads(text, parse_float=decimal.Decimal)
    if kind["t"] == "timestamp":
        return EPOCH + datetime.timedelta(seconds=plain)
    if kind["t"] == "decimal":
        return decimal.Decimal(plain)
    if kind["t"] == "float":
        return float(plain)
    return plain


def row(endpoint, text):
    """The columns of the row of an object, system columns aside."""
    found = members(text)
    return {name: value(kind, found.get(name)) for name, kind in fields(endpoint).items()}


__all__ = ["ENDPOINTS", "NAMES", "fields", "members", "row", "value"]
