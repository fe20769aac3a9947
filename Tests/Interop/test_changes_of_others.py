"""What other engines do to our tables between two loads: renamed columns.

Needs what test_iceberg_tables.py needs.
"""
import pytest

from test_iceberg_tables import ordered
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
