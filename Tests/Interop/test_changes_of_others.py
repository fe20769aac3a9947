"""What other engines do to our tables between two loads: renamed columns, rows deleted by their values.

Needs what test_iceberg_tables.py needs.
"""
import pathlib

import pyarrow
import pyarrow.parquet
import pytest

from test_iceberg_tables import duckdb_rows, ordered
from test_table_layouts import LaidOut, manifest

COLUMNS = {"id": "string", "n": "long", "currency": "string"}


@pytest.fixture
def lake(tmp_path):
    return LaidOut(tmp_path)


def load(lake, rows, strategy, key=("id",)):
    LaidOut.runs += 1
    return lake.request("load", COLUMNS, rows=rows, strategy=strategy, run=f"r{LaidOut.runs}", key=list(key),
                        manifest=manifest())


def test_a_key_of_two_columns_of_which_one_was_renamed(lake):
    """By pyiceberg, whose schemas alone tell of it: each row is there once, and no column came."""
    first = [{"id": f"ch_{number % 5}", "n": number, "currency": "eur"} for number in range(10)]
    load(lake, first, "append")
    with lake.table.update_schema() as update:
        update.rename_column("id", "charge_id")
    second = [{"id": f"ch_{number % 5}", "n": number, "currency": "usd"} for number in range(5, 13)]

    answer = load(lake, second, "merge", key=("id", "n"))

    assert (answer["replaced"], answer["added"]) == (5, 8)
    assert lake.rows() == ordered([{"charge_id" if name == "id" else name: value for name, value in row.items()}
                                   for row in first[:5] + second])


def test_rows_deleted_by_their_values(lake):
    """DuckDB applies such deletions and pyiceberg refuses them: both read the same after a compaction.

    (Not with nulls among the values: DuckDB 1.5.5 drops rows then of which it does not know whether they are equal.)
    """
    rows = [{"id": f"ch_{number}", "n": number % 3, "currency": "usd" if number % 2 else "eur"} for number in range(12)]
    load(lake, rows, "append")
    plan = lake.request("plan", COLUMNS)
    ids = [plan["ids"][name] for name in ("n", "currency")]
    values = pyarrow.Table.from_pylist(
        [{"n": 1, "currency": "usd"}, {"n": 2, "currency": "eur"}], schema=pyarrow.schema([
            pyarrow.field(name, kind, metadata={"PARQUET:field_id": str(number)})
            for name, kind, number in zip(("n", "currency"), (pyarrow.int64(), pyarrow.string()), ids)]))
    pathlib.Path(plan["folder"].removeprefix("file://")).mkdir(parents=True, exist_ok=True)
    file = lake.store(plan["folder"], values, [], content="equality-deletes", **{"equality-ids": ids})
    lake.request("commit", COLUMNS, operation="append", files=[file], facts={}, properties={})
    younger = {"id": "younger", "n": 1, "currency": "usd"}
    load(lake, [younger], "append")
    before = ordered(duckdb_rows(f"iceberg_scan('{lake.location()}')"))

    answer = lake.request("compact", COLUMNS)

    gone = [row for row in rows if (row["n"], row["currency"]) in ((1, "usd"), (2, "eur"))]
    assert before == ordered([row for row in rows if row not in gone] + [younger])
    assert (answer["dropped"], answer["deletes-removed"]) == (len(gone), 1) and gone
    assert lake.rows() == before
