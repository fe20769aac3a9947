"""Independent readers open what the Load rooms wrote, and the Load rooms change what others wrote.

Needs pyiceberg, pyarrow, duckdb with its avro and iceberg extensions, fastavro and pytest, and the program
`iceberg-fixtures` (`swift build --product iceberg-fixtures`), whose path NILUS_ICEBERG_FIXTURES may name.
"""

import bz2
import decimal
import datetime
import glob
import io
import json
import os
import pathlib
import struct
import subprocess
import uuid
import zlib

import fastavro
import pyarrow
import pyarrow.parquet
import pytest
from harness.lakehouse import duckdb_connection
from pyiceberg.catalog.sql import SqlCatalog
from pyiceberg.partitioning import PartitionField, PartitionSpec
from pyiceberg.schema import Schema
from pyiceberg.table.metadata import TableMetadataUtil
from pyiceberg.table.update import TableRequirement, TableUpdate
from pyiceberg.transforms import BucketTransform, IdentityTransform
from pyiceberg.types import LongType, NestedField, StringType
from pydantic import TypeAdapter

ROOT = pathlib.Path(__file__).resolve().parents[2]
FIXTURES = os.environ.get("NILUS_ICEBERG_FIXTURES", str(ROOT / ".build" / "debug" / "iceberg-fixtures"))

ARROW = {
    "boolean": pyarrow.bool_(),
    "long": pyarrow.int64(),
    "double": pyarrow.float64(),
    "string": pyarrow.string(),
    "json": pyarrow.string(),
    "timestamptz": pyarrow.timestamp("us", tz="UTC"),
    "decimal": pyarrow.decimal128(38, 12),
}

COLUMNS = {"id": "string", "n": "long"}


class Lakehouse:
    """One catalog file and its tables, written by nilus, pyiceberg, or both in turn."""

    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
        self.warehouse = self.folder / "ware house"
        self.catalog_file = self.folder / "catalog.db"

    def request(self, action, columns, table="t", **members):
        request = {
            "action": action,
            "catalog": str(self.catalog_file),
            "warehouse": str(self.warehouse),
            "namespace": "s",
            "table": table,
            "columns": [{"name": name, "type": kind} for name, kind in columns.items()],
            **members,
        }
        done = subprocess.run([FIXTURES], input=json.dumps(request), capture_output=True, text=True)
        answer = json.loads(done.stdout)
        assert done.returncode == 0, answer.get("error")
        return answer

    def commit(self, operation, columns, *batches, table="t", facts=None, properties=None):
        """Writes one data file per batch of rows and commits them in one snapshot."""
        plan = self.request("plan", columns, table)
        files = [self.data_file(plan, columns, rows) for rows in batches]
        return self.request(
            "commit", columns, table, operation=operation, files=files, facts=facts or {}, properties=properties or {}
        )

    def data_file(self, plan, columns, rows):
        fields = [
            pyarrow.field(name, ARROW[kind], metadata={"PARQUET:field_id": str(plan["ids"][name])})
            for name, kind in columns.items()
        ]
        content = pyarrow.Table.from_pylist(rows, schema=pyarrow.schema(fields))
        return self.store(plan["folder"], content, [self.metrics(plan, columns, rows, name) for name in columns])

    def store(self, folder, rows, metrics, **members):
        path = pathlib.Path(folder.removeprefix("file://")) / f"{uuid.uuid4()}.parquet"
        path.parent.mkdir(parents=True, exist_ok=True)
        pyarrow.parquet.write_table(rows, path)
        size = path.stat().st_size
        return {"path": f"file://{path}", "records": rows.num_rows, "bytes": size, "metrics": metrics, **members}

    @staticmethod
    def metrics(plan, columns, rows, name):
        values = [row.get(name) for row in rows]
        metrics = {"id": plan["ids"][name], "name": name, "type": columns[name], "values": len(values)}
        metrics["nulls"] = sum(value is None for value in values)
        present = [value for value in values if value is not None]
        if present and columns[name] in ("string", "long", "double"):
            metrics |= {"min": min(present), "max": max(present)}
        return metrics

    @property
    def pyiceberg(self):
        return SqlCatalog("nilus", uri=f"sqlite:///{self.catalog_file}", warehouse=f"file://{self.warehouse}")

    def location(self, table="t"):
        return self.pyiceberg.load_table(f"s.{table}").metadata_location

    def rows(self, table="t", where=None):
        """The rows that pyiceberg and DuckDB read, after checking that both read the same."""
        found = self.pyiceberg.load_table(f"s.{table}")
        by_pyiceberg = (found.scan(row_filter=where) if where else found.scan()).to_arrow().to_pylist()
        by_duckdb = duckdb_rows(f"iceberg_scan('{found.metadata_location}')", where)
        assert ordered(by_pyiceberg) == ordered(by_duckdb)
        return ordered(by_pyiceberg)

    def manifests(self, table="t"):
        """The manifest list of the current snapshot and the manifests in it, as fastavro reads them."""
        snapshot = self.pyiceberg.load_table(f"s.{table}").current_snapshot()
        header, entries = avro(snapshot.manifest_list)
        return header, [(entry, *avro(entry["manifest_path"])) for entry in entries]


def avro(location):
    with open(location.removeprefix("file://"), "rb") as file:
        reader = fastavro.reader(file)
        return reader.metadata, list(reader)


def duckdb_rows(source, where=None):
    found = duckdb_connection().execute(f"SELECT * FROM {source} {'WHERE ' + where if where else ''}")
    return found.to_arrow_table().to_pylist()


def ordered(rows):
    return sorted(rows, key=lambda row: json.dumps(row, default=str))


@pytest.fixture
def lake(tmp_path):
    return Lakehouse(tmp_path)


def test_a_new_table_is_read_by_others(lake):
    lake.commit("overwrite", COLUMNS, [{"id": "a", "n": 1}, {"id": "b", "n": None}])

    assert lake.rows() == [{"id": "a", "n": 1}, {"id": "b", "n": None}]


def test_appends_and_overwrites_are_read_by_others(lake):
    lake.commit("append", COLUMNS, [{"id": "a", "n": 1}], [{"id": "b", "n": 2}])
    lake.commit("append", COLUMNS, [{"id": "c", "n": 3}])
    assert [row["id"] for row in lake.rows()] == ["a", "b", "c"]

    lake.commit("overwrite", COLUMNS, [{"id": "d", "n": 4}])
    assert lake.rows() == [{"id": "d", "n": 4}]

    lake.commit("append", COLUMNS, [{"id": "e", "n": 5}])
    assert [row["id"] for row in lake.rows()] == ["d", "e"]


def test_a_manifest_that_took_the_place_of_others_is_read_by_others(lake):
    lake.commit("append", COLUMNS, [{"id": "r0", "n": 0}])
    with lake.pyiceberg.load_table("s.t").transaction() as change:
        change.set_properties({"commit.manifest.min-count-to-merge": "4"})
    for number in range(1, 5):
        lake.commit("append", COLUMNS, [{"id": f"r{number}", "n": number}])

    table = lake.pyiceberg.load_table("s.t")
    (newest, _, _), (older, _, entries) = lake.manifests()[1]
    assert [row["id"] for row in lake.rows()] == [f"r{number}" for number in range(5)]
    assert [row["id"] for row in lake.rows(where="n = 2")] == ["r2"]
    assert (newest["added_files_count"], older["added_files_count"], older["existing_files_count"]) == (1, 1, 3)
    assert (older["sequence_number"], older["min_sequence_number"]) == (4, 1)
    ids = [snapshot.snapshot_id for snapshot in table.snapshots()]
    assert [(entry["status"], entry["snapshot_id"]) for entry in entries] == [(1, ids[3]), (0, ids[2]), (0, ids[1]), (0, ids[0])]
    assert [entry["sequence_number"] for entry in entries] == [None, 3, 2, 1]
    assert [entry["file_sequence_number"] for entry in entries] == [None, 3, 2, 1]
    for count, snapshot in enumerate(ids, start=1):
        assert table.scan(snapshot_id=snapshot).to_arrow().num_rows == count


CODECS = {
    "snappy": lambda objects: pyarrow.compress(objects, "snappy", asbytes=True) + struct.pack(">I", zlib.crc32(objects)),
    "zstandard": lambda objects: pyarrow.compress(objects, "zstd", asbytes=True),
    "bzip2": bz2.compress,
}


def recode(location, codec):
    """Writes an Avro file anew in another codec, as engines do whose users ask for it.

    fastavro encodes the objects, pyarrow compresses the block: none of it is the code under test.
    """
    path = pathlib.Path(location.removeprefix("file://"))
    with open(path, "rb") as file:
        reader = fastavro.reader(file)
        header, objects = dict(reader.metadata), list(reader)
    encoded = io.BytesIO()
    schema = fastavro.parse_schema(json.loads(header["avro.schema"]))
    for found in objects:
        fastavro.schemaless_writer(encoded, schema, found)
    block = CODECS[codec](encoded.getvalue())
    file, sync = io.BytesIO(), bytes(range(16))
    file.write(b"Obj\x01")
    fastavro.schemaless_writer(file, {"type": "map", "values": "bytes"}, {
        name: value.encode() for name, value in {**header, "avro.codec": codec}.items()})
    file.write(sync)
    for number in (len(objects), len(block)):
        fastavro.schemaless_writer(file, "long", number)
    file.write(block + sync)
    path.write_bytes(file.getvalue())


@pytest.mark.parametrize("codec", ["snappy", "zstandard"])
def test_manifests_of_other_codecs_are_read_and_put_together(lake, codec):
    for number in range(3):
        lake.commit("append", COLUMNS, [{"id": f"r{number}", "n": number}])
    with lake.pyiceberg.load_table("s.t").transaction() as change:
        change.set_properties({"commit.manifest.min-count-to-merge": "4"})
    for entry, _, _ in lake.manifests()[1]:
        recode(entry["manifest_path"], codec)
    recode(lake.pyiceberg.load_table("s.t").current_snapshot().manifest_list, codec)

    lake.commit("append", COLUMNS, [{"id": "r3", "n": 3}])

    _, manifests = lake.manifests()
    assert [(header["avro.codec"], len(entries)) for _, header, entries in manifests] == [("deflate", 4)]
    assert [row["id"] for row in lake.rows()] == [f"r{number}" for number in range(4)]


def test_manifests_of_a_codec_that_is_not_read_are_refused(lake):
    lake.commit("append", COLUMNS, [{"id": "a", "n": 1}])
    manifest = lake.manifests()[1][0][0]["manifest_path"]
    recode(manifest, "bzip2")

    with pytest.raises(AssertionError) as refusal:
        lake.commit("overwrite", COLUMNS, [{"id": "b", "n": 2}])

    assert str(refusal.value).startswith(
        f"cannot read manifest '{manifest}': it holds blocks of the codec 'bzip2' where null, deflate, snappy, zstandard are "
        "read; check the table with the engine that wrote it")


def test_an_overwrite_without_rows_empties_the_table(lake):
    lake.commit("append", COLUMNS, [{"id": "a", "n": 1}])

    lake.commit("overwrite", COLUMNS)

    assert lake.rows() == []


def test_a_first_snapshot_without_rows_is_read_by_others(lake):
    lake.commit("overwrite", COLUMNS)

    assert lake.rows() == []


def test_every_type_and_its_bounds_are_read_by_others(lake):
    columns = {
        "b": "boolean", "l": "long", "d": "double", "s": "string", "j": "json", "t": "timestamptz", "x": "decimal",
    }
    rows = [
        {
            "b": True, "l": -(2**63), "d": -0.5, "s": "é" * 40, "j": '{"a":1}', "x": decimal.Decimal("-1.000000000001"),
            "t": datetime.datetime(2026, 5, 27, 12, 0, 0, 250000, tzinfo=datetime.timezone.utc),
        },
        {"b": None, "l": 2**63 - 1, "d": 2.5, "s": "", "j": None, "x": None, "t": None},
    ]
    lake.commit("append", columns, rows)

    read = lake.rows()

    assert ordered(rows) == read
    assert [row["l"] for row in lake.rows(where="l > 0")] == [2**63 - 1]
    assert [row["d"] for row in lake.rows(where=f"s >= '{'é' * 40}'")] == [-0.5]


def test_new_columns_are_null_in_old_rows(lake):
    lake.commit("append", COLUMNS, [{"id": "a", "n": 1}])

    lake.commit("append", COLUMNS | {"extra": "json"}, [{"id": "b", "n": 2, "extra": "[1]"}])

    assert lake.rows() == [{"id": "a", "n": 1, "extra": None}, {"id": "b", "n": 2, "extra": "[1]"}]


def test_readers_find_the_table_by_its_folder(lake):
    lake.commit("append", COLUMNS, [{"id": "a", "n": 1}])
    lake.commit("append", COLUMNS, [{"id": "b", "n": 2}])

    rows = duckdb_rows(f"iceberg_scan('{lake.warehouse}/s/t')")

    assert ordered(rows) == [{"id": "a", "n": 1}, {"id": "b", "n": 2}]


def test_a_table_of_pyiceberg_is_appended_to_and_overwritten(lake):
    lake.request("plan", COLUMNS)
    schema = Schema(NestedField(7, "n", LongType()), NestedField(9, "ID", StringType()))
    other = lake.pyiceberg.create_table("s.t", schema=schema, properties={"theirs": "kept"})
    other.append(pyarrow.table({"n": [1], "ID": ["a"]}))

    lake.commit("append", COLUMNS, [{"id": "b", "n": 2}])
    assert lake.rows() == [{"n": 1, "ID": "a"}, {"n": 2, "ID": "b"}]

    lake.commit("overwrite", COLUMNS, [{"id": "c", "n": 3}])
    assert lake.rows() == [{"n": 3, "ID": "c"}]

    lake.pyiceberg.load_table("s.t").append(pyarrow.table({"n": [4], "ID": ["d"]}))
    assert [row["ID"] for row in lake.rows()] == ["c", "d"]
    assert lake.pyiceberg.load_table("s.t").properties["theirs"] == "kept"


def test_position_deletes_apply_and_go_with_an_overwrite(lake):
    lake.commit("append", COLUMNS, [{"id": "a", "n": 1}, {"id": "b", "n": 2}, {"id": "c", "n": 3}])
    _, manifests = lake.manifests()
    path = manifests[0][2][0]["data_file"]["file_path"]
    plan = lake.request("plan", COLUMNS)
    fields = [
        pyarrow.field("file_path", pyarrow.string(), nullable=False, metadata={"PARQUET:field_id": "2147483546"}),
        pyarrow.field("pos", pyarrow.int64(), nullable=False, metadata={"PARQUET:field_id": "2147483545"}),
    ]
    rows = pyarrow.Table.from_pylist([{"file_path": path, "pos": 1}], schema=pyarrow.schema(fields))
    deletes = lake.store(plan["folder"], rows, [], content="position-deletes")
    lake.request("commit", COLUMNS, operation="append", files=[deletes], facts={}, properties={})
    assert [row["id"] for row in lake.rows()] == ["a", "c"]

    lake.commit("overwrite", COLUMNS, [{"id": "d", "n": 4}])

    assert lake.rows() == [{"id": "d", "n": 4}]
    summary = lake.pyiceberg.load_table("s.t").current_snapshot().summary
    assert summary["removed-position-delete-files"] == "1"
    assert summary["total-delete-files"] == "0"
    assert summary["total-records"] == "1"
    _, manifests = lake.manifests()
    removed = [(entry["content"], e["status"], e["sequence_number"]) for entry, _, es in manifests for e in es if e["status"] == 2]
    assert sorted(removed) == [(0, 2, 1), (1, 2, 2)]


def test_facts_and_properties_come_with_the_snapshot(lake):
    lake.commit("append", COLUMNS, [{"id": "a", "n": 1}], facts={"nilus.run-id": "r1"}, properties={"nilus.run-id": "r1"})

    table = lake.pyiceberg.load_table("s.t")

    assert table.current_snapshot().summary["nilus.run-id"] == "r1"
    assert table.properties["nilus.run-id"] == "r1"


def test_requests_are_those_of_the_rest_protocol(lake):
    lake.commit("append", COLUMNS, [{"id": "a", "n": 1}])
    answer = lake.commit("append", COLUMNS | {"m": "double"}, [{"id": "b", "n": 2, "m": 0.5}], properties={"k": "v"})

    updates = [TypeAdapter(TableUpdate).validate_python(update) for update in answer["updates"]]
    requirements = [TypeAdapter(TableRequirement).validate_python(item) for item in answer["requirements"]]

    assert [update.action for update in updates] == [
        "add-schema", "set-current-schema", "add-snapshot", "set-snapshot-ref", "set-properties",
    ]
    assert [requirement.type for requirement in requirements] == [
        "assert-table-uuid", "assert-ref-snapshot-id", "assert-current-schema-id", "assert-last-assigned-field-id",
    ]


def test_manifests_carry_the_header_keys_that_no_reader_checks(lake):
    lake.commit("append", COLUMNS, [{"id": "a", "n": 1}])
    lake.commit("overwrite", COLUMNS, [{"id": "b", "n": 2}])

    list_header, manifests = lake.manifests()

    table = lake.pyiceberg.load_table("s.t")
    snapshot = table.current_snapshot()
    assert list_header["snapshot-id"] == str(snapshot.snapshot_id)
    assert list_header["parent-snapshot-id"] == str(snapshot.parent_snapshot_id)
    assert list_header["sequence-number"] == "2"
    assert list_header["format-version"] == "2"
    assert len(manifests) == 2
    for entry, header, _ in manifests:
        assert json.loads(header["schema"])["schema-id"] == 0
        assert header["schema-id"] == "0"
        assert header["partition-spec"] == "[]"
        assert header["partition-spec-id"] == "0"
        assert header["format-version"] == "2"
        assert header["content"] == "data"
        assert entry["manifest_length"] == os.path.getsize(entry["manifest_path"].removeprefix("file://"))


def test_a_view_of_every_metadata_version_is_readable(lake):
    for number in range(4):
        lake.commit("append", COLUMNS, [{"id": str(number), "n": number}])

    files = sorted(glob.glob(f"{lake.warehouse}/s/t/metadata/*.metadata.json"))

    assert [os.path.basename(file)[:6] for file in files] == ["00000-", "00001-", "00002-", "00003-"]
    for number, file in enumerate(files):
        metadata = TableMetadataUtil.parse_raw(pathlib.Path(file).read_text())
        assert len(metadata.snapshots) == len(metadata.snapshot_log) == number + 1
        assert len(metadata.metadata_log) == number
        assert len(duckdb_rows(f"iceberg_scan('{file}')")) == number + 1


def test_manifests_of_a_partitioned_table_are_rewritten_with_their_values(lake):
    lake.request("plan", COLUMNS)
    schema = Schema(NestedField(1, "id", StringType()), NestedField(2, "n", LongType()))
    spec = PartitionSpec(PartitionField(2, 1000, IdentityTransform(), "n"), PartitionField(1, 1001, BucketTransform(4), "b"))
    other = lake.pyiceberg.create_table("s.t", schema=schema, partition_spec=spec)
    other.append(pyarrow.table({"id": ["a", "b", "c"], "n": [1, 2, None]}))
    partitions = [row["partition"] for row in other.inspect.files().to_pylist()]
    plan = lake.request("plan", COLUMNS)
    file = lake.data_file(plan, COLUMNS, [{"id": "d", "n": 4}])
    file["partition"] = [{"id": 1000, "value": 4}, {"id": 1001, "value": None}]

    lake.request("commit", COLUMNS, operation="overwrite", files=[file], facts={}, properties={})

    assert lake.rows() == [{"id": "d", "n": 4}]
    assert lake.rows(where="n = 3") == []
    _, manifests = lake.manifests()
    removed = [e["data_file"]["partition"] for _, _, entries in manifests for e in entries if e["status"] == 2]
    assert ordered(removed) == ordered(partitions)
    added = [(entry["partitions"], e) for entry, _, entries in manifests for e in entries if e["status"] == 1]
    assert [e["data_file"]["partition"] for _, e in added] == [{"n": 4, "b": None}]
    assert added[0][0] == [
        {"contains_null": False, "contains_nan": False, "lower_bound": struct.pack("<q", 4), "upper_bound": struct.pack("<q", 4)},
        {"contains_null": True, "contains_nan": False, "lower_bound": None, "upper_bound": None},
    ]
