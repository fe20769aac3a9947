"""The table metadata file: section "Table Metadata Fields" and those on schemas, specs, orders, snapshots and logs."""
import re

REQUIRED = {
    "format-version": int, "table-uuid": str, "location": str, "last-sequence-number": int, "last-updated-ms": int,
    "last-column-id": int, "schemas": list, "current-schema-id": int, "partition-specs": list, "default-spec-id": int,
    "last-partition-id": int, "sort-orders": list, "default-sort-order-id": int,
}
FIRST_PARTITION_ID = 1000
OPERATIONS = {"append", "replace", "overwrite", "delete"}


def members(given, required, optional=()):
    """Checks that an object has all required members with their types, and none that is not known."""
    for name, kind in required.items():
        assert type(given.get(name)) is kind, (name, given)
    unknown = set(given) - set(required) - set(optional)
    assert not unknown, (unknown, given)


def plain(schema):
    """A schema in the one form that counts: some writers spell out that it has no identifier fields."""
    return {"identifier-field-ids": [], **schema}


def unique(values):
    found = list(values)
    assert len(found) == len(set(found)), found
    return set(found)


def check_metadata(document):
    """One version of the metadata."""
    for name, kind in REQUIRED.items():
        assert type(document.get(name)) is kind, name
    assert document["format-version"] == 2
    assert re.fullmatch(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", document["table-uuid"])
    assert not document["location"].endswith("/")
    for name, value in document.get("properties", {}).items():
        assert type(value) is str, name
    columns = check_schemas(document)
    check_specs(document, columns)
    check_sort_orders(document, columns)
    check_snapshots(document)
    check_references(document)
    check_logs(document)


def check_schemas(document):
    """Returns the ids of all columns that there ever were."""
    ids = unique(schema["schema-id"] for schema in document["schemas"])
    assert document["current-schema-id"] in ids
    columns = {}
    for schema in document["schemas"]:
        members(schema, {"type": str, "schema-id": int, "fields": list}, {"identifier-field-ids"})
        assert schema["type"] == "struct"
        unique(field["id"] for field in schema["fields"])
        unique(field["name"] for field in schema["fields"])
        for field in schema["fields"]:
            members(field, {"id": int, "name": str, "required": bool, "type": str}, {"doc"})
            # Of our tables no column changes its type, so one id is one type for ever.
            assert columns.setdefault(field["id"], field["type"]) == field["type"]
    assert document["last-column-id"] == max(columns)
    return set(columns)


def check_specs(document, columns):
    ids = unique(spec["spec-id"] for spec in document["partition-specs"])
    assert document["default-spec-id"] in ids
    fields = {}
    for spec in document["partition-specs"]:
        members(spec, {"spec-id": int, "fields": list})
        for field in spec["fields"]:
            members(field, {"source-id": int, "field-id": int, "name": str, "transform": str})
            assert field["source-id"] in columns and field["field-id"] >= FIRST_PARTITION_ID
            meaning = (field["source-id"], field["transform"])
            assert fields.setdefault(field["field-id"], meaning) == meaning
    assert document["last-partition-id"] == max(fields, default=FIRST_PARTITION_ID - 1)


def check_sort_orders(document, columns):
    ids = unique(order["order-id"] for order in document["sort-orders"])
    assert document["default-sort-order-id"] in ids
    for order in document["sort-orders"]:
        members(order, {"order-id": int, "fields": list})
        assert (order["order-id"] == 0) == (order["fields"] == [])
        for field in order["fields"]:
            members(field, {"transform": str, "source-id": int, "direction": str, "null-order": str})
            assert field["source-id"] in columns and field["direction"] in ("asc", "desc")
            assert field["null-order"] in ("nulls-first", "nulls-last")


def check_snapshots(document):
    snapshots = document.get("snapshots", [])
    unique(snapshot["snapshot-id"] for snapshot in snapshots)
    numbers = [snapshot["sequence-number"] for snapshot in snapshots]
    assert numbers == sorted(unique(numbers))
    assert max(numbers, default=0) == document["last-sequence-number"]
    schemas = {schema["schema-id"] for schema in document["schemas"]}
    for earlier, snapshot in zip([None, *snapshots], snapshots):
        members(
            snapshot, {"snapshot-id": int, "sequence-number": int, "timestamp-ms": int, "manifest-list": str,
                       "summary": dict, "schema-id": int}, {"parent-snapshot-id"})
        assert snapshot["schema-id"] in schemas
        assert snapshot["summary"]["operation"] in OPERATIONS
        assert all(type(value) is str for value in snapshot["summary"].values()), snapshot["summary"]
        assert snapshot["timestamp-ms"] <= document["last-updated-ms"]
        if earlier:
            # Histories here have no branches.
            assert snapshot["parent-snapshot-id"] == earlier["snapshot-id"]
            assert snapshot["timestamp-ms"] >= earlier["timestamp-ms"]
        else:
            assert "parent-snapshot-id" not in snapshot or snapshot["sequence-number"] > 1


def check_references(document):
    ids = {snapshot["snapshot-id"] for snapshot in document.get("snapshots", [])}
    current = document.get("current-snapshot-id")
    references = document.get("refs", {})
    if not ids:
        assert current in (None, -1) and not references
        return
    assert references == {"main": {"snapshot-id": current, "type": "branch"}}
    assert current in ids


def check_logs(document):
    moments = {snapshot["snapshot-id"]: snapshot["timestamp-ms"] for snapshot in document.get("snapshots", [])}
    log = document.get("snapshot-log", [])
    for entry in log:
        members(entry, {"snapshot-id": int, "timestamp-ms": int})
        assert entry["timestamp-ms"] == moments[entry["snapshot-id"]]
    assert [entry["snapshot-id"] for entry in log] == list(moments)
    for entry in document.get("metadata-log", []):
        members(entry, {"metadata-file": str, "timestamp-ms": int})
        assert entry["timestamp-ms"] <= document["last-updated-ms"]


def check_versions(versions):
    """All versions of a table's metadata, pairs of location and document, oldest first: what never changes or sinks."""
    unique(location for location, _ in versions)
    for (location, earlier), (_, later) in zip(versions, versions[1:]):
        for name in ("table-uuid", "format-version", "location"):
            assert earlier[name] == later[name]
        for name in ("last-sequence-number", "last-updated-ms", "last-column-id", "last-partition-id"):
            assert earlier[name] <= later[name], name
        assert [plain(schema) for schema in later["schemas"]][:len(earlier["schemas"])] == [
            plain(schema) for schema in earlier["schemas"]]
        for name in ("partition-specs", "sort-orders"):
            assert later[name][:len(earlier[name])] == earlier[name], name
        kept = [snapshot for snapshot in earlier.get("snapshots", []) if snapshot in later["snapshots"]]
        assert later["snapshots"][:len(kept)] == kept
        entry = {"metadata-file": location, "timestamp-ms": earlier["last-updated-ms"]}
        assert later["metadata-log"] == [*earlier.get("metadata-log", []), entry]
