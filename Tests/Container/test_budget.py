"""The image in the envelope that its manifests ask for, with the kernel holding it to that."""
import json
import re
import signal
import subprocess

import yaml
from harness.container import HARDENING, IMAGE, podman
from harness.job import manifest
from harness.programs import ROOT, has_taken, until
from harness.simulator import simulator

MEBIBYTE = 1024 * 1024
BUDGET = ["--memory", "128m", "--memory-swap", "128m", "--cpus", "0.1"]
SEED = ROOT / "manifests" / "seed-stripe.yaml"
ALL = ROOT / "manifests" / "all-endpoints.yaml"


def report(figures, what, finished):
    """Shows what the run took, as it says itself."""
    envelope = finished.envelope
    taken = (f"{envelope['peakMemoryBytes'] / MEBIBYTE:.1f} MiB resident, "
             f"{envelope['groupPeakMemoryBytes'] / MEBIBYTE:.1f} of {envelope['memoryBytes'] / MEBIBYTE:.0f} MiB with "
             f"page cache, {envelope['cpuSeconds']:.1f} CPU seconds")
    if "quotaPeriods" in envelope:
        taken += (f", throttled in {envelope['throttledPeriods']} of {envelope['quotaPeriods']} periods, "
                  f"{envelope['throttledSeconds']:.1f} s in all")
    figures.line(f"container, {what}", taken)


def check(envelope):
    assert envelope["memoryBytes"] == 128 * MEBIBYTE
    assert envelope["cpuMillicores"] == 100
    assert envelope["peakMemoryBytes"] <= 64 * MEBIBYTE
    assert envelope["peakMemoryBytes"] * 0.5 < envelope["groupPeakMemoryBytes"] <= 128 * MEBIBYTE
    assert 0 < envelope["throttledPeriods"] <= envelope["quotaPeriods"]
    assert envelope["throttledSeconds"] > 0


def test_a_hundred_thousand_customers(container, figures):
    """The seed's own workflow, the key in a mounted file."""
    with simulator(objects={"customer": 100_000, "default": 10}) as stripe:
        job = container(stripe.address)

        finished = job.run(SEED, *BUDGET)

        expected = len(set(stripe.ids("customer")))
    found = job.lakehouse.by_duckdb("sandbox.strip_test", "count(*) AS rows, count(DISTINCT id) AS ids").to_pylist()
    assert found == [{"rows": 100_000, "ids": expected}]
    check(finished.envelope)
    report(figures, "100,000 customers", finished)


def test_all_endpoints(container, figures):
    with simulator(objects={"default": 5_000}) as stripe:
        job = container(stripe.address)

        finished = job.run(quick(ALL), *BUDGET)

        for table, endpoint in finished.endpoints.items():
            rows = job.lakehouse.by_duckdb(table, "count(*) AS rows, count(DISTINCT id) AS ids").to_pylist()
            expected = len(set(stripe.ids(endpoint["endpoint"])))
            assert rows == [{"rows": expected, "ids": expected}], table
    listed = json.loads(podman("run", "--rm", *HARDENING, IMAGE, "endpoints", "--output", "json"))
    assert {endpoint["endpoint"] for endpoint in finished.endpoints.values()} == {found["name"] for found in listed}
    check(finished.envelope)
    report(figures, f"{finished.status['status']['rowsCommitted']:,} rows of all endpoints", finished)


def quick(path):
    """The manifest with its key's limit as the only one: at a tenth of a CPU the polite rate is not the limit."""
    document = yaml.safe_load(path.read_text())
    for node in document["workflow"]["dag"]:
        node["spec"]["stackSpec"]["source"]["options"]["requests-per-second"] = 100
    return yaml.safe_dump(document)


def test_a_limit_that_cannot_work_is_refused_with_the_smallest_that_can(container, figures):
    """The kernel's limit counts, whatever the manifest asks for; and what the refusal names does work."""
    with simulator(objects={"default": 300, "charge": 20_000}) as stripe:
        job = container(stripe.address)

        refused = job.run(manifest("all"), "--memory", "32m", "--memory-swap", "32m", expect=78)

        assert refused.status["status"]["reason"] == "EnvelopeTooSmall"
        said = re.search(r"cannot run in 32 MiB of memory \(cgroup\): one endpoint needs at least (\d+) MiB",
                         refused.stderr)
        assert said, refused.stderr
        smallest = int(said.group(1))

        finished = job.run(manifest("all"), "--memory", f"{smallest}m", "--memory-swap", f"{smallest}m")

    assert finished.envelope["memoryBytes"] == smallest * MEBIBYTE
    assert job.lakehouse.count("stripe.charge") == 20_000
    report(figures, f"all endpoints in {smallest} MiB without a CPU limit", finished)


def test_as_process_1_it_ends_when_it_is_asked_to(container):
    """SIGTERM has no default handler there; without one, the grace period would end in SIGKILL and 137."""
    name = "nilus-test-stop"
    with simulator(objects={"customer": 100_000, "default": 10}) as stripe:
        job = container(stripe.address)
        process = subprocess.Popen(job.command(SEED, *BUDGET, name=name), stdout=subprocess.DEVNULL,
                                   stderr=subprocess.DEVNULL)
        try:
            until(lambda: stripe.stats()["total"]["requests"] >= 20)

            podman("stop", "--time", "30", name)

            assert process.wait() == 75
        finally:
            podman("rm", "--force", name)
    assert not job.lakehouse.exists("sandbox.strip_test")


def test_as_process_1_a_second_signal_ends_it_at_once(container):
    """While the first waits for a commit; with the last word where Kubernetes looks for it."""
    name = "nilus-test-stop-at-once"
    with simulator(objects={"charge": 500, "default": 10}) as stripe:
        job = container(stripe.address)
        job.run(manifest("charge", source={"yield-limit": 1}))
        log = job.folder / "termination-log"
        log.touch()
        log.chmod(0o666)
        with job.lakehouse.locked():
            process = subprocess.Popen(
                job.command(manifest("charge"), "--volume", f"{log}:/dev/termination-log", name=name,
                            environment={"KUBERNETES_SERVICE_HOST": "127.0.0.1"}),
                stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
            try:
                until(lambda: len(list(job.warehouse.glob("stripe/charge/metadata/*.metadata.json"))) == 2)
                pid = podman("inspect", "--format", "{{.State.Pid}}", name).strip()
                podman("kill", "--signal", "TERM", name)
                until(lambda: has_taken(pid, signal.SIGTERM))
                podman("kill", "--signal", "TERM", name)
                _, said = process.communicate()
            finally:
                podman("rm", "--force", name)
    assert (process.returncode, "run stopped at once" in said) == (75, True), said
    told = json.loads(log.read_text())
    assert (told["phase"], told["exitCode"]) == ("Interrupted", 75)
    status = json.loads(job.status_path.read_text())["status"]
    assert (status["phase"], status["message"]) == (told["phase"], told["message"])
    assert job.lakehouse.count("stripe.charge") == 100
