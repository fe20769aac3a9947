"""Manifest lists and manifests of every snapshot, and the counters that snapshots tell of them."""
import io
import json

import fastavro
from pyiceberg.conversions import to_bytes

from .avro_schemas import MANIFEST_FILE, check_record, manifest_entry
from .metadata import plain
from .summaries import check_operation, check_summary

EXISTING, ADDED, DELETED = 0, 1, 2
CONTENTS = ("data", "deletes")


class TableFiles:
    """The files that a table's metadata lead to."""

    def __init__(self, table):
        self.table = table
        self.io = table.io
        self.document = self.json(table.metadata_location)

    def bytes(self, location):
        with self.io.new_input(location).open() as stream:
            return stream.read()

    def json(self, location):
        return json.loads(self.bytes(location))

    def avro(self, location):
        """The header of an Avro file, its schema and its records."""
        content = self.bytes(location)
        reader = fastavro.reader(io.BytesIO(content))
        header = {name: value for name, value in reader.metadata.items() if not name.startswith("avro.")}
        return header, json.loads(reader.metadata["avro.schema"]), list(reader), len(content)

    def versions(self):
        """All versions of the metadata that are still named, pairs of location and document, oldest first."""
        locations = [entry["metadata-file"] for entry in self.document.get("metadata-log", [])]
        return [(location, self.json(location)) for location in [*locations, self.table.metadata_location]]

    def spec(self, id):
        """Partition fields in order: id, name, type of the source column, and transform."""
        schema = {field.field_id: field.field_type for each in self.table.metadata.schemas for field in each.fields}
        return [(field.field_id, field.name, schema[field.source_id], field)
                for field in self.table.specs()[id].fields]

    def check_snapshots(self):
        """Checks every snapshot that is there; returns the live entries of the current one."""
        live, parent = {}, None
        for snapshot in self.document.get("snapshots", []):
            live = SnapshotCheck(self, snapshot, parent, live).run()
            parent = snapshot
        return list(live.values())


class SnapshotCheck:
    """One snapshot: its manifest list, its manifests, and what its summary says of them."""

    def __init__(self, files, snapshot, parent, before):
        self.files = files
        self.snapshot = snapshot
        self.parent = parent
        self.before = before
        self.live = {}
        # What this snapshot itself added and deleted.
        self.changes = {ADDED: [], DELETED: []}

    def run(self):
        snapshot = self.snapshot
        header, schema, manifests, _ = self.files.avro(snapshot["manifest-list"])
        check_record(schema, MANIFEST_FILE)
        assert header == {
            "snapshot-id": str(snapshot["snapshot-id"]),
            "parent-snapshot-id": str(snapshot.get("parent-snapshot-id", "null")),
            "sequence-number": str(snapshot["sequence-number"]), "format-version": "2"}
        assert len({manifest["manifest_path"] for manifest in manifests}) == len(manifests)
        for manifest in manifests:
            self.check_manifest(manifest)
        check_summary(snapshot["summary"], self.changes[ADDED], self.changes[DELETED], self.live.values())
        self.check_changes()
        return self.live

    def check_manifest(self, manifest):
        header, schema, entries, length = self.files.avro(manifest["manifest_path"])
        spec = self.files.spec(manifest["partition_spec_id"])
        partition = {id: (name, str(field.transform.result_type(source))) for id, name, source, field in spec}
        check_record(schema, manifest_entry(partition))
        assert manifest["manifest_length"] == length
        self.check_header(header, manifest)
        own = manifest["added_snapshot_id"] == self.snapshot["snapshot-id"]
        assert manifest["sequence_number"] <= self.snapshot["sequence-number"]
        assert own == (manifest["sequence_number"] == self.snapshot["sequence-number"])
        for entry in entries:
            self.check_entry(entry, manifest)
            if own and entry["status"] != EXISTING:
                self.changes[entry["status"]].append({**entry["data_file"], "spec_id": manifest["partition_spec_id"]})
        self.check_counts(manifest, entries)
        self.check_partitions(manifest["partitions"], entries, spec)

    def check_header(self, header, manifest):
        document = self.files.document
        schema = json.loads(header["schema"])
        spec = next(spec for spec in document["partition-specs"] if spec["spec-id"] == manifest["partition_spec_id"])
        assert plain(schema) in map(plain, document["schemas"])
        assert header == {
            "schema": header["schema"], "schema-id": str(schema["schema-id"]),
            "partition-spec": header["partition-spec"], "partition-spec-id": str(spec["spec-id"]),
            "format-version": "2", "content": CONTENTS[manifest["content"]]}
        assert json.loads(header["partition-spec"]) == spec["fields"]

    def check_entry(self, entry, manifest):
        """Status and inheritance: what is added takes its numbers from the manifest, everything else has its own."""
        file = entry["data_file"]
        assert (file["content"] == 0) == (manifest["content"] == 0)
        if entry["status"] == ADDED:
            assert entry["snapshot_id"] == manifest["added_snapshot_id"]
            assert entry["sequence_number"] is entry["file_sequence_number"] is None
        else:
            assert 0 < entry["file_sequence_number"] <= entry["sequence_number"] <= manifest["sequence_number"]
            if entry["status"] == DELETED:
                assert entry["snapshot_id"] == manifest["added_snapshot_id"]
            else:
                assert entry["snapshot_id"] != manifest["added_snapshot_id"]
        if entry["status"] != DELETED:
            number = entry["sequence_number"] or manifest["sequence_number"]
            assert file["file_path"] not in self.live
            self.live[file["file_path"]] = {
                **file, "sequence_number": number, "spec_id": manifest["partition_spec_id"]}

    @staticmethod
    def check_counts(manifest, entries):
        for status, word in ((EXISTING, "existing"), (ADDED, "added"), (DELETED, "deleted")):
            found = [entry["data_file"] for entry in entries if entry["status"] == status]
            assert manifest[f"{word}_files_count"] == len(found)
            assert manifest[f"{word}_rows_count"] == sum(file["record_count"] for file in found)
        numbers = [entry["sequence_number"] or manifest["sequence_number"]
                   for entry in entries if entry["status"] != DELETED]
        assert manifest["min_sequence_number"] == min(numbers, default=manifest["sequence_number"])

    @staticmethod
    def check_partitions(summaries, entries, spec):
        assert len(summaries) == len(spec)
        for summary, (_, name, source, field) in zip(summaries, spec):
            values = [entry["data_file"]["partition"][name] for entry in entries]
            present = [value for value in values if value is not None]
            kind = field.transform.result_type(source)
            assert summary == {
                "contains_null": len(present) < len(values), "contains_nan": False,
                "lower_bound": to_bytes(kind, min(present)) if present else None,
                "upper_bound": to_bytes(kind, max(present)) if present else None}, name

    def check_changes(self):
        """Nothing goes unless an entry says so; unknown where the parent has expired."""
        if self.parent is None and "parent-snapshot-id" in self.snapshot:
            return
        gone = {file["file_path"] for file in self.changes[DELETED]}
        assert set(self.before) - set(self.live) == gone
        check_operation(self.snapshot["summary"]["operation"], self.changes[ADDED], gone, self.before, self.live)
