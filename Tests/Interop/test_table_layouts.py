"""Independent readers open partitioned and sorted tables that the sink wrote, and the sink follows layouts of others.

Needs what test_iceberg_tables.py needs; the values of partitions are checked against those that pyiceberg computes.
"""
import datetime
import decimal
import json
import random

import pyarrow
import pyarrow.parquet
import pytest
from pyiceberg.partitioning import PartitionField, PartitionSpec
from pyiceberg.schema import Schema
from pyiceberg.table.sorting import NullOrder, SortDirection, SortField, SortOrder
from pyiceberg.transforms import parse_transform
from pyiceberg.types import (
    DateType, DecimalType, DoubleType, IntegerType, LongType, NestedField, StringType, TimestampType, TimestamptzType,
)

from test_iceberg_tables import Lakehouse, avro, ordered

COLUMNS = {
    "id": "string", "made": "timestamptz", "day": "date", "local": "timestamp", "n": "long", "i": "int",
    "x": "decimal", "d": "double", "b": "boolean", "currency": "string",
}
SCHEMA = Schema(
    NestedField(1, "gone", LongType()),
    NestedField(11, "id", StringType()), NestedField(12, "made", TimestamptzType()), NestedField(13, "day", DateType()),
    NestedField(14, "local", TimestampType()), NestedField(15, "n", LongType()), NestedField(16, "i", IntegerType()),
    NestedField(17, "x", DecimalType(38, 12)), NestedField(18, "d", DoubleType()), NestedField(20, "currency", StringType()),
)
EPOCH = datetime.datetime(1970, 1, 1, tzinfo=datetime.timezone.utc)
HOUR = 3_600_000_000


def rows(count, seed=1):
    """Rows with values on both sides of zero and of 1970, boundaries and missing values among them."""
    chance = random.Random(seed)

    def maybe(value):
        return None if chance.random() < 0.1 else value

    found = []
    for number in range(count):
        at = chance.choice([chance.randrange(-50 * HOUR, 50 * HOUR), chance.randrange(-3, 3) * 24 * HOUR, -1, 0])
        found.append({
            "id": f"ch_{number:05}", "made": maybe(at), "day": maybe(chance.randrange(-400, 400)), "local": maybe(at + 1),
            "n": maybe(chance.randrange(-40, 40)), "i": maybe(chance.randrange(-40, 40)),
            "x": maybe(chance.randrange(-9, 9) * 10**12 + chance.randrange(10)), "d": maybe(chance.randrange(4) / 2),
            "b": maybe(chance.random() < 0.5), "currency": maybe(chance.choice(["eur", "usd", "a/b c=d%", "", "é"])),
        })
    return found


def python(row):
    """A row as pyiceberg and DuckDB give it."""
    converted = dict(row)
    if row["made"] is not None:
        converted["made"] = EPOCH + datetime.timedelta(microseconds=row["made"])
    if row["local"] is not None:
        converted["local"] = (EPOCH + datetime.timedelta(microseconds=row["local"])).replace(tzinfo=None)
    if row["day"] is not None:
        converted["day"] = EPOCH.date() + datetime.timedelta(days=row["day"])
    if row["x"] is not None:
        converted["x"] = decimal.Decimal(row["x"]).scaleb(-12)
    return converted


def manifest(**options):
    return json.dumps({
        "name": "w", "version": "v1alpha", "type": "nilus", "spec": {
            "type": "batch", "source": {"address": "stripe://?api_key={K}", "options": {"source-table": "charge"}},
            "sink": {"address": "dataos://lakehouse", "options": {"dest-table": "s.t", **options}},
        },
    })


class LaidOut(Lakehouse):
    runs = 0

    def load(self, rows, strategy="append", columns=COLUMNS, **options):
        LaidOut.runs += 1
        sizes = {name: options.pop(name) for name in ("row-group-bytes", "batch-rows") if name in options}
        return self.request(
            "load", columns, rows=rows, strategy=strategy, run=f"r{LaidOut.runs}", manifest=manifest(**options), **sizes)

    @property
    def table(self):
        return self.pyiceberg.load_table("s.t")

    def check_partitions(self):
        """Each file's partition is what pyiceberg computes of each of its rows, and the summaries cover them."""
        table = self.table
        files = 0
        for manifest in table.current_snapshot().manifests(table.io):
            spec = table.specs()[manifest.partition_spec_id]
            for entry in manifest.fetch_manifest_entry(table.io):
                files += 1
                file = entry.data_file
                content = pyarrow.parquet.ParquetFile(file.file_path.removeprefix("file://")).read()
                for field, found in zip(spec.fields, file.partition):
                    source = table.schema().find_field(field.source_id)
                    column = content.column(source.name)
                    for value in set(column.to_pylist()):
                        expected = field.transform.transform(source.field_type)(internal(value))
                        assert found == expected, (field, value)
                    assert column.null_count in (0, len(column)) or field.transform.__class__.__name__ == "VoidTransform"
        return files


def internal(value):
    """A value as pyiceberg's transforms take it."""
    match value:
        case datetime.datetime():
            moment = value if value.tzinfo else value.replace(tzinfo=datetime.timezone.utc)
            return (moment - EPOCH) // datetime.timedelta(microseconds=1)
        case datetime.date():
            return (value - EPOCH.date()).days
        case _:
            return value


@pytest.fixture
def lake(tmp_path):
    return LaidOut(tmp_path)


FIELDS = {
    "a month": [{"column": "made", "type": "month"}],
    "a year, by index": [
        {"column": "currency", "type": "identity", "index": 2}, {"column": "day", "type": "year", "index": 1}],
    "a day and a bucket": [
        {"column": "made", "type": "day", "name": "on"}, {"column": "id", "type": "bucket", "bucket-count": 3}],
    "an hour": [{"column": "local", "type": "hour"}],
    "a column alone": "currency",
    "columns with commas": "currency,b",
    "buckets of every type": [
        {"column": name, "type": "bucket", "bucket-count": 2} for name in ("n", "i", "x", "day", "made", "local", "id")],
    "values of many types": ["n", "x", "b", "d", "day"],
}


@pytest.mark.parametrize("fields", FIELDS.values(), ids=FIELDS)
def test_a_new_partitioned_table_is_read_by_others(lake, fields):
    given = rows(50)

    lake.load(given, **{"partition-by": fields})

    assert lake.rows() == ordered([python(row) for row in given])
    assert lake.check_partitions() > 1
    spec = lake.table.spec()
    assert [field.field_id for field in spec.fields] == list(range(1000, 1000 + len(spec.fields)))
    assert lake.table.metadata.last_partition_id == 999 + len(spec.fields)


def test_readers_skip_the_files_of_other_partitions(lake):
    given = rows(60)
    lake.load(given, **{"partition-by": [{"column": "made", "type": "day"}, {"column": "currency"}]})
    table = lake.table
    everything = list(table.scan().plan_files())

    for condition, holds in {
        "made >= '1970-01-02T00:00:00+00:00'": lambda row: row["made"] is not None and row["made"] >= 24 * HOUR,
        "made < '1970-01-01T00:00:00+00:00'": lambda row: row["made"] is not None and row["made"] < 0,
        "currency = 'a/b c=d%'": lambda row: row["currency"] == "a/b c=d%",
        "currency IS NULL": lambda row: row["currency"] is None,
    }.items():
        found = list(table.scan(row_filter=condition).plan_files())
        assert 0 < len(found) < len(everything), condition
        assert lake.rows(where=condition) == ordered([python(row) for row in given if holds(row)])


def test_readers_skip_the_manifests_of_other_partitions(lake):
    for month in range(3):
        given = [{"id": f"{month}", "made": month * 31 * 24 * HOUR}]
        lake.load(given, columns={"id": "string", "made": "timestamptz"}, **{"partition-by": [{"column": "made", "type": "month"}]})

    _, manifests = lake.manifests()
    bounds = [entry["partitions"] for entry, _, _ in manifests]

    assert [(found["lower_bound"][0], found["upper_bound"][0]) for (found,) in bounds] == [(2, 2), (1, 1), (0, 0)]
    assert [row["id"] for row in lake.rows(where="made >= '1970-02-15T00:00:00+00:00'")] == ["2"]


SPECS = {
    "a month": [("made", "month")], "a year": [("day", "year")], "a day": [("local", "day")], "an hour": [("made", "hour")],
    "a bucket": [("id", "bucket[5]")], "values": [("currency", "identity"), ("n", "identity")],
    "truncated": [("id", "truncate[7]"), ("n", "truncate[10]"), ("x", "truncate[50]")],
    "a void and a bucket": [("made", "void"), ("i", "bucket[3]")],
}


@pytest.mark.parametrize("version", ["1", "2"])
@pytest.mark.parametrize("fields", SPECS.values(), ids=SPECS)
def test_a_table_of_pyiceberg_is_appended_to_and_replaced(lake, fields, version):
    """With field ids of its own, a first snapshot of pyiceberg where it can write the spec, in both format versions."""
    lake.request("plan", {"id": "string"})
    spec = PartitionSpec(*(
        PartitionField(SCHEMA.find_field(name).field_id, 1000 + number, parse_transform(transform), f"p_{number}")
        for number, (name, transform) in enumerate(fields)))
    other = lake.pyiceberg.create_table("s.t", schema=SCHEMA, partition_spec=spec, properties={"format-version": version})
    with other.update_schema() as update:
        update.delete_column("gone")
    ids = {field.name: field.field_id for field in other.schema().fields}
    assert ids["id"] == 2
    columns = {name: kind for name, kind in COLUMNS.items() if name != "b"}
    first = [{name: row[name] for name in columns} for row in rows(15, seed=2)]
    names = [name for name, _ in fields]
    if "void" not in dict(fields).values():
        table = pyarrow.Table.from_pylist([python({"b": None, **row}) for row in first]).select(list(columns))
        other.append(table.cast(other.schema().as_arrow(), safe=False))
    else:
        first = []
    second = [{name: row[name] for name in columns} for row in rows(25, seed=3)]

    lake.load(second, columns=columns)

    def expected(given):
        return ordered([{name: value for name, value in python({"b": None, **row}).items() if name in columns} for row in given])

    assert lake.rows() == expected(first + second)
    assert lake.check_partitions() > 1
    assert lake.table.metadata.format_version == 2
    assert [field.source_id for field in lake.table.spec().fields] == [ids[name] for name in names]

    third = [{name: row[name] for name in columns} for row in rows(10, seed=4)]
    lake.load(third, "replace", columns=columns)
    assert lake.rows() == expected(third)
    assert lake.table.current_snapshot().summary["total-records"] == "10"


def test_a_changed_partition_spec_counts_for_new_files(lake):
    lake.load(rows(20), **{"partition-by": [{"column": "made", "type": "month"}]})
    with lake.table.update_spec() as update:
        update.remove_field("made_month")
        update.add_field("currency", "identity", "money")

    lake.load(rows(20, seed=5))

    specs = {manifest.partition_spec_id for manifest in lake.table.current_snapshot().manifests(lake.table.io)}
    assert len(specs) == 2
    assert lake.rows() == ordered([python(row) for row in rows(20) + rows(20, seed=5)])
    lake.check_partitions()

    lake.load(rows(10, seed=6), "replace")
    assert lake.rows() == ordered([python(row) for row in rows(10, seed=6)])


def test_files_follow_the_sort_order_of_the_table(lake):
    given = rows(500)

    lake.load(given, **{"cluster-by": ["currency", "n"], "partition-by": [{"column": "id", "type": "bucket", "bucket-count": 2}]})

    order = lake.table.sort_order()
    assert [(field.source_id, str(field.direction), str(field.null_order)) for field in order.fields] == [
        (10, "ASC", "NULLS FIRST"), (5, "ASC", "NULLS FIRST")]
    files = lake.table.inspect.files().to_pylist()
    assert [file["sort_order_id"] for file in files] == [order.order_id] * 2
    for file in files:
        found = pyarrow.parquet.read_table(file["file_path"].removeprefix("file://"), partitioning=None).to_pylist()
        keys = [
            (row["currency"] is not None, (row["currency"] or "").encode(), row["n"] is not None, row["n"] or 0)
            for row in found]
        assert keys == sorted(keys)
    assert lake.rows() == ordered([python(row) for row in given])


def test_the_sort_order_of_another_engine_is_followed(lake):
    lake.request("plan", {"id": "string"})
    order = SortOrder(
        SortField(15, transform=parse_transform("identity"), direction=SortDirection.DESC, null_order=NullOrder.NULLS_LAST),
        SortField(11, transform=parse_transform("bucket[4]")))
    with lake.pyiceberg.create_table("s.t", schema=SCHEMA, sort_order=order).update_schema() as update:
        update.delete_column("gone")
    columns = {name: kind for name, kind in COLUMNS.items() if name != "b"}

    answer = lake.load([{name: row[name] for name in columns} for row in rows(300)], columns=columns, **{"cluster-by": "id"})

    assert "is sorted by 'n' descending, 'bucket[4](id)', which stays; 'cluster-by' asks for 'id'" in answer["remarks"][0]
    (file,) = lake.table.inspect.files().to_pylist()
    assert file["sort_order_id"] == lake.table.sort_order().order_id
    numbers = pyarrow.parquet.read_table(file["file_path"].removeprefix("file://")).column("n").to_pylist()
    values = [value for value in numbers if value is not None]
    assert values == sorted(values, reverse=True)
    assert numbers[len(values):] == [None] * (300 - len(values))


def test_rows_in_no_order_are_all_there_and_in_the_right_files(lake):
    chance = random.Random(9)
    columns = {"id": "string", "made": "timestamptz"}
    given = [{"id": f"{number}", "made": chance.randrange(90) * 24 * HOUR} for number in range(4_000)]

    lake.load(given, columns=columns, **{"partition-by": [{"column": "made", "type": "day"}], "row-group-bytes": 100_000})

    assert sorted(row["id"] for row in lake.rows()) == sorted(row["id"] for row in given)
    assert lake.check_partitions() >= 90
    assert len(lake.table.inspect.partitions()) == 90
