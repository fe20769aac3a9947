"""The job dies, or something is in its way: the table is as it was, and the next run completes."""
import fnmatch
import os
import pathlib
import random
import select
import tempfile
import time

import pytest
from harness.job import manifest
from harness.simulator import simulator

KILLS = 20


def has_ended(process, within):
    """Waits for the end of a process for so many seconds, without taking its exit code."""
    descriptor = os.pidfd_open(process.pid)
    try:
        return bool(select.select([descriptor], [], [], within)[0])
    finally:
        os.close(descriptor)


def test_killed_at_random_moments_of_a_replace(account):
    """kill -9 twenty times: the old rows stay readable each time, and the next run replaces them."""
    with simulator("--latency-ms", "4", objects={"charge": 4_000, "default": 10}) as stripe:
        job = account.job(stripe)
        text = manifest("charge", source={"yield-limit": 30})
        began = time.monotonic()
        whole = job.run(text).status["status"]
        lasted = time.monotonic() - began
        chance = random.Random(20260601)
        committed = 0
        for _ in range(KILLS):
            before = job.lakehouse.table("stripe.charge").metadata
            rows = job.lakehouse.ids("stripe.charge")
            process = job.start(text)
            if not has_ended(process, within=chance.uniform(0, lasted)):
                process.kill()
            job.finish(process)
            after = job.lakehouse.table("stripe.charge").metadata
            # Either the commit was made, whole, or nothing of it is to be seen.
            assert len(after.snapshots) - len(before.snapshots) in (0, 1)
            committed += len(after.snapshots) - len(before.snapshots)
            assert len(job.lakehouse.ids("stripe.charge")) == len(rows) == 3_000
        finished = job.run(manifest("charge"))

        assert job.lakehouse.ids("stripe.charge") == sorted(stripe.ids("charge"))
    assert whole["rowsCommitted"] == 3_000
    assert committed < KILLS, "no run was killed before its commit"
    assert finished.endpoint["commit"]["rowsInTable"] == 4_000


def test_two_runs_on_one_lakehouse(account, small_stripe):
    """Both end with whole tables, or one says that the other was faster."""
    job = account.job(small_stripe)
    twin = account.twin(job)
    processes = [runner.start(manifest("all")) for runner in (job, twin)]

    finished = [runner.finish(process) for runner, process in zip((job, twin), processes, strict=True)]

    for table in finished[0].endpoints:
        outcomes = [run.endpoints[table]["reason"] for run in finished]
        assert set(outcomes) <= {"Completed", "CommitConflict"} and "Completed" in outcomes, outcomes
        ids = job.lakehouse.ids(table)
        assert ids == sorted(small_stripe.ids(table.removeprefix("stripe.")))
    assert all(run.code == (75 if "CommitConflict" in reasons(run) else 0) for run in finished)


def reasons(run):
    return {endpoint["reason"] for endpoint in run.endpoints.values()}


# The disk of this machine is full.
@pytest.mark.local
def test_a_full_disk_is_named(account, small_stripe, tmp_path):
    """A limit on the size of files stands for the disk: writes fail in the same place."""
    job = account.job(small_stripe)
    job.run(manifest("coupon"))
    before = job.lakehouse.table("stripe.coupon").metadata_location

    finished = job.run(manifest("charge"), prefix=["prlimit", "--fsize=20000"], expect=69)

    message = f"cannot write '{job.warehouse}/stripe/charge/data/*.parquet': file too large after 19.5 KiB"
    assert fnmatch.fnmatchcase(finished.endpoint["message"], message), finished.endpoint["message"]
    assert not job.lakehouse.exists("stripe.charge")
    assert job.lakehouse.table("stripe.coupon").metadata_location == before
    assert not list(job.warehouse.rglob("*.parquet.*")) and not list((job.warehouse / "stripe").glob("charge/data/*"))


# A folder is in the way of another.
@pytest.mark.local
@pytest.mark.parametrize("obstacle", ["a file", "a parent that is a file"])
def test_a_warehouse_that_cannot_be_one_is_named(account, small_stripe, tmp_path, obstacle):
    blocked = tmp_path / "blocked"
    blocked.write_text("not a folder")
    folder = blocked if obstacle == "a file" else blocked / "lake"
    job = account.job(small_stripe, arguments=["--warehouse", str(folder)])

    finished = job.run(manifest("coupon"), expect=69)

    assert finished.message == f"cannot create '{folder}': '{blocked}' is a file; expected a directory"
    assert blocked.read_text() == "not a folder"


# Permissions of a folder are in the way.
@pytest.mark.local
def test_a_folder_that_may_not_be_written_is_named(account, small_stripe):
    """As a user that the folder does not belong to, as in a container."""
    is_root = os.getuid() == 0
    user = ["setpriv", "--reuid=65532", "--regid=65532", "--clear-groups"] if is_root else []
    with tempfile.TemporaryDirectory() as open_folder:
        os.chmod(open_folder, 0o777)
        folder = pathlib.Path(open_folder) / "readonly"
        folder.mkdir(mode=0o555)
        job = account.job(small_stripe, folder=open_folder, arguments=["--warehouse", str(folder / "lake")])

        finished = job.run(manifest("coupon"), prefix=user, expect=69)

        assert finished.message == (
            f"cannot create '{folder}/lake': permission denied for user {65532 if is_root else os.getuid()}; grant access or "
            "choose another warehouse")
        account.assert_key_is_nowhere()
