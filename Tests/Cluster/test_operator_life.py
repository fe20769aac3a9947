"""`nilus operator` as a process: who leads, what it costs, what it survives."""
import signal
import time

import pytest
from cluster.client import eventually
from cluster.space import workflow

IDLE_BYTES = 30 * 1024 * 1024


def test_the_second_of_two_operators_waits_until_the_first_ends(space):
    with space.operator(identity="operator-0") as first:
        eventually(first.leads)
        with space.operator(identity="operator-1") as second:
            space.put(workflow("one"))
            space.job("one-g1")
            assert not second.leads() and second.page("/readyz")[0] == 200
            first.process.send_signal(signal.SIGTERM)
            assert first.process.wait(timeout=20) == 0
            eventually(second.leads, seconds=10)
            space.put(workflow("two"))
            space.job("two-g1")

    lease = space.get("leases", "nilus-operator")
    assert lease["spec"]["leaseTransitions"] >= 1


def test_an_operator_takes_over_from_one_that_was_killed(space):
    with space.operator(identity="operator-0") as first:
        space.put(workflow("one"))
        space.job("one-g1")
        first.kill()
    space.put(workflow("two"))
    with space.operator(identity="operator-1") as second:
        eventually(second.leads, seconds=30)
        space.job("two-g1")

    assert sorted(job["metadata"]["name"] for job in space.list("jobs")) == ["one-g1", "two-g1"]


def test_pages_for_probes_and_metrics(space):
    with space.operator() as operator:
        eventually(operator.leads)

        assert operator.page("/healthz") == (200, "ok\n")
        assert operator.page("/readyz") == (200, "ok\n")
        assert operator.page("/elsewhere")[0] == 404
        text = operator.page("/metrics")[1]
        assert "# TYPE nilus_operator_reconciliations_total counter" in text


def test_an_idle_operator_is_small_and_asks_nothing(space, server, figures):
    with space.operator() as operator:
        space.put(workflow())
        space.job("loads-g1")
        if server.has("cron jobs"):
            # A timer waits for its next run.
            space.put(workflow("planned", schedule={"cron": "0 0 1 1 *"}))
            eventually(lambda: space.get("workflows", "planned")["status"]["runtime"].startswith("next:"))
        eventually(lambda: operator.metric("nilus_operator_objects{kind=\"workflowruns\"}") == 1)
        time.sleep(2)
        before = [operator.metric(f"nilus_operator_{name}_total") for name in ("lists", "reconciliations", "writes")]
        time.sleep(8)
        after = [operator.metric(f"nilus_operator_{name}_total") for name in ("lists", "reconciliations", "writes")]

        assert after == before
        figures.line("idle operator", f"{operator.resident_bytes / 1024 / 1024:.1f} MiB resident")
        assert operator.resident_bytes <= IDLE_BYTES


def test_a_token_that_is_no_longer_good_is_read_again(space):
    with space.operator() as operator:
        eventually(operator.leads)
        # The old token ends with its account.
        account = space.get("serviceaccounts", "nilus-operator")
        space.api.delete("serviceaccounts", space.name, "nilus-operator")
        fresh = {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": account["metadata"]["name"]}}
        space.api.create("serviceaccounts", space.name, fresh)
        space.account_folder("nilus-operator")
        space.put(workflow())
        space.job("loads-g1")
        time.sleep(12)

        assert operator.process.poll() is None and operator.leads()


@pytest.mark.needs("compaction on demand")
def test_a_watch_whose_position_is_forgotten_begins_with_a_list(space, server):
    with space.operator() as operator:
        space.put(workflow("one"))
        space.job("one-g1")
        lists = operator.metric("nilus_operator_lists_total")
        server.standin.forget_history()
        space.put(workflow("two"))
        space.job("two-g1")

        assert operator.metric("nilus_operator_lists_total") > lists
        assert operator.process.poll() is None
