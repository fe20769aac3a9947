"""Every endpoint in one run: the tables hold what the simulator says that it served, column by column."""
import pytest
from harness.expectation import NAMES, fields, row
from harness.job import manifest

# One run for all of them, by one worker.
pytestmark = pytest.mark.xdist_group("all endpoints")

SYSTEM_COLUMNS = {"_nilus_load_id", "_nilus_id", "_nilus_extra"}


@pytest.fixture(scope="module")
def loaded(tmp_path_factory, canary, small_stripe, buckets):
    """One run of all endpoints."""
    from conftest import Account

    account = Account(tmp_path_factory.mktemp("all"), canary, buckets)
    job = account.job(small_stripe)
    yield job, job.run(manifest("all"))
    account.assert_key_is_nowhere()


@pytest.mark.parametrize("endpoint", NAMES)
def test_rows_equal_the_objects(loaded, small_stripe, endpoint):
    """As DuckDB reads them: names, types and values of every column of every row."""
    job, finished = loaded
    expected = {found["id"]: found for found in (row(endpoint, text) for text in small_stripe.truth(endpoint))}

    table = job.lakehouse.by_duckdb(f"stripe.{endpoint}")

    assert set(table.column_names) == set(fields(endpoint)) | SYSTEM_COLUMNS
    rows = {found["id"]: found for found in table.to_pylist()}
    assert table.num_rows == len(rows) == len(expected)
    assert rows.keys() == expected.keys()
    for identifier, found in rows.items():
        different = {name: (found[name], wanted) for name, wanted in expected[identifier].items()
                     if found[name] != wanted or type(found[name]) is not type(wanted)}
        assert not different, identifier
        assert found["_nilus_extra"] is None
    counts = finished.endpoints[f"stripe.{endpoint}"]["rows"]
    # Of prices some are read again, so that none is missed that is switched meanwhile.
    repeated = counts.pop("dropped")["duplicate"] if endpoint == "price" else 0
    assert counts == {"received": len(rows) + repeated, "written": len(rows)}


@pytest.mark.parametrize("endpoint", NAMES)
def test_other_readers_read_the_same(loaded, endpoint):
    lakehouse, table = loaded[0].lakehouse, f"stripe.{endpoint}"

    by_duckdb, by_pyiceberg, by_polars = (
        read(table).sort_by("id").to_pylist()
        for read in (lakehouse.by_duckdb, lakehouse.by_pyiceberg, lakehouse.by_polars))

    assert by_pyiceberg == by_duckdb == by_polars


@pytest.mark.parametrize("endpoint", NAMES)
def test_every_column_has_its_type(loaded, endpoint):
    """Types do not depend on the values met: they are those of the API description."""
    job, _ = loaded
    expected = {"timestamp": "timestamptz", "int": "long", "bool": "boolean", "float": "double",
                "decimal": "decimal(38, 12)"}

    schema = job.lakehouse.table(f"stripe.{endpoint}").schema()

    for name, kind in fields(endpoint).items():
        assert str(schema.find_field(name).field_type) == expected.get(kind["t"], "string"), name


def test_system_columns_identify_load_and_row(loaded):
    job, finished = loaded

    found = job.lakehouse.by_duckdb(
        "stripe.charge",
        "count(DISTINCT _nilus_id) AS ids, count(*) AS rows, min(_nilus_load_id) AS load, "
        "count(DISTINCT CAST(_nilus_load_id AS BIGINT)) AS loads").to_pylist()[0]

    assert found["ids"] == found["rows"] > 0
    assert (found["load"], found["loads"]) == (finished.status["status"]["loadID"], 1)


def test_rows_of_both_passes_are_kept_once(loaded, small_stripe):
    """Inactive prices are listed by a pass of their own, and no price twice."""
    job, _ = loaded

    active = job.lakehouse.by_duckdb("stripe.price", "active, count(*) AS n", "true GROUP BY active").to_pylist()

    assert {found["active"] for found in active} == {True, False}


def test_canceled_subscriptions_are_there(loaded):
    job, _ = loaded

    assert "canceled" in job.lakehouse.by_duckdb("stripe.subscription", "DISTINCT status").column("status").to_pylist()


# A catalog service writes no such hint.
@pytest.mark.local
def test_path_based_readers_find_the_table(loaded):
    """version-hint.text names the current metadata file, so that a folder alone is enough."""
    job, _ = loaded
    folder = job.warehouse / "stripe" / "charge"

    hint = (folder / "metadata" / "version-hint.text").read_text()

    location = job.lakehouse.table("stripe.charge").metadata_location
    assert location.endswith(f"/metadata/{hint}.metadata.json")


def test_one_snapshot_each_with_the_facts_of_the_load(loaded):
    job, finished = loaded

    for table, endpoint in finished.endpoints.items():
        (snapshot,) = job.lakehouse.snapshots(table)
        assert snapshot.summary.operation.value == "overwrite"
        assert snapshot.summary["nilus.load-id"] == finished.status["status"]["loadID"]
        assert snapshot.summary["nilus.run-id"] == finished.status["metadata"]["name"]
        assert snapshot.snapshot_id == endpoint["commit"]["snapshotID"]
        assert int(snapshot.summary["total-records"]) == endpoint["rows"]["written"]
