"""Every kind of table that loads and commands leave behind, each with the rows that it must hold."""
import functools

from pyiceberg.partitioning import PartitionField, PartitionSpec
from pyiceberg.schema import Schema
from pyiceberg.transforms import BucketTransform, TruncateTransform, VoidTransform
from pyiceberg.types import LongType, NestedField, StringType, TimestamptzType

from .table_story import NAME, Story, account

SYSTEM_COLUMNS = {"_nilus_load_id", "_nilus_id", "_nilus_extra"}


def replaced(story):
    story.load("replace")
    story.stripe.create("charge", 5)
    story.stripe.advance(10)
    story.load("replace")
    return story.rows()


def emptied(story):
    story.load("replace", "coupon")
    for identifier in story.stripe.ids("coupon"):
        story.stripe.delete("coupon", identifier)
    story.load("replace", "coupon")
    return {}


def appended(story):
    for _ in range(3):
        story.load("append", "charge:sync:incremental")
        story.stripe.advance(10)
        story.stripe.create("charge", 5)
        story.stripe.advance(10)
    story.load("append", "charge:sync:incremental")
    return story.rows()


def merged(story):
    story.load_merged()
    return story.rows()


def in_many_files(story):
    story.layout = {"loader-file-size": 25}
    return merged(story)


def clustered(story):
    """With a delete file for each data file, as the table asks."""
    story.layout = {"cluster-by": "currency, amount", "loader-file-size": 40}
    story.load("merge")
    with story.lakehouse.table(NAME).transaction() as change:
        change.set_properties({"write.delete.granularity": "file"})
    story.load_newest()
    story.load_newest()
    return story.rows()


def compacted(story):
    story.load_merged()
    story.compact()
    return story.rows()


def merged_after_compaction(story):
    story.load_merged()
    story.compact()
    story.load_newest()
    return story.rows()


def expired(story):
    story.load_merged()
    story.lakehouse.command("expire", NAME, "--older-than", "0s")
    story.load_newest()
    return story.rows()


def evolved(story):
    """Columns that came, that went and came again, and that were renamed; each load wrote what there was."""
    story.load("append", "charge:sync:incremental")
    old = story.rows()
    with story.lakehouse.table(NAME).update_schema() as update:
        update.rename_column("receipt_url", "link")
        update.delete_column("livemode")
    story.stripe.advance(10)
    new = set(story.stripe.create("charge", 20))
    story.stripe.advance(10)
    story.stripe.faults({"do": {"kind": "unknownField", "name": "brand_new", "value": {"a": 1}, "every": 1}})
    story.load("append", "charge:sync:incremental")
    rows = {}
    for identifier, found in story.rows().items():
        assert identifier in new or found == old[identifier]
        added = {"brand_new": '{"a": 1}'} if identifier in new else {"livemode": None, "brand_new": None}
        rows[identifier] = {"link": found.pop("receipt_url"), **found, **added}
    return rows


def partitioned(*parts):
    def make(story):
        story.layout = {"partition-by": list(parts)}
        return merged(story)

    return make


def partitioned_by_numbers(endpoint, column):
    """By a column of decimals or of floating point numbers; every row is deleted and written again."""
    def make(story):
        story.layout = {"partition-by": column}
        story.load("replace", endpoint)
        story.load("merge", endpoint)
        return story.rows(endpoint)

    return make


def partitioned_and_compacted(story):
    story.layout = {"partition-by": [{"column": "created", "type": "day"}], "cluster-by": "amount"}
    return compacted(story)


def with_another_spec(story):
    story.layout = {"partition-by": [{"column": "created", "type": "month"}]}
    story.load("merge")
    with story.lakehouse.table(NAME).update_spec() as update:
        update.remove_field("created_month")
        update.add_field("currency", "identity", "money")
    story.load_newest()
    return story.rows()


def of_another_engine(story):
    """With transforms that no manifest asks for, ids of its own, and no file yet."""
    schema = Schema(NestedField(21, "id", StringType()), NestedField(5, "created", TimestamptzType()),
                    NestedField(7, "amount", LongType()), NestedField(9, "currency", StringType()))
    spec = PartitionSpec(
        PartitionField(21, 1000, TruncateTransform(4), "prefix"),
        PartitionField(7, 1001, TruncateTransform(5000), "about"),
        PartitionField(5, 1002, VoidTransform(), "nothing"), PartitionField(5, 1003, BucketTransform(2), "half"))
    story.lakehouse.create_table(NAME, schema, partition_spec=spec)
    return merged(story)


KINDS = {
    "replaced": replaced,
    "emptied": emptied,
    "appended": appended,
    "merged": merged,
    "in many files": in_many_files,
    "clustered": clustered,
    "compacted": compacted,
    "merged after compaction": merged_after_compaction,
    "expired": expired,
    "evolved": evolved,
    "partitioned by year": partitioned({"column": "created", "type": "year"}),
    "partitioned by month": partitioned({"column": "created", "type": "month"}),
    "partitioned by day": partitioned({"column": "created", "type": "day"}),
    "partitioned by hour": partitioned({"column": "created", "type": "hour"}),
    "partitioned by bucket": partitioned({"column": "id", "type": "bucket", "bucket-count": 4}),
    "partitioned by values": partitioned("currency", "captured", "failure_code"),
    "partitioned by all of them": partitioned(
        {"column": "created", "type": "month"}, {"column": "amount", "type": "bucket", "bucket-count": 2},
        {"column": "customer", "type": "bucket", "bucket-count": 2}, "disputed"),
    "partitioned by decimals": partitioned_by_numbers("price", "unit_amount_decimal"),
    "partitioned by fractions": partitioned_by_numbers("tax_rate", "percentage"),
    "partitioned and compacted": partitioned_and_compacted,
    "with another spec": with_another_spec,
    "of another engine": of_another_engine,
}

# polars leaves tables to pyiceberg in which a delete file names rows of several data files; 'write.delete.granularity' of
# a table avoids that.
NOT_BY_POLARS_ALONE = {"in many files"}


class TableOfKind:
    """A table that was made, and what must be in it."""

    def __init__(self, kind, story, rows):
        self.kind = kind
        self.lakehouse = story.lakehouse
        self.rows = rows
        self.name = NAME

    @functools.cache
    def read(self, reader):
        """All rows as pyiceberg, duckdb or polars reads them, an Arrow table."""
        options = {"is_alone": self.kind not in NOT_BY_POLARS_ALONE} if reader == "polars" else {}
        return getattr(self.lakehouse, f"by_{reader}")(self.name, **options)

    @property
    def table(self):
        return self.lakehouse.table(self.name)

    def check(self, found):
        """Whether an Arrow table, as a reader gives it, has all rows with the values and types that they must have."""
        names = [field.name for field in self.table.schema().fields]
        assert found.column_names == names
        rows = {each["id"]: each for each in found.to_pylist()}
        assert found.num_rows == len(rows) == len(self.rows)
        for identifier, wanted in self.rows.items():
            assert set(wanted) | SYSTEM_COLUMNS == set(names)
            different = {name: (rows[identifier][name], value) for name, value in wanted.items()
                         if not is_same(rows[identifier][name], value)}
            assert not different, identifier
            assert rows[identifier]["_nilus_extra"] is None
            assert rows[identifier]["_nilus_id"] and rows[identifier]["_nilus_load_id"]


def is_same(found, wanted):
    return type(found) is type(wanted) and found == wanted


def make_table(kind, job):
    """Makes a table of a kind in the lakehouse of a job."""
    with account() as stripe:
        job.environment["NILUS_STRIPE_API_BASE"] = stripe.address
        story = Story(job, stripe)
        return TableOfKind(kind, story, KINDS[kind](story))

