"""Tables that Spark made are loaded into, and Spark finds each row in them once."""
import json
import pathlib
import subprocess

import pyarrow.parquet
import pytest
from harness.job import manifest
from harness.lakehouse import LocalLakehouse
from harness.simulator import simulator
from test_spark import HERE, PYTHON, LocalJob, jars

COLUMNS = "id, CAST(created AS TIMESTAMP) AS created, amount, theirs"
# By the name of the table: how Spark makes it, and how it is loaded then. Rows that Spark has are known to Stripe too,
# but for `ch_gone`, and have another amount.
TABLES = {
    "selected": ([f"CREATE TABLE lake.s.selected AS SELECT 1 AS gone, {COLUMNS} FROM given WHERE id = 'ch_gone'",
                  "ALTER TABLE lake.s.selected DROP COLUMN gone"], "append"),
    "renamed": ([f"CREATE TABLE lake.s.renamed AS SELECT {COLUMNS} FROM given",
                 "ALTER TABLE lake.s.renamed RENAME COLUMN id TO charge_id",
                 "ALTER TABLE lake.s.renamed RENAME COLUMN amount TO cents"], "merge"),
    "by_days": ([f"CREATE TABLE lake.s.by_days PARTITIONED BY (days(created)) TBLPROPERTIES ('format-version'='2', "
                 f"'write.delete.mode'='merge-on-read') AS SELECT {COLUMNS} FROM given ORDER BY created",
                 "DELETE FROM lake.s.by_days WHERE theirs < 5"], "merge"),
    "of_version_1": (["CREATE TABLE lake.s.of_version_1 PARTITIONED BY (bucket(4, id)) "
                      f"TBLPROPERTIES ('format-version'='1') AS SELECT {COLUMNS} FROM given"], "merge"),
}
NAMES = {"renamed": {"id": "charge_id", "amount": "cents"}}


def spark(script, arguments, work):
    finished = subprocess.run(
        [PYTHON, HERE / script, *arguments], input=json.dumps(work), capture_output=True, text=True)
    assert finished.returncode == 0, finished.stderr


def made_by_spark(folder, rows, arguments):
    """The latest metadata file of each table, by name."""
    (folder / "rows.json").write_text("\n".join(map(json.dumps, rows)))
    spark("spark_writer.py", arguments, {
        "warehouse": f"file://{folder}/theirs", "rows": f"file://{folder}/rows.json",
        "statements": [statement for statements, _ in TABLES.values() for statement in statements]})
    return {name: max(folder.glob(f"theirs/s/{name}/metadata/v*.metadata.json"),
                      key=lambda path: int(path.name.removeprefix("v").split(".")[0])) for name in TABLES}


@pytest.fixture(scope="module")
def loaded(tmp_path_factory):
    """What Stripe has, and the rows of each table as Spark reads them after the load and after a compaction."""
    folder = pathlib.Path(tmp_path_factory.mktemp("spark-tables"))
    arguments = jars(folder)
    with simulator(objects={"charge": 60, "default": 10}) as stripe:
        charges = [json.loads(text) for text in stripe.truth("charge")]
        rows = [{"id": found["id"], "created": found["created"], "amount": -1, "theirs": number}
                for number, found in enumerate(charges[::2])]
        made = made_by_spark(folder, [*rows, {**rows[7], "id": "ch_gone"}], arguments)
        job = LocalJob(folder / "job", stripe.address, "sk_test_spark")
        lakehouse = LocalLakehouse(job.warehouse)
        lakehouse.catalog.create_namespace("stripe")
        work = []
        for name, (_, strategy) in TABLES.items():
            lakehouse.catalog.register_table(f"stripe.{name}", f"file://{made[name]}")
            job.run(manifest("charge", f"stripe.{name}", sink={"incremental-strategy": strategy}))
            work.append((lakehouse.table(f"stripe.{name}").metadata_location, str(folder / f"{name}-loaded")))
            lakehouse.command("compact", f"stripe.{name}")
            work.append((lakehouse.table(f"stripe.{name}").metadata_location, str(folder / f"{name}-compact")))
    spark("spark_reader.py", arguments, work)
    return charges, {name: [pyarrow.parquet.read_table(folder / f"{name}-{state}") for state in ("loaded", "compact")]
                     for name in TABLES}


@pytest.mark.parametrize("name", TABLES)
def test_spark_finds_each_row_once(loaded, name):
    charges, read = loaded
    names = NAMES.get(name, {})
    key, amount = (names.get(column, column) for column in ("id", "amount"))

    before, after = (rows.sort_by(key).to_pylist() for rows in read[name])

    assert before == after
    assert not set(names) & set(before[0])
    rows = {found[key]: found for found in before}
    gone = rows.pop("ch_gone")
    assert (gone[amount], gone["theirs"], gone["currency"]) == (-1, 7, None)
    assert len(before) == len(charges) + 1 and rows.keys() == {found["id"] for found in charges}
    for found in charges:
        row = rows[found["id"]]
        assert (row[amount], row["currency"], row["theirs"]) == (found["amount"], found["currency"], None)
        assert int(row["created"].timestamp()) == found["created"]
