"""`delete+insert` and `scd2` of the real job: what becomes of rows that a table already has."""
import datetime
import json

import pytest
from harness.job import manifest
from harness.simulator import simulator

INTERVAL = {"incremental-strategy": "delete+insert"}
HISTORY = {"incremental-strategy": "scd2"}
MONTHS = {"partition-by": [{"column": "created", "type": "month"}]}


@pytest.fixture
def stripe():
    with simulator("--span-days", "300", objects={"charge": 330, "customer": 120, "default": 20}) as stripe:
        yield stripe


def created(stripe, endpoint):
    """When each object was created, oldest first."""
    return {row["id"]: row["created"] for row in map(json.loads, stripe.truth(endpoint))}


def iso(second):
    return datetime.datetime.fromtimestamp(second, datetime.timezone.utc).isoformat().replace("+00:00", "Z")


def descriptions(job, table="stripe.customer"):
    return {row["id"]: row["description"] for row in job.lakehouse.by_duckdb(table, "id, description").to_pylist()}


class TestDeleteAndInsert:
    @pytest.mark.parametrize("layout", [{}, MONTHS], ids=["plain", "partitioned"])
    def test_an_interval_becomes_what_stripe_has_in_it(self, account, stripe, layout):
        job = account.job(stripe)
        sink = {**INTERVAL, **layout}
        job.run(manifest("customer", sink=sink))
        times = created(stripe, "customer")
        ids = list(times)
        lower, upper = times[ids[30]], times[ids[60]]
        inside = [id for id in ids if lower <= times[id] < upper]
        gone, changed, outside = inside[3], inside[7], ids[90]
        stripe.delete("customer", gone)
        stripe.update("customer", changed, description="inside")
        stripe.update("customer", outside, description="outside")
        before = descriptions(job)

        finished = job.run(
            manifest("customer", sink=sink, source={"interval-start": iso(lower), "interval-end": iso(upper)}))

        commit = finished.endpoint["commit"]
        assert (commit["rowsDeleted"], commit["rowsAdded"]) == (len(inside), len(inside) - 1)
        assert commit["rowsInTable"] == len(ids) - 1
        assert len(job.lakehouse.snapshots("stripe.customer")) == 2
        expected = {**before, changed: "inside"}
        del expected[gone]
        assert descriptions(job) == expected
        assert len(job.lakehouse.by_pyiceberg("stripe.customer")) == len(expected)

    def test_a_full_load_takes_files_out_without_reading_them(self, account, stripe):
        job = account.job(stripe)
        job.run(manifest("charge", sink=INTERVAL))

        finished = job.run(manifest("charge", sink=INTERVAL))

        commit = finished.endpoint["commit"]
        assert (commit["rowsDeleted"], commit["rowsAdded"], commit["rowsInTable"]) == (330, 330, 330)
        assert (commit["search"]["filesInTable"], commit["search"]["filesOpened"]) == (1, 0)
        assert commit["search"]["bytesRead"] == 0
        assert job.lakehouse.ids("stripe.charge") == sorted(stripe.ids("charge"))

    def test_an_incremental_load_deletes_nothing_before_its_checkpoint(self, account, stripe):
        job = account.job(stripe)
        text = manifest("charge:sync:incremental", sink=INTERVAL)
        job.run(text)
        stripe.advance(100)
        stripe.create("charge", 12)
        stripe.advance(100)

        finished = job.run(text)

        commit = finished.endpoint["commit"]
        assert commit["rowsAdded"] == 12
        assert "rowsDeleted" not in commit
        assert job.lakehouse.ids("stripe.charge") == sorted(stripe.ids("charge"))

    def test_a_trial_is_refused(self, account, stripe):
        job = account.job(stripe)

        finished = job.run(manifest("charge", sink=INTERVAL, source={"yield-limit": 1}), expect=78)

        assert "'yield-limit' with 'incremental-strategy' 'delete+insert' would delete rows" in finished.stderr


class Past:
    """What a history must tell, by a model that sees the account before each run."""

    def __init__(self, job, stripe, endpoint="customer"):
        self.job = job
        self.stripe = stripe
        self.endpoint = endpoint
        self.states = []

    def run(self, source=None, mode="", sink=HISTORY, note=True):
        finished = self.job.run(manifest(self.endpoint + mode, sink=sink, source=source))
        if note:
            self.states.append({row["id"]: row.get("description")
                                for row in map(json.loads, self.stripe.truth(self.endpoint))})
        self.stripe.advance(60)
        return finished.endpoint["commit"]

    def versions(self):
        found = self.job.lakehouse.by_duckdb(
            f"stripe.{self.endpoint}", "id, description, _nilus_valid_from AS since, _nilus_valid_to AS until")
        return found.to_pylist()

    def check(self):
        """At the moment of each load the table says what the account was like."""
        versions = self.versions()
        moments = sorted({version["since"] for version in versions} | {version["until"] for version in versions} - {None})
        assert len(moments) == len(self.states)
        for moment, state in zip(moments, self.states):
            valid = [version for version in versions
                     if version["since"] <= moment and (version["until"] is None or moment < version["until"])]
            assert len(valid) == len(state)
            assert {version["id"]: version["description"] for version in valid} == state


class TestHistory:
    @pytest.mark.parametrize("layout", [{}, MONTHS], ids=["plain", "partitioned"])
    def test_every_version_is_kept_and_has_its_time(self, account, stripe, layout):
        past = Past(account.job(stripe), stripe)
        ids = stripe.ids("customer")
        first = past.run(sink={**HISTORY, **layout})
        stripe.update("customer", ids[0], description="second")
        stripe.update("customer", ids[50], description="second")
        stripe.delete("customer", ids[10])
        stripe.create("customer", 4)
        stripe.advance(5)
        second = past.run(sink={**HISTORY, **layout})
        stripe.update("customer", ids[0], description="third")
        third = past.run(sink={**HISTORY, **layout})

        assert (first["rowsAdded"], "versionsClosed" in first) == (120, False)
        assert (second["rowsAdded"], second["versionsClosed"], second["rowsUnchanged"]) == (6, 3, 117)
        assert (third["rowsAdded"], third["versionsClosed"], third["rowsUnchanged"]) == (1, 1, 122)
        assert third["rowsInTable"] == 127
        past.check()
        assert len(past.job.lakehouse.snapshots("stripe.customer")) == 3
        assert len(past.job.lakehouse.by_pyiceberg("stripe.customer")) == 127

    def test_the_same_data_makes_no_versions_and_no_files(self, account, stripe):
        past = Past(account.job(stripe), stripe)
        past.run()
        before = past.job.lakehouse.data_files("stripe.customer")

        again = past.run(note=False)

        assert (again["rowsAdded"], again["filesAdded"], again["rowsUnchanged"]) == (0, 0, 120)
        assert past.job.lakehouse.data_files("stripe.customer") == before
        past.check()

    def test_a_run_that_is_repeated_does_nothing(self, account, stripe):
        job = account.job(stripe)
        job.run(manifest("customer", sink=HISTORY), "--run-id", "one")
        stripe.update("customer", stripe.ids("customer")[0], description="later")

        repeated = job.run(manifest("customer", sink=HISTORY), "--run-id", "one")

        assert repeated.endpoint["reason"] == "AlreadyCommitted"
        assert job.lakehouse.count("stripe.customer") == 120

    @pytest.mark.parametrize("partial", [
        {"source": {"yield-limit": 1}}, {"source": {"interval-start": "2001-01-01"}}, {"mode": ":sync:incremental"}])
    def test_what_a_partial_load_does_not_bring_stays_current(self, account, stripe, partial):
        past = Past(account.job(stripe), stripe)
        past.run()
        stripe.delete("customer", stripe.ids("customer")[0])
        stripe.delete("customer", stripe.ids("customer")[-1])

        commit = past.run(note=False, **partial)

        assert (commit["rowsAdded"], "versionsClosed" in commit) == (0, False)
        assert [version for version in past.versions() if version["until"] is not None] == []

    def test_a_table_from_before_becomes_the_beginning_of_the_history(self, account, stripe):
        job = account.job(stripe)
        job.run(manifest("customer", sink={"incremental-strategy": "append"}))
        ids = stripe.ids("customer")
        stripe.update("customer", ids[5], description="changed")

        past = Past(job, stripe)
        commit = past.run()

        assert (commit["rowsAdded"], commit["versionsClosed"]) == (1, 1)
        assert commit["schemaChanges"] == ["_nilus_valid_from timestamptz", "_nilus_valid_to timestamptz"]
        versions = [version for version in past.versions() if version["id"] == ids[5]]
        (old,) = [version for version in versions if version["until"]]
        (new,) = [version for version in versions if not version["until"]]
        assert (old["since"], old["until"], new["description"]) == (None, new["since"], "changed")
        assert sum(version["since"] is None for version in past.versions()) == 120

    def test_a_full_refresh_keeps_the_history(self, account, stripe):
        past = Past(account.job(stripe), stripe)
        past.run()
        stripe.update("customer", stripe.ids("customer")[0], description="changed")

        past.run(sink={**HISTORY, "full-refresh": True})

        past.check()
        assert past.job.lakehouse.count("stripe.customer") == 121
