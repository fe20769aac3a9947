"""SIGTERM: start nothing new, abandon what is not committed, say so, and leave with 75."""
import json
import os
import signal

from harness.job import manifest
from harness.simulator import simulator


def started(job, text, **more):
    process = job.start(text, **more)
    job.hear(process, "run started")
    return process


def test_a_terminated_run_can_be_repeated(account):
    with simulator("--latency-ms", "20", objects={"charge": 5_000, "coupon": 10, "default": 10}) as stripe:
        job = account.job(stripe)
        job.run(manifest("charge", source={"yield-limit": 1}))
        process = started(job, manifest("coupon, charge"))
        # The small endpoint is committed by then, the large one is under way.
        job.hear(process, "table committed")
        process.send_signal(signal.SIGTERM)
        finished = job.finish(process)

        assert finished.code == 75
        assert (finished.status["status"]["phase"], finished.reason) == ("Interrupted", "Interrupted")
        assert finished.endpoints["stripe.coupon"]["phase"] == "Succeeded"
        assert finished.endpoints["stripe.charge"]["phase"] == "Interrupted"
        assert job.lakehouse.count("stripe.charge") == 100
        assert len(job.lakehouse.data_files("stripe.charge")) == 1

        job.run(manifest("coupon, charge"))
        assert job.lakehouse.count("stripe.charge") == 5_000


def test_an_interrupt_from_the_keyboard_is_the_same(account):
    with simulator("--latency-ms", "50", objects={"charge": 5_000, "default": 10}) as stripe:
        job = account.job(stripe)
        process = started(job, manifest("charge"))
        process.send_signal(signal.SIGINT)

        assert job.finish(process).code == 75
    assert not job.lakehouse.exists("stripe.charge")


def test_a_second_signal_ends_it_at_once(account):
    """Also while an answer is awaited that does not come."""
    with simulator(objects={"charge": 500, "default": 10}) as stripe:
        stripe.faults({"match": {"path": "/v1/charges"}, "do": {"kind": "stall", "milliseconds": 60_000}})
        job = account.job(stripe)
        process = started(job, manifest("charge"))
        process.send_signal(signal.SIGTERM)
        process.send_signal(signal.SIGTERM)

        assert job.finish(process).code == 75


def test_process_one_of_a_container_can_be_terminated(account):
    """Process 1 of a PID namespace has no handlers but its own."""
    with simulator("--latency-ms", "50", objects={"charge": 5_000, "default": 10}) as stripe:
        job = account.job(stripe)
        own_user = [] if os.getuid() == 0 else ["--map-current-user"]
        process = started(job, manifest("charge"), prefix=["unshare", *own_user, "--pid", "--fork", "--kill-child"])
        (child,) = map(int, open(f"/proc/{process.pid}/task/{process.pid}/children").read().split())
        os.kill(child, signal.SIGTERM)

        assert job.finish(process).code == 75
    assert json.loads(job.status_path.read_text())["status"]["reason"] == "Interrupted"
