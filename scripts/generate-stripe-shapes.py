#!/usr/bin/env python3
"""Writes StripeEndpoints+Generated.swift from the API description in scripts/stripe-api.

    scripts/generate-stripe-shapes.py            write the file
    scripts/generate-stripe-shapes.py --check    exit 1 when the file is not what would be written
"""
import json
import pathlib
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
API = ROOT / "scripts" / "stripe-api"
TARGET = ROOT / "Sources" / "Extract" / "StripeSource" / "StripeEndpoint+Generated.swift"

# How a declared type is kept in a table; nested values stay JSON text.
KINDS = {
    "string": "text", "currency": "text", "enum": "text", "id": "text", "iso_datetime": "text", "int64_string": "text",
    "int": "integer", "float": "real", "bool": "boolean", "timestamp": "timestamp", "decimal": "decimal",
    "object": "json", "union": "json", "array": "json", "list": "json", "map": "json", "json": "json",
}

GROUPS = [
    ("Payments & Billing", {
        "charge": "Payment charges", "payment_intent": "Payment intents for processing",
        "payment_method": "Payment methods", "refund": "Refunds for charges",
        "payout": "Transfers to bank accounts"}),
    ("Customer Management", {
        "customer": "Customer details", "subscription": "Customer subscriptions",
        "subscription_item": "Individual subscription items",
        "subscription_schedule": "Scheduled subscription updates"}),
    ("Products & Pricing", {
        "product": "Product catalog items", "price": "Product pricing", "coupon": "Discount coupons",
        "promotion_code": "Promotional codes"}),
    ("Invoicing & Billing", {
        "invoice": "Customer invoices", "invoice_item": "Individual invoice items", "credit_note": "Credit notes",
        "tax_rate": "Tax rate definitions"}),
    ("Additional Resources", {
        "event": "Events of the last 30 days", "balance_transaction": "Balance history",
        "webhook_endpoint": "Webhook configurations", "setup_intent": "Setup for future payments"}),
]

# What default_hidden_rows says in words: the list calls that together show every row.
PASSES = {
    "price": (["active=true", "active=false"], True),
    "payment_method": (["", "type=custom"], False),
}
# Endpoints whose rows come inside another endpoint's objects.
EMBEDDED = {"subscription_item": ("subscription", "items")}


def endpoint(facts, definition, group, summary):
    name = facts["name"]
    fixed = "&".join(f"{key}={value}" for key, value in facts["recommended_params"].items() if key != "limit")
    passes, overlap = PASSES.get(name, ([fixed], False))
    lines = [
        f'    static let {camel(name)} = StripeEndpoint(',
        f'        Endpoint(',
        f'            name: "{name}",',
        f'            fields: [',
        *(f'                DeclaredField("{field}", .{KINDS[kind["t"]]}),'
          for field, kind in columns(definition, facts["primary_key"])),
        f'            ],',
        f'            primaryKey: "{facts["primary_key"][0]}", createdField: "{facts["created_field"]}"),',
        f'        group: "{group}", summary: "{summary}",',
        f'        path: "{facts["path"]}", aliases: [{", ".join(quoted(a) for a in facts["aliases"])}],',
        f'        hasCreatedFilter: {swift(facts["supports"]["created_range"])},',
        f'        passes: [{", ".join(quoted(p) for p in passes)}], passesMayOverlap: {swift(overlap)},',
    ]
    if name in EMBEDDED:
        parent, field = EMBEDDED[name]
        lines.append(f'        embedding: StripeEmbedding(parent: "{parent}", field: "{field}"))')
    else:
        lines.append('        embedding: nil)')
    return "\n".join(lines)


def columns(definition, primary_key):
    """The fields of the pinned version: the primary key, then the others in alphabetical order."""
    fields = [(name, kind) for name, kind in definition["fields"].items() if not kind.get("new")]
    return sorted(fields, key=lambda item: (item[0] not in primary_key, item[0]))


def camel(name):
    head, *rest = name.split("_")
    return head + "".join(part.capitalize() for part in rest)


def quoted(text):
    return json.dumps(text)


def swift(flag):
    return "true" if flag else "false"


def generate():
    endpoints = json.loads((API / "endpoints.json").read_text())["endpoints"]
    schema = json.loads((API / "schema.json").read_text())
    body = []
    for group, members in GROUPS:
        for name, summary in members.items():
            definition = schema["defs"][schema["endpoints"][name]]
            body.append(endpoint(endpoints[name], definition, group, summary))
    names = ", ".join(f".{camel(name)}" for _, members in GROUPS for name in members)
    return "\n".join([
        "// Written by scripts/generate-stripe-shapes.py from scripts/stripe-api; do not edit.",
        "// swift-format-ignore-file",
        "",
        "import Extraction",
        "",
        "extension StripeEndpoint {",
        "    /// The API version whose fields are listed here.",
        f'    package static let apiVersion = "{schema["meta"]["spec_version"]}"',
        "",
        "    /// Every endpoint, in the order of the documentation.",
        f"    package static let all: [StripeEndpoint] = [{names}]",
        "",
        "\n\n".join(body),
        "}",
        "",
    ])


def main():
    text = generate()
    if "--check" in sys.argv[1:]:
        if not TARGET.exists() or TARGET.read_text() != text:
            sys.exit(f"{TARGET.relative_to(ROOT)} is not up to date: run scripts/generate-stripe-shapes.py")
        return
    TARGET.write_text(text)


if __name__ == "__main__":
    main()
