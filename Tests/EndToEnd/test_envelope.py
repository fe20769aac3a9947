"""The envelope that the manifest promises, with the kernel holding the job to it."""

import pytest
import yaml
from harness.cgroup import control_group
from harness.job import manifest
from harness.programs import ROOT
from harness.simulator import simulator

MEBIBYTE = 1024 * 1024
SEED = ROOT / "manifests" / "seed-stripe.yaml"


def test_the_seeds_workflow_in_its_own_envelope(account, figures):
    """100,000 customers in 128 MiB and a tenth of a CPU, killed by the kernel if that were not enough."""
    with simulator(objects={"customer": 100_000, "default": 10}) as stripe, control_group(128 * MEBIBYTE, 10) as group:
        job = account.job(stripe, key=account.key_of_kind("sk_live_"))

        finished = job.run(SEED, prefix=group.prefix)

        peak = group.peak_bytes()
    assert job.lakehouse.count("sandbox.strip_test") == 100_000
    envelope = finished.status["status"]["envelope"]
    assert envelope["memoryBytes"] == 128 * MEBIBYTE
    assert (envelope["cpuMillicores"], envelope["throttledSeconds"] >= 0) == (100, True)
    figures.line(
        "100,000 customers in 128 MiB and 10 % CPU",
        f"{finished.peak_bytes / MEBIBYTE:.1f} MiB resident, {peak / MEBIBYTE:.1f} MiB with page cache, "
        f"{finished.cpu_seconds:.1f} CPU seconds, {envelope['throttledSeconds']:.1f} s throttled")
    assert finished.peak_bytes <= 64 * MEBIBYTE


# What becomes of 70,000 rows of which 100 changed.
KEPT = {
    "merge": {"rowsAdded": 70_000, "rowsReplaced": 70_000, "rowsInTable": 70_000},
    "scd2": {"rowsAdded": 100, "versionsClosed": 100, "rowsUnchanged": 69_900, "rowsInTable": 70_100},
}


# It takes long; uploads are held to their memory by the other tests here.
@pytest.mark.local
@pytest.mark.parametrize("strategy", KEPT)
def test_rows_that_are_kept_by_key_fit_the_smallest_envelope(account, figures, strategy):
    """Where the kernel allows 64 MiB, page cache included."""
    text = manifest("charge", sink={"incremental-strategy": strategy}, resources="100m / 64Mi")
    with simulator(objects={"charge": 70_000, "default": 10}) as stripe, control_group(64 * MEBIBYTE, 100) as group:
        job = account.job(stripe)
        first = job.run(text, prefix=group.prefix)
        for id in stripe.ids("charge")[::700]:
            stripe.update("charge", id, description="changed")

        second = job.run(text, prefix=group.prefix)

    assert KEPT[strategy].items() <= second.endpoint["commit"].items()
    where = "_nilus_valid_to IS NULL" if strategy == "scd2" else "true"
    assert job.lakehouse.by_duckdb("stripe.charge", "count(DISTINCT id) AS n, count(*) AS rows", where).to_pylist() == [
        {"n": 70_000, "rows": 70_000}]
    for what, finished in (("70,000 charges", first), ("the same, 100 of them changed", second)):
        figures.line(
            f"{strategy} of {what}, in 64 MiB",
            f"{finished.peak_bytes / MEBIBYTE:.1f} MiB resident, {finished.cpu_seconds:.1f} CPU seconds")
        assert finished.peak_bytes <= 56 * MEBIBYTE


def test_a_tighter_limit_of_the_kernel_wins(account, small_stripe):
    with control_group(96 * MEBIBYTE, 50) as group:
        job = account.job(small_stripe)

        finished = job.run(manifest("coupon", resources="2 / 1Gi"), prefix=group.prefix)

    envelope = finished.status["status"]["envelope"]
    assert (envelope["memoryBytes"], envelope["memorySource"]) == (96 * MEBIBYTE, "cgroup")
    assert (envelope["cpuMillicores"], envelope["cpuSource"]) == (500, "cgroup")


def test_a_budget_that_cannot_work_is_refused(account, small_stripe):
    job = account.job(small_stripe)

    finished = job.run(manifest("coupon", resources="100m / 32Mi"), expect=78)

    assert finished.reason == "EnvelopeTooSmall"
    assert finished.message == (
        "cannot run in 32 MiB of memory (manifest): one endpoint needs at least 64 MiB; raise 'resources.limits.memory'")
    assert not job.warehouse.exists()


def test_the_envelope_is_logged_once_and_reported(account, small_stripe):
    job = account.job(small_stripe)

    finished = job.run(manifest("coupon"))

    assert finished.stderr.count("parallel-endpoints=") == 1
    envelope = finished.status["status"]["envelope"]
    assert {name: envelope[name] for name in ("memoryBytes", "memorySource", "cpuMillicores", "cpuSource")} == {
        "memoryBytes": 128 * MEBIBYTE, "memorySource": "manifest", "cpuMillicores": 100, "cpuSource": "manifest"}
    assert envelope["peakMemoryBytes"] > 0 and envelope["cpuSeconds"] > 0 and envelope["parallelEndpoints"] > 0


def test_peak_memory_does_not_grow_with_the_endpoints(account, small_stripe, figures):
    """All endpoints at once, in the default envelope."""
    job = account.job(small_stripe)

    finished = job.run(manifest("all"))

    figures.line("all endpoints in the default envelope", f"{finished.peak_bytes / MEBIBYTE:.1f} MiB resident")
    assert finished.peak_bytes <= 64 * MEBIBYTE, yaml.safe_dump(finished.status["status"]["envelope"])


TIDIED = ["charge", "customer", "invoice", "payment_intent", "subscription"]


# Uploads are held to their memory by the other tests here.
@pytest.mark.local
def test_tables_are_tidied_within_the_default_envelope(account, figures):
    """Five tables that are due at the same time, where the kernel allows 128 MiB."""
    text = manifest(", ".join(TIDIED), sink={"incremental-strategy": "merge", "maintenance": "auto"},
                    resources="500m / 128Mi")
    counts = {name: 5_000 for name in TIDIED}
    with simulator(objects={**counts, "default": 10}) as stripe, control_group(128 * MEBIBYTE, 100) as group:
        job = account.job(stripe)
        job.run(text, prefix=group.prefix)

        second = job.run(text, prefix=group.prefix)

    assert second.status["status"]["envelope"]["parallelEndpoints"] == 5
    said = [warning for warning in second.warnings if "5000 deleted rows left out" in warning]
    assert len(said) == 5, second.warnings
    for name in TIDIED:
        assert job.lakehouse.count(f"stripe.{name}") == 5_000
    figures.line(
        "5,000 rows in each of 5 tables, merged again and compacted",
        f"{second.peak_bytes / MEBIBYTE:.1f} MiB resident, {second.cpu_seconds:.1f} CPU seconds")
    assert second.peak_bytes <= 96 * MEBIBYTE
