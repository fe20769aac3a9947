"""SIGTERM: start nothing new, abandon what is not committed, say so, and leave with 75."""
import json
import os
import signal
import socket

import pytest
from harness.job import manifest
from harness.programs import has_taken, until
from harness.simulator import simulator
from harness.tls import make_certificate


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


@pytest.mark.local
def test_a_second_signal_ends_it_at_once(account):
    """While the first waits for a commit, which is never left half done; with the last word said all the same."""
    with simulator(objects={"charge": 500, "default": 10}) as stripe:
        job = account.job(stripe)
        job.environment |= {"KUBERNETES_SERVICE_HOST": "127.0.0.1", "NILUS_TERMINATION_LOG": "termination-log"}
        (job.folder / "termination-log").write_text("an older and longer message " * 200)
        job.run(manifest("charge", source={"yield-limit": 1}))
        with job.lakehouse.locked():
            process = started(job, manifest("charge"))
            until(lambda: len(list(job.warehouse.glob("stripe/charge/metadata/*.metadata.json"))) == 2)
            process.send_signal(signal.SIGTERM)
            until(lambda: has_taken(process.pid, signal.SIGTERM))
            process.send_signal(signal.SIGTERM)
            finished = job.finish(process)

        assert finished.code == 75
        assert "run stopped at once" in finished.stderr and "run ended" not in finished.stderr
        message = "cannot finish the run: it was asked to stop at once; run it again"
        assert (finished.reason, finished.message) == ("Interrupted", message)
        assert (finished.endpoint["phase"], finished.endpoint["message"]) == ("Interrupted", message)
        told = json.loads((job.folder / "termination-log").read_text())
        assert [told[name] for name in ("phase", "reason", "message", "exitCode")] == [
            "Interrupted", "Interrupted", message, 75]
        assert not list(job.folder.glob("*.tmp"))

        assert job.lakehouse.count("stripe.charge") == 100
        job.run(manifest("charge"))
        assert job.lakehouse.count("stripe.charge") == 500


@pytest.mark.local
def test_a_run_that_is_done_stays_done_when_its_last_report_is_cut_short(account, small_stripe):
    """The API server takes the connection and says nothing; the message is written and the code agrees with it."""
    job = account.job(small_stripe)
    log, identity = job.folder / "termination-log", job.folder / "account"
    log.touch()
    identity.mkdir()
    (identity / "token").write_text("a-token")
    (identity / "namespace").write_text("default")
    (identity / "ca.crt").write_text(make_certificate(identity).read_text())
    with socket.create_server(("127.0.0.1", 0)) as silent:
        job.environment |= {
            "KUBERNETES_SERVICE_HOST": "127.0.0.1", "KUBERNETES_SERVICE_PORT": str(silent.getsockname()[1]),
            "NILUS_SERVICE_ACCOUNT_DIR": str(identity), "NILUS_TERMINATION_LOG": str(log),
            "NILUS_JOB_NAME": "loads", "NILUS_JOB_UID": "1"}
        process = job.start(manifest("coupon"))
        job.hear(process, "run ended")
        until(lambda: log.read_text())
        process.send_signal(signal.SIGTERM)
        until(lambda: has_taken(process.pid, signal.SIGTERM))
        process.send_signal(signal.SIGTERM)
        finished = job.finish(process).expected(0)

    assert "run stopped at once" in finished.stderr
    assert (finished.reason, json.loads(log.read_text())["exitCode"]) == ("Completed", 0)


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
