"""Partitions and sort orders: of new tables as the manifest says, of existing ones as they are."""
import datetime
import json
import pathlib

import pyarrow
import pyarrow.parquet
import pytest
from harness.cgroup import control_group
from harness.expectation import row
from harness.job import manifest
from harness.simulator import simulator
from pyiceberg.manifest import DataFile, DataFileContent, FileFormat
from pyiceberg.partitioning import PartitionField, PartitionSpec
from pyiceberg.schema import Schema
from pyiceberg.transforms import BucketTransform, IdentityTransform, MonthTransform, TruncateTransform
from pyiceberg.typedef import Record
from pyiceberg.types import (
    BinaryType, BooleanType, LongType, NestedField, StringType, StructType, TimestamptzType, TimeType,
)

MEBIBYTE = 1024 * 1024
LAID_OUT = {
    "partition-by": [
        {"column": "created", "type": "month", "index": 2, "name": "month"},
        {"column": "id", "type": "bucket", "bucket-count": 3, "index": 1},
    ],
    "cluster-by": "amount, id",
}


def files(table):
    return table.inspect.files().to_pylist()


def content(table, file):
    with table.io.new_input(file["file_path"]).open() as stream:
        return pyarrow.parquet.ParquetFile(stream).read()


@pytest.mark.local
def test_metadata_is_compressed_where_the_manifest_asks_for_it(account, small_stripe):
    """And read by every engine, whether it goes by the catalog or by the table's folder."""
    job = account.job(small_stripe)
    for _ in range(2):
        job.run(manifest("coupon", sink={"iceberg_metadata_compression": "gzip", "incremental-strategy": "merge"}))

    lakehouse, table = job.lakehouse, job.lakehouse.table("stripe.coupon")
    expected = sorted(small_stripe.ids("coupon"))
    assert table.metadata_location.endswith(".gz.metadata.json")
    assert pathlib.Path(table.metadata_location.removeprefix("file://")).read_bytes()[:2] == b"\x1f\x8b"
    for read in (lakehouse.by_duckdb, lakehouse.by_pyiceberg, lakehouse.by_polars):
        assert sorted(read("stripe.coupon").column("id").to_pylist()) == expected
    folder = lakehouse.connection().sql(f"SELECT id FROM iceberg_scan('{table.location()}')")
    assert sorted(found for found, in folder.fetchall()) == expected


def test_a_table_is_partitioned_and_sorted(account, small_stripe):
    job = account.job(small_stripe)

    job.run(manifest("charge", sink=LAID_OUT))

    table = job.lakehouse.table("stripe.charge")
    assert [(field.name, field.field_id, str(field.transform)) for field in table.spec().fields] == [
        ("id_bucket", 1000, "bucket[3]"), ("month", 1001, "month")]
    truth = {found["id"]: found for found in (row("charge", text) for text in small_stripe.truth("charge"))}
    read = {found["id"]: found for found in job.lakehouse.by_duckdb("stripe.charge").to_pylist()}
    assert read.keys() == truth.keys()
    assert all(read[key][name] == value for key, found in truth.items() for name, value in found.items())
    for file in files(table):
        rows = content(table, file).select(["id", "created", "amount"]).to_pylist()
        months = {(found["created"].year - 1970) * 12 + found["created"].month - 1 for found in rows}
        buckets = {BucketTransform(3).transform(StringType())(found["id"]) for found in rows}
        assert (months, buckets) == ({file["partition"]["month"]}, {file["partition"]["id_bucket"]})
        keys = [(found["amount"] is not None, found["amount"] or 0, found["id"]) for found in rows]
        assert keys == sorted(keys)
        assert file["sort_order_id"] == table.sort_order().order_id == 1
        assert f"/data/id_bucket={file['partition']['id_bucket']}/month=" in file["file_path"]


def test_readers_skip_partitions(account, small_stripe):
    job = account.job(small_stripe)
    job.run(manifest("charge", sink=LAID_OUT))
    table = job.lakehouse.table("stripe.charge")
    newest = max(job.lakehouse.by_duckdb("stripe.charge", "created").column("created").to_pylist())
    start = newest.replace(day=1, hour=0, minute=0, second=0, microsecond=0)

    scan = table.scan(row_filter=f"created >= '{start.isoformat()}'")

    assert 0 < len(list(scan.plan_files())) < len(files(table))
    assert len(scan.to_arrow()) == job.lakehouse.by_duckdb("stripe.charge", where=f"created >= '{start}'").num_rows


def test_an_append_and_a_replace_keep_the_layout(account):
    with simulator(objects={"default": 120}) as stripe:
        job = account.job(stripe)
        job.run(manifest("charge:sync:incremental", sink=LAID_OUT))
        stripe.advance(40 * 86_400)
        stripe.create("charge", 30)
        stripe.advance(10)

        job.run(manifest("charge:sync:incremental", sink=LAID_OUT), "--run-id", "second")
        assert job.lakehouse.ids("stripe.charge") == sorted(stripe.ids("charge"))
        finished = job.run(manifest("charge", sink={**LAID_OUT, "partition-by": "currency"}), "--run-id", "third")

        assert job.lakehouse.ids("stripe.charge") == sorted(stripe.ids("charge"))
    table = job.lakehouse.table("stripe.charge")
    assert len(table.specs()) == len(table.metadata.sort_orders) == 1
    (warning,) = [text for text in finished.warnings if "partition-by" in text]
    assert warning == (
        "table 'stripe.charge' is partitioned by 'bucket[3](id)', 'month(created)', which stays; 'partition-by' asks "
        "for 'identity(currency)' and counts for new tables only")


def test_files_have_so_many_rows(account, small_stripe):
    job = account.job(small_stripe)

    job.run(manifest("charge", sink={"loader-file-size": 80}))

    counts = sorted(file["record_count"] for file in files(job.lakehouse.table("stripe.charge")))
    assert counts == [250 % 80] + [80] * (250 // 80)


@pytest.mark.parametrize("option, place, message", [
    ({"partition-by": [{"column": "creatd", "type": "day"}]}, "25:11",
     "cannot partition table 'stripe.charge' by 'creatd': endpoint 'charge' has no such column; did you mean 'created'?"),
    ({"cluster-by": "amuont"}, "24:23",
     "cannot cluster table 'stripe.charge' by 'amuont': endpoint 'charge' has no such column; did you mean 'amount'?"),
    ({"partition-by": [{"column": "amount", "type": "month"}]}, "25:11",
     "cannot partition table 'stripe.charge' by 'month' of column 'amount': its type is long; expected a date or a "
     "timestamp"),
])
def test_a_layout_that_cannot_be_is_refused(account, small_stripe, option, place, message):
    job = account.job(small_stripe)

    finished = job.run(manifest("charge", sink=option), expect=78)

    assert finished.endpoint["message"] == f"{job.folder}/workflow.yaml:{place}: {message}"
    assert not job.lakehouse.exists("stripe.charge")


def charges(stripe):
    """All charges as the account has them."""
    return [json.loads(text) for text in stripe.truth("charge")]


def put(table, name, rows):
    """Writes a Parquet file without field ids for a table, as another engine would; returns where it lies."""
    location = f"{table.location()}/data/{name}.parquet"
    with table.io.new_output(location).create() as stream:
        pyarrow.parquet.write_table(rows, stream)
    return location


class TestTablesOfOthers:
    """Tables that another engine made and filled, with types, ids and columns of its own."""

    SCHEMA = Schema(
        NestedField(1, "gone", LongType()),
        NestedField(21, "ID", StringType()), NestedField(5, "created", LongType(), doc="seconds"),
        NestedField(7, "amount", StringType()), NestedField(8, "currency", StringType()),
        NestedField(9, "_nilus_load_id", StringType()), NestedField(10, "theirs", LongType()),
        NestedField(12, "receipt_url", BinaryType()), NestedField(13, "description", TimeType()),
        NestedField(14, "metadata", StructType(NestedField(15, "order", StringType()))),
        NestedField(16, "livemode", BooleanType()))

    def made(self, job, spec, is_filled=True, **properties):
        lakehouse = job.lakehouse
        table = lakehouse.create_table("stripe.charge", self.SCHEMA, partition_spec=spec, properties=properties)
        with table.update_schema() as update:
            update.delete_column("gone")
        rows = [{"ID": "ch_theirs", "created": 5, "amount": "1", "currency": "eur", "theirs": 7,
                 "metadata": {"order": "o"}, "livemode": False}]
        if is_filled:
            table.append(pyarrow.Table.from_pylist(rows, schema=table.schema().as_arrow()))
        return lakehouse

    @pytest.mark.parametrize("version", ["1", "2"])
    @pytest.mark.parametrize("spec", [
        PartitionSpec(),
        PartitionSpec(PartitionField(8, 1000, IdentityTransform(), "currency"),
                      PartitionField(21, 1001, BucketTransform(4), "bucket")),
        PartitionSpec(PartitionField(5, 1000, TruncateTransform(2_592_000), "about_a_month")),
    ], ids=["unpartitioned", "by currency and bucket", "truncated"])
    def test_are_appended_to(self, account, small_stripe, spec, version):
        job = account.job(small_stripe)
        lakehouse = self.made(job, spec, **{"format-version": version})
        kept = {field.name: (field.field_id, str(field.field_type))
                for field in lakehouse.table("stripe.charge").schema().fields}

        finished = job.run(manifest("charge", sink={"incremental-strategy": "append"}))

        table = lakehouse.table("stripe.charge")
        found = {field.name: (field.field_id, str(field.field_type)) for field in table.schema().fields}
        assert kept.items() <= found.items()
        assert {"customer", "_nilus_id", "_nilus_extra", "balance_transaction"} <= found.keys() and "id" not in found
        rows = {found["ID"]: found for found in lakehouse.by_duckdb("stripe.charge").to_pylist()}
        assert len(rows) == 251
        assert (rows["ch_theirs"]["theirs"], rows["ch_theirs"]["metadata"]) == (7, {"order": "o"})
        assert rows["ch_theirs"]["_nilus_load_id"] is None
        for text in small_stripe.truth("charge"):
            given = json.loads(text)
            written = rows[given["id"]]
            assert (written["created"], written["amount"]) == (given["created"], str(given["amount"]))
            extra = json.loads(written["_nilus_extra"])
            assert extra["metadata"] == given["metadata"]
            assert written["metadata"] is written["receipt_url"] is written["description"] is written["theirs"] is None
            assert written["_nilus_load_id"] == finished.status["status"]["loadID"]
        refused = [text for text in finished.warnings if "its values go to '_nilus_extra'" in text]
        assert sorted(text.split("'")[1] for text in refused) == ["description", "metadata", "receipt_url"]
        partitions = {json.dumps(file["partition"]) for file in files(table)} if spec.fields else set()
        assert len(partitions) >= min(2, len(spec.fields) * 2)
        assert table.metadata.format_version == 2

    def test_are_replaced(self, account, small_stripe):
        job = account.job(small_stripe)
        spec = PartitionSpec(PartitionField(21, 1000, BucketTransform(4), "bucket"))
        lakehouse = self.made(job, spec)

        job.run(manifest("charge", sink={"incremental-strategy": "replace"}))

        assert sorted(lakehouse.by_duckdb("stripe.charge", '"ID" AS id').column("id").to_pylist()) == sorted(
            small_stripe.ids("charge"))

    def test_with_a_name_mapping_and_files_without_ids_are_appended_to(self, account, small_stripe):
        job = account.job(small_stripe)
        lakehouse = job.lakehouse
        schema = Schema(NestedField(3, "id", StringType()), NestedField(4, "created", TimestamptzType()))
        spec = PartitionSpec(PartitionField(4, 1000, MonthTransform(), "created_month"))
        table = lakehouse.create_table("stripe.charge", schema, partition_spec=spec)
        moment = datetime.datetime(2020, 5, 6, tzinfo=datetime.timezone.utc)
        rows = {"id": ["ch_theirs"], "created": pyarrow.array([moment], pyarrow.timestamp("us", tz="UTC"))}
        table.add_files([put(table, "without-ids", pyarrow.table(rows))])
        assert "schema.name-mapping.default" in lakehouse.table("stripe.charge").properties

        job.run(manifest("charge", sink={"incremental-strategy": "append"}))

        rows = lakehouse.by_pyiceberg("stripe.charge").select(["id", "created", "currency"]).to_pylist()
        assert len(rows) == 251
        assert {"id": "ch_theirs", "created": moment, "currency": None} in rows
        assert sorted(found["id"] for found in rows) == sorted(["ch_theirs", *small_stripe.ids("charge")])

    def adopted(self, job, stripe):
        """A table of all charges whose file another engine wrote without ids; its column `key` was renamed to `id`."""
        lakehouse = job.lakehouse
        schema = Schema(NestedField(3, "key", StringType()), NestedField(4, "currency", StringType()))
        table = lakehouse.create_table("stripe.charge", schema)
        rows = [{"key": found["id"], "currency": found["currency"]} for found in charges(stripe)]
        table.add_files([put(table, "without-ids", pyarrow.Table.from_pylist(rows))])
        with table.update_schema() as update:
            update.rename_column("key", "id")
        return lakehouse

    def test_renamed_columns_of_files_without_ids_are_found(self, account, small_stripe):
        """By the name mapping, as every reader finds them: rows are replaced, not doubled, and keep their values."""
        job = account.job(small_stripe)
        lakehouse = self.adopted(job, small_stripe)

        finished = job.run(manifest("charge", sink={"incremental-strategy": "merge"}, source={"yield-limit": 1}))
        lakehouse.command("compact", "stripe.charge")

        assert finished.endpoint["commit"]["rowsReplaced"] == 100
        rows = lakehouse.by_pyiceberg("stripe.charge").select(["id", "currency"]).to_pylist()
        assert sorted((row["id"], row["currency"]) for row in rows) == sorted(
            (found["id"], found["currency"]) for found in charges(small_stripe))

    def test_values_that_only_the_place_of_a_file_tells_are_not_lost(self, account, small_stripe):
        """As Hive lays tables out: the column that divides them is in no file."""
        job = account.job(small_stripe)
        lakehouse = job.lakehouse
        schema = Schema(NestedField(3, "id", StringType()), NestedField(4, "currency", StringType()))
        spec = PartitionSpec(PartitionField(4, 1000, IdentityTransform(), "currency"))
        mapping = json.dumps([{"field-id": 1, "names": ["id"]}, {"field-id": 2, "names": ["currency"]}])
        table = lakehouse.create_table(
            "stripe.charge", schema, partition_spec=spec, properties={"schema.name-mapping.default": mapping})
        known = charges(small_stripe)[0]["id"]
        paths = [put(table, f"without-currency-{number}", pyarrow.table({"id": [identifier]}))
                 for number, identifier in enumerate([known, "ch_theirs"])]
        with table.transaction() as transaction, transaction.update_snapshot().fast_append() as append:
            for path in paths:
                append.append_data_file(DataFile.from_args(
                    content=DataFileContent.DATA, file_path=path, file_format=FileFormat.PARQUET, partition=Record("xts"),
                    record_count=1, file_size_in_bytes=len(table.io.new_input(path)), spec_id=0))
        finished = job.run(manifest("charge", sink={"incremental-strategy": "merge"}))
        before = self.read(lakehouse)
        shown = json.loads(lakehouse.command("preview", "stripe.charge", "--rows", "1000", "-o", "json"))

        lakehouse.command("compact", "stripe.charge")

        assert finished.endpoint["commit"]["rowsReplaced"] == 1
        replaced = next(found for found in charges(small_stripe) if found["id"] == known)
        assert {found["id"]: found["currency"] for found in before} == {
            "ch_theirs": "xts", **{found["id"]: found["currency"] for found in charges(small_stripe)}}
        assert replaced["currency"] != "xts"
        assert self.read(lakehouse) == before
        assert set(paths).isdisjoint(file["file_path"] for file in files(lakehouse.table("stripe.charge")))
        assert len(shown) == len(before) and {"ch_theirs"} == {row["id"] for row in shown if row["currency"] == "xts"}

    def test_of_the_original_are_merged_into(self, account, small_stripe):
        """The first version of the format, field ids of its own, whole seconds, a column that only it fills."""
        job = account.job(small_stripe)
        lakehouse = job.lakehouse
        table = lakehouse.create_table("stripe.charge", self.ORIGINAL, properties={"format-version": "1"})
        with table.update_schema() as update:
            update.delete_column("gone")
        known = charges(small_stripe)[::2]
        old = [{"id": found["id"], "created": found["created"], "amount": -1, "metadata": "{}", "theirs": 7,
                "_nilus_load_id": "1700000000.123", "_nilus_id": "x"} for found in known]
        kept = {**old[0], "id": "ch_gone"}
        for rows in (old, [kept]):
            table.append(pyarrow.Table.from_pylist(rows, schema=table.schema().as_arrow()))

        finished = job.run(manifest("charge", sink={"incremental-strategy": "merge"}))
        merged = self.read(lakehouse)
        lakehouse.command("compact", "stripe.charge")

        assert finished.endpoint["commit"]["rowsReplaced"] == len(known)
        rows = {found["id"]: found for found in merged}
        assert len(merged) == len(rows) == len(charges(small_stripe)) + 1
        assert {name: value for name, value in rows.pop("ch_gone").items() if value is not None} == kept
        for found in charges(small_stripe):
            row = rows[found["id"]]
            assert [row[name] for name in ("created", "amount", "currency", "theirs")] == [
                found["created"], found["amount"], found["currency"], None]
            assert json.loads(row["metadata"]) == found["metadata"]
        assert self.read(lakehouse) == merged
        assert lakehouse.table("stripe.charge").metadata.format_version == 2
        assert [file["content"] for file in files(lakehouse.table("stripe.charge"))] == [0]

    ORIGINAL = Schema(
        NestedField(1, "gone", LongType()), NestedField(2, "id", StringType()), NestedField(3, "created", LongType()),
        NestedField(4, "amount", LongType()), NestedField(5, "metadata", StringType()), NestedField(6, "theirs", LongType()),
        NestedField(7, "_nilus_load_id", StringType()), NestedField(8, "_nilus_id", StringType()))

    def read(self, lakehouse):
        """The rows by id, after checking that pyiceberg and DuckDB read the same."""
        found = [read("stripe.charge").sort_by("id").to_pylist() for read in (lakehouse.by_pyiceberg, lakehouse.by_duckdb)]
        assert found[0] == found[1]
        return found[0]

    def test_whose_columns_were_renamed_are_filled_as_before(self, account, small_stripe):
        job = account.job(small_stripe)
        job.run(manifest("charge", sink={"incremental-strategy": "merge"}))
        lakehouse = job.lakehouse
        before = self.read(lakehouse)
        names = {"id": "charge_key", "created": "made", "amount": "cents", "_nilus_load_id": "load"}
        with lakehouse.table("stripe.charge").update_schema() as update:
            for name, new in names.items():
                update.rename_column(name, new)

        finished = job.run(manifest("charge", sink={"incremental-strategy": "merge"}))

        table = lakehouse.table("stripe.charge")
        assert finished.endpoint["commit"]["rowsReplaced"] == len(before)
        assert len(table.metadata.schemas) == 2
        found = table.scan().to_arrow().sort_by("charge_key").to_pylist()
        assert found == lakehouse.by_duckdb("stripe.charge").sort_by("charge_key").to_pylist()
        load = finished.status["status"]["loadID"]
        assert found == [{names.get(name, name): load if name == "_nilus_load_id" else value
                          for name, value in row.items()} for row in before]
        assert sorted(text.split("'")[1] for text in finished.warnings if "was renamed" in text) == sorted(names)

    def test_with_partitions_that_cannot_be_computed_are_refused(self, account, small_stripe):
        job = account.job(small_stripe)
        self.made(job, PartitionSpec(PartitionField(12, 1000, TruncateTransform(3), "part")),
                  is_filled=False)

        finished = job.run(manifest("charge", sink={"incremental-strategy": "append"}), expect=69)

        assert finished.endpoint["message"] == (
            "cannot write to table 'stripe.charge': it is partitioned by 'truncate[3]' of column 'receipt_url' of type "
            "binary, which this program cannot compute; change the table's partition spec or use another table")


def test_a_year_of_days_in_128_mebibytes(account, figures):
    """Rows of 365 days, each a partition, with the kernel holding the job to the memory."""
    rows = 36_500
    with simulator("--span-days", "365", objects={"charge": rows, "default": 10}) as stripe, control_group(
            128 * MEBIBYTE, 100) as group:
        job = account.job(stripe)

        finished = job.run(
            manifest("charge", sink={"partition-by": [{"column": "created", "type": "day"}], "cluster-by": "created"}),
            prefix=group.prefix)

        peak = group.peak_bytes()
    table = job.lakehouse.table("stripe.charge")
    found = files(table)
    assert job.lakehouse.count("stripe.charge") == rows
    days = job.lakehouse.by_duckdb("stripe.charge", "count(DISTINCT created::DATE) AS n").column("n").to_pylist()[0]
    assert len({file["partition"]["created_day"] for file in found}) == days > 350
    figures.line(
        f"{rows:,} rows in {len(found)} files of {days} days, in 128 MiB",
        f"{finished.peak_bytes / MEBIBYTE:.1f} MiB resident, {peak / MEBIBYTE:.1f} MiB with page cache, "
        f"{finished.cpu_seconds:.1f} CPU seconds")
    assert finished.peak_bytes <= 64 * MEBIBYTE
