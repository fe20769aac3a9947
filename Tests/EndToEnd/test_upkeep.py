"""`maintenance: auto`: a table that is merged into often stays small by itself, whoever else writes to it."""
import json

import pytest
from harness.expectation import row
from harness.job import manifest
from harness.simulator import simulator

NAME = "stripe.charge"
SINK = {"incremental-strategy": "merge", "maintenance": "auto"}


@pytest.fixture
def stripe():
    with simulator(objects={"charge": 100, "default": 1}) as stripe:
        yield stripe


def described(job):
    return json.loads(job.lakehouse.command("describe", NAME, "-o", "json"))


def commit_nothing(lakehouse, times):
    """Snapshots of another engine, which change no row."""
    for _ in range(times):
        with lakehouse.table(NAME).transaction() as change, change.update_snapshot().fast_append():
            pass


def test_a_table_that_is_merged_into_often_stays_small(account, stripe):
    job = account.job(stripe)
    job.run(manifest("charge", sink=SINK))
    with job.lakehouse.table(NAME).transaction() as change:
        change.set_properties({"history.expire.max-snapshot-age-ms": "1"})
    truth = [row("charge", text) for text in stripe.truth("charge")]
    last = max(found["created"] for found in truth)
    newest = [found["id"] for found in truth if found["created"] == last]
    text = manifest("charge", sink=SINK, source={"interval-start": last.isoformat()})

    def merge(number):
        """Replaces the newest rows; returns what the status says of the table's upkeep."""
        for identifier in newest:
            stripe.update("charge", identifier, description=f"version {number}")
        finished = job.run(text)
        assert finished.endpoint["commit"]["rowsReplaced"] == len(newest)
        return [said for said in finished.warnings if said.startswith(f"table '{NAME}': ")]

    said = [merge(number) for number in range(1, 10)]
    before = described(job)
    said.append(merge(10))
    after = described(job)
    commit_nothing(job.lakehouse, 50 - after["snapshots"])
    said.append(merge(11))

    assert (before["dataFiles"], before["positionDeleteFiles"], before["deletedRows"]) == (10, 9, 9 * len(newest))
    assert (after["dataFiles"], after["positionDeleteFiles"], after["rows"]) == (1, 0, 100)
    assert described(job)["snapshots"] == 1
    assert said == [[]] * 9 + [
        [f"table '{NAME}': compacted: 11 data files became 1, {10 * len(newest)} deleted rows left out"],
        [f"table '{NAME}': expired 50 snapshots"]]
    truth = {found["id"]: found["description"] for found in (row("charge", text) for text in stripe.truth("charge"))}
    assert {truth[identifier] for identifier in newest} == {"version 11"}
    for read in (job.lakehouse.by_duckdb, job.lakehouse.by_pyiceberg):
        assert {found["id"]: found["description"] for found in read(NAME).to_pylist()} == truth
        assert read(NAME).num_rows == 100
