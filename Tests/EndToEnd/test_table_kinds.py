"""Every kind of table, as every reader sees it and as the specification wants it."""
import pytest
from harness.skipping_readers import SkippingReaders
from harness.specification import TableFiles, check_data_file, check_deletes, check_metadata, check_versions
from harness.table_kinds import KINDS, NOT_BY_POLARS_ALONE, make_table

FILTERED = ["created", "amount", "description", "unit_amount_decimal", "percentage"]
READERS = ["pyiceberg", "duckdb", "polars"]
# Where files lie has no part in how they are divided: a catalog service is given all transforms in one table.
LOCAL = {f"partitioned by {what}"
         for what in ("year", "month", "day", "hour", "bucket", "values", "decimals", "fractions")}


def marked(kind):
    """A kind for one worker alone, so that its table is made once."""
    marks = [pytest.mark.xdist_group(kind), *([pytest.mark.local] if kind in LOCAL else [])]
    return pytest.param(kind, marks=marks)


@pytest.fixture(scope="module", params=map(marked, KINDS))
def made(request, tmp_path_factory, canary, buckets):
    """A table of each kind in turn."""
    from conftest import Account

    account = Account(tmp_path_factory.mktemp("kind"), canary, buckets)
    yield make_table(request.param, account.job())
    account.assert_key_is_nowhere()


@pytest.mark.parametrize("reader", READERS)
def test_readers_find_what_was_served(made, reader):
    """Names, types and values of every column of every row."""
    made.check(made.read(reader))


def test_readers_agree(made):
    """Also about the columns that Stripe knows nothing of."""
    by_pyiceberg, by_duckdb, by_polars = (made.read(reader).sort_by("id").to_pylist() for reader in READERS)

    assert by_pyiceberg == by_duckdb == by_polars


def test_readers_pass_over_no_row(made):
    """Conditions let readers skip files by partitions, bounds and statistics; what is left is all that holds."""
    skipping = SkippingReaders(made.lakehouse, made.name)
    for column in FILTERED:
        values = sorted(row[column] for row in made.rows.values() if row.get(column) is not None)
        for value in {values[len(values) // 2], values[-1]} if values else ():
            expected = sorted(identifier for identifier, row in made.rows.items()
                              if row[column] is not None and row[column] >= value)

            assert skipping.by_pyiceberg(column, value) == expected, (column, value)
            assert skipping.by_duckdb(column, value) == expected, (column, value)
            assert skipping.by_polars(column, value) == expected, (column, value)


@pytest.mark.parametrize("made", sorted(NOT_BY_POLARS_ALONE), indirect=True)
def test_polars_needs_help_where_it_says_so(made):
    """When this fails, polars has learned to read such delete files: take the kind off the list."""
    with pytest.raises(NotImplementedError, match="position delete file not limited to one data file"):
        made.lakehouse.by_polars(made.name)


def test_metadata_are_as_specified(made):
    """Every version of it where the catalog is ours; a catalog service writes its own."""
    files = TableFiles(made.table)
    versions = files.versions() if made.lakehouse.writes_metadata else []

    for _, document in versions:
        check_metadata(document)
    check_versions(versions)


def test_manifests_are_as_specified(made):
    TableFiles(made.table).check_snapshots()


def test_files_are_as_specified(made):
    """What manifests say of the live files is true, and deletions name rows of theirs, each once."""
    files = TableFiles(made.table)
    live = files.check_snapshots()
    deleted = set()

    for entry in live:
        if entry["content"] == 0:
            check_data_file(files, entry)
        else:
            pairs = check_deletes(files, entry, live)
            assert not pairs & deleted
            deleted |= pairs

    records = sum(entry["record_count"] for entry in live if entry["content"] == 0)
    assert records - len(deleted) == len(made.rows)
