"""Merges of the real job, and the commands that keep a merged table fast."""
import json

import pytest
from harness.job import manifest
from harness.simulator import simulator

MERGE = {"incremental-strategy": "merge"}


@pytest.fixture
def stripe():
    with simulator(objects={"charge": 330, "customer": 50, "default": 20}) as stripe:
        yield stripe


def descriptions(job):
    rows = job.lakehouse.by_duckdb("stripe.charge", "id, description").to_pylist()
    return {row["id"]: row["description"] for row in rows}


def test_an_incremental_load_merges_by_default(account, stripe):
    job = account.job(stripe)
    text = manifest("charge:sync:incremental")
    job.run(text)
    stripe.advance(100)
    stripe.create("charge", 12)
    stripe.advance(100)

    finished = job.run(text)

    assert finished.endpoint["strategy"] == "merge"
    assert finished.endpoint["commit"]["rowsAdded"] == 12
    assert "rowsReplaced" not in finished.endpoint["commit"]
    assert job.lakehouse.ids("stripe.charge") == sorted(stripe.ids("charge"))


def test_a_merge_replaces_what_changed_and_keeps_each_object_once(account, stripe):
    job = account.job(stripe)
    job.run(manifest("charge", sink=MERGE))
    changed = stripe.ids("charge")[::7]
    for identifier in changed:
        stripe.update("charge", identifier, description=f"changed {identifier}")

    finished = job.run(manifest("charge", sink=MERGE))

    assert finished.endpoint["commit"]["rowsReplaced"] == 330
    assert finished.endpoint["commit"]["rowsInTable"] == 330
    assert job.lakehouse.ids("stripe.charge") == sorted(stripe.ids("charge"))
    found = descriptions(job)
    assert all(found[identifier] == f"changed {identifier}" for identifier in changed)
    assert len(job.lakehouse.by_pyiceberg("stripe.charge")) == 330


def test_a_merge_of_an_interval_leaves_the_rest_alone(account, stripe):
    job = account.job(stripe)
    job.run(manifest("charge", sink=MERGE))
    before = descriptions(job)
    oldest = stripe.ids("charge")[-1]
    stripe.update("charge", oldest, description="not read")

    finished = job.run(manifest("charge", sink=MERGE, source={"interval-start": "2035-01-01"}))

    assert finished.endpoint["commit"]["rowsAdded"] == 0
    assert descriptions(job) == before


def test_an_incremental_merge_into_rows_without_a_checkpoint_is_safe(account, stripe):
    job = account.job(stripe)
    job.run(manifest("charge", sink={"incremental-strategy": "append"}, source={"yield-limit": 1}))

    finished = job.run(manifest("charge:sync:incremental"))

    assert finished.endpoint["commit"]["rowsReplaced"] == 100
    assert job.lakehouse.ids("stripe.charge") == sorted(stripe.ids("charge"))
    assert ("table 'stripe.charge' has rows but no checkpoint of ours: everything is read once and merged into them"
            in finished.warnings)
    assert finished.endpoint["commit"]["checkpoint"]


def test_a_key_that_the_table_does_not_have_is_refused(account, stripe):
    job = account.job(stripe)

    finished = job.run(manifest("charge", sink={**MERGE, "primary-key": "currenci"}), expect=65)

    assert finished.endpoint["message"] == (
        "cannot merge into table 'stripe.charge': 'primary-key' names column 'currenci', which it does not have; did "
        "you mean 'currency'?")


class TestTableCommands:
    @pytest.fixture
    def job(self, account, stripe):
        """A table that was merged into three times."""
        job = account.job(stripe)
        for run in range(3):
            job.run(manifest("charge", sink=MERGE), "--run-id", f"run-{run}")
        return job

    def test_describe_the_table(self, job):
        text = job.lakehouse.command("describe", "stripe.charge")
        document = json.loads(job.lakehouse.command("describe", "stripe.charge", "-o", "json"))

        assert "rows              330" in text
        assert document["rows"] == 330
        assert document["dataFiles"] == 3
        assert document["deletedRows"] == 660
        assert document["currentSnapshot"]["runID"] == "run-2"
        assert document["checkpoint"]
        assert {"name": "id", "type": "string", "required": False} in document["columns"]

    def test_describe_the_newest_snapshots(self, job):
        """What each load did and left, in lines that fit a terminal."""
        text = job.lakehouse.command("describe", "stripe.charge")
        document = json.loads(job.lakehouse.command("describe", "stripe.charge", "-o", "json"))
        snapshots = json.loads(job.lakehouse.command("snapshots", "stripe.charge", "-o", "json"))

        newest = document["newestSnapshots"]
        assert newest == snapshots and document["snapshots"] == 3
        assert [(found["rowsAdded"], found["rowsRemoved"]) for found in newest] == [(330, 330), (330, 330), (330, 0)]
        lines = text.split("\nsnapshots\n")[1].splitlines()
        assert max(map(len, lines)) <= 80
        for found in newest:
            start = next(number for number, line in enumerate(lines) if str(found["id"]) in line)
            shown = " ".join(lines[start:start + 3])
            assert f"{found['operation']}  +{found['rowsAdded']} -{found['rowsRemoved']}" in shown
            assert f"load {found['loadID']}" in shown and f"checkpoint {found['checkpoint']}" in shown
        assert ", current" in lines[0]

    def test_list_tables_and_snapshots(self, job):
        assert job.lakehouse.command("list", "stripe") == "stripe.charge\n"
        snapshots = json.loads(job.lakehouse.command("snapshots", "stripe.charge", "-o", "json"))
        assert [snapshot["runID"] for snapshot in snapshots] == ["run-2", "run-1", "run-0"]
        assert [snapshot["operation"] for snapshot in snapshots] == ["overwrite", "overwrite", "append"]
        assert "run-1" in job.lakehouse.command("snapshots", "stripe.charge")

    def test_preview_rows(self, job, stripe):
        rows = json.loads(job.lakehouse.command("preview", "stripe.charge", "--rows", "400", "-o", "json"))

        assert sorted(row["id"] for row in rows) == sorted(stripe.ids("charge"))
        assert job.lakehouse.command("preview", "stripe.charge").count("\n") == 12

    def test_compact_and_expire(self, job, stripe):
        report = json.loads(job.lakehouse.command("compact", "stripe.charge", "-o", "json"))
        assert report["filesRewritten"] == 3 and report["filesWritten"] == 1 and report["rowsDropped"] == 660
        assert job.lakehouse.ids("stripe.charge") == sorted(stripe.ids("charge"))

        expired = json.loads(job.lakehouse.command("expire", "stripe.charge", "--older-than", "0s", "-o", "json"))
        assert expired["snapshotsExpired"] == 3
        assert len(job.lakehouse.data_files("stripe.charge")) == 1
        assert job.lakehouse.ids("stripe.charge") == sorted(stripe.ids("charge"))
        assert job.lakehouse.command("compact", "stripe.charge").endswith("nothing to do\n")

        job.run(manifest("charge", sink=MERGE))
        assert len(job.lakehouse.by_pyiceberg("stripe.charge")) == 330

    def test_find_no_orphans_in_a_young_table(self, job):
        assert job.lakehouse.command("orphans", "stripe.charge").endswith("0 orphans, 0 B; nothing deleted\n")
        refusal = job.lakehouse.command("orphans", "stripe.charge", "--older-than", "1h", expect=64)
        assert refusal.startswith("cannot look for orphans younger than a day")

    def test_name_what_is_wrong(self, job):
        assert job.lakehouse.command("describe", "stripe.charges", expect=69) == (
            "cannot find table 'stripe.charges': did you mean 'stripe.charge'?\n")
