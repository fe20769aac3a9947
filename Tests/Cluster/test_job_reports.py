"""`nilus run` in a pod: what it tells the API server, and what it does when nobody listens."""
import contextlib
import json
import pathlib
import re
import secrets
import signal
import threading
import time

import pytest
from cluster.client import Refused, eventually
from cluster.space import JOB_ALONE_ACCESS, JOB_ALONE_ACCOUNT, run_name, workflow
from harness.job import Job, manifest
from harness.simulator import simulator


@pytest.fixture(scope="session")
def stripe():
    with simulator(objects={"default": 250}) as stripe:
        yield stripe


class Pod:
    """A pod of a Job, with its environment and without a container."""

    def __init__(self, space, stripe, key, job=None, account="nilus-job", **more):
        self.space = space
        uid = f"{secrets.token_hex(4)}-4444-4444-8444-{secrets.token_hex(6)}"
        self.job = job or {"metadata": {"name": "loads-g1", "uid": uid}}
        self.name, self.uid = self.job["metadata"]["name"], self.job["metadata"]["uid"]
        self.termination_log = space.folder / f"termination-{self.uid[:8]}"
        self.termination_log.touch()
        environment = space.pod_environment(
            account, NILUS_JOB_NAME=self.name, NILUS_JOB_UID=self.uid, NILUS_TERMINATION_LOG=str(self.termination_log),
            **more)
        environment.pop("PATH")
        self.process = Job(space.folder / f"pod-{self.uid[:8]}", stripe.address, key, environment)

    @property
    def run_name(self):
        return run_name(self.job)

    def run(self, table="charge", **more):
        return self.process.run(manifest(table), "--log-format", "json", **more)

    @property
    def status(self):
        return self.space.get("workflowruns", self.run_name).get("status", {})


def made_by_the_operator(space, pod):
    """The resources that an operator makes before the pod starts."""
    space.put(workflow())
    run = {"apiVersion": "nilus.dataos.io/v1", "kind": "WorkflowRun", "metadata": {"name": pod.run_name},
           "spec": {"workflowRef": {"name": "loads"}}}
    space.api.create("workflowruns", space.name, run)


def test_a_run_tells_its_status_and_that_of_its_workflow(space, stripe, canary):
    pod = Pod(space, stripe, canary, NILUS_WORKFLOW="loads")
    made_by_the_operator(space, pod)

    finished = pod.run()

    status = pod.status
    assert finished.status["metadata"]["name"] == pod.run_name
    assert status["phase"] == "Succeeded" and status["exitCode"] == 0
    assert status["nodes"] == finished.status["status"]["nodes"]
    assert status["rowsCommitted"] == 250
    told = space.get("workflows", "loads")["status"]
    assert told["lastRun"]["name"] == pod.run_name and told["lastRun"]["phase"] == "Succeeded"
    assert told["lastSuccessfulTime"] == status["completionTime"]
    assert told["conditions"][0]["type"] == "Succeeded" and told["conditions"][0]["status"] == "True"


def test_a_later_failure_keeps_the_time_of_the_last_success(space, stripe, canary):
    pod = Pod(space, stripe, canary, NILUS_WORKFLOW="loads")
    made_by_the_operator(space, pod)
    pod.run()
    success = space.get("workflows", "loads")["status"]["lastSuccessfulTime"]

    pod.process.environment.pop("STRIPE_API_KEY")
    pod.process.run(manifest("charge"), expect=78)

    told = space.get("workflows", "loads")["status"]
    assert told["lastRun"]["reason"] == "SecretMissing" and told["lastRun"]["exitCode"] == 78
    assert told["lastSuccessfulTime"] == success


def test_a_job_without_an_operator_makes_its_own_run(space, stripe, canary):
    space.grant(JOB_ALONE_ACCESS)
    container = {"name": "nilus", "image": "nilus:test"}
    job = space.api.create("jobs", space.name, {
        "apiVersion": "batch/v1", "kind": "Job", "metadata": {"name": "nightly-29000000"},
        "spec": {"template": {"spec": {"restartPolicy": "Never", "containers": [container]}}}})
    pod = Pod(space, stripe, canary, job, JOB_ALONE_ACCOUNT)

    finished = pod.run()

    assert '"scheduled":"2025-02-19T21:20:00Z"' in finished.stderr
    run = space.get("workflowruns", pod.run_name)
    assert run["status"]["phase"] == "Succeeded"
    assert run["spec"]["workflowRef"]["name"] == "test"
    reference = run["metadata"]["ownerReferences"][0]
    assert (reference["kind"], reference["name"], reference["uid"]) == ("Job", pod.name, pod.uid)


@pytest.mark.parametrize("environment, arguments, expected", [
    ({"DATAOS_RUN_ID": "platform-7"}, ["--run-id", "mine-1"], "mine-1"),
    ({"DATAOS_RUN_ID": "platform-7"}, [], "platform-7"),
    ({}, [], None),
], ids=["argument", "platform", "labels"])
def test_the_run_is_called_as_it_is_told_first(space, stripe, canary, environment, arguments, expected):
    pod = Pod(space, stripe, canary, **environment)

    finished = pod.process.run(manifest("coupon"), *arguments)

    assert finished.status["metadata"]["name"] == (expected or pod.run_name)


def test_operator_and_job_own_different_fields(space, stripe, canary):
    pod = Pod(space, stripe, canary, NILUS_WORKFLOW="loads")
    made_by_the_operator(space, pod)
    pod.run()
    with space.operator():
        eventually(lambda: space.get("workflows", "loads")["status"].get("observedGeneration"))

    fields = {entry["manager"]: owned(entry["fieldsV1"]["f:status"])
              for entry in space.get("workflows", "loads")["metadata"]["managedFields"]
              if entry["operation"] == "Apply"}
    assert "f:lastRun" in fields["nilus-job"] and "f:lastRun" not in fields["nilus-operator"]
    assert 'k:{"type":"Succeeded"}' in fields["nilus-job"] and 'k:{"type":"Ready"}' in fields["nilus-operator"]
    assert not fields["nilus-job"] & fields["nilus-operator"]


def owned(status):
    """The fields of a status that a manager owns, each condition for itself."""
    return status.keys() - {"f:conditions"} | status.get("f:conditions", {}).keys() - {"."}


def test_data_does_not_depend_on_the_right_to_report(space, stripe, canary):
    space.api.delete("rolebindings", space.name, "nilus-job")
    pod = Pod(space, stripe, canary)

    finished = pod.run()

    assert finished.status["status"]["rowsCommitted"] == 250
    assert "status not reported" in finished.stderr and "403" in finished.stderr


def test_data_does_not_depend_on_an_api_server_that_answers(space, stripe, canary):
    pod = Pod(space, stripe, canary, KUBERNETES_SERVICE_PORT="1")

    finished = pod.run()

    assert finished.status["status"]["rowsCommitted"] == 250
    assert "no answer from the API server" in finished.stderr


def test_a_token_that_was_renewed_is_read_again(space, stripe, canary):
    pod = Pod(space, stripe, canary)
    made_by_the_operator(space, pod)
    folder = space.folder / "account-nilus-job"
    account = space.get("serviceaccounts", "nilus-job")

    def renew():
        # The old token ends with its account; the new one lies where the kubelet puts it.
        eventually(lambda: pod.status.get("phase") == "Running")
        space.api.delete("serviceaccounts", space.name, "nilus-job")
        space.api.create("serviceaccounts", space.name,
                         {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": account["metadata"]["name"]}})
        (folder / "token").write_text(space.token("nilus-job"))

    thread = threading.Thread(target=renew)
    thread.start()
    pod.process.run(slow_manifest(), "--log-format", "json")
    thread.join()

    assert pod.status["phase"] == "Succeeded"


def slow_manifest():
    """A run of some seconds: few requests in a second."""
    document = json.loads(manifest("charge, customer, invoice, refund, product, price, payout, coupon"))
    document["spec"]["source"]["options"]["requests-per-second"] = 1
    return json.dumps(document)


def test_the_key_is_nowhere_in_the_cluster(space, stripe, canary):
    secret = {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "stripe-secret"},
              "stringData": {"STRIPE_API_KEY": canary}}
    space.api.create("secrets", space.name, secret)
    with space.operator("--backoff-limit", "0") as operator:
        space.put(workflow())
        job = space.job("loads-g1")
        space.run_of(job)
        pod = Pod(space, stripe, canary, job, NILUS_WORKFLOW="loads")
        finished = pod.run()
        message = pod.termination_log.read_text()
        space.end_pod(space.pod_of(job), 0, message=message)
        eventually(lambda: space.get("workflows", "loads")["status"]["runtime"] == "succeeded")
        seen = [finished.stdout, finished.stderr, operator.page("/metrics")[1], operator.log.read_text()]

    assert json.loads(message)["runID"] == pod.run_name and json.loads(message)["rowsCommitted"] == 250
    for plural in ("workflows", "workflowruns", "jobs", "configmaps", "events", "pods"):
        seen.append(json.dumps(space.list(plural)))
    for text in seen:
        assert canary not in text


def test_a_key_that_a_container_tells_goes_no_further(space, canary):
    """Nobody vouches for what stands in a termination message."""
    with space.operator("--backoff-limit", "0") as operator:
        space.put(workflow())
        job = space.job("loads-g1")
        space.run_of(job)
        message = json.dumps({"phase": "Failed", "reason": "KeyRefused", "message": f"refused {canary}"})
        space.end_pod(space.pod_of(job), 77, message=message)
        eventually(lambda: space.get("workflows", "loads")["status"]["runtime"] == "failed")
        seen = [operator.page("/metrics")[1], operator.log.read_text()]

    for plural in ("workflows", "workflowruns", "jobs", "events"):
        seen.append(json.dumps(space.list(plural)))
    for text in seen:
        assert canary not in text


def test_a_crash_leaves_no_core_file(space, stripe, canary):
    pod = Pod(space, stripe, canary)
    made_by_the_operator(space, pod)
    # As a pod whose runtime allows core files of any size.
    process = pod.process.start(
        slow_manifest(), "--log-format", "json", prefix=["bash", "-c", 'ulimit -c unlimited && exec "$@"', "job"])
    eventually(lambda: pod.status.get("phase") == "Running")
    limits = pathlib.Path(f"/proc/{process.pid}/limits").read_text()
    process.send_signal(signal.SIGSEGV)
    finished = pod.process.finish(process)

    assert finished.code == -signal.SIGSEGV
    assert re.search(r"Max core file size\s+0\s+0\s", limits)
    for file in space.folder.rglob("*"):
        if file.is_file():
            assert canary.encode() not in file.read_bytes(), file


def test_an_interrupted_run_reports_within_its_grace(space, stripe, canary):
    pod = Pod(space, stripe, canary)
    made_by_the_operator(space, pod)
    process = pod.process.start(slow_manifest(), "--log-format", "json")
    eventually(lambda: pod.status.get("phase") == "Running")
    began = time.monotonic()
    process.terminate()
    finished = pod.process.finish(process)

    assert finished.code == 75
    assert time.monotonic() - began < 30
    assert pod.status["phase"] == "Interrupted" and pod.status["exitCode"] == 75


def test_a_second_pod_of_the_same_job_takes_the_run_over(space, stripe, canary):
    pod = Pod(space, stripe, canary)
    made_by_the_operator(space, pod)
    with contextlib.suppress(Refused):
        declared = {"apiVersion": "nilus.dataos.io/v1", "kind": "WorkflowRun", "metadata": {"name": pod.run_name},
                    "status": {"phase": "Failed", "reason": "OOMKilled", "message": "killed",
                               "completionTime": "2026-01-01T00:00:00Z"}}
        space.api.apply("workflowruns", space.name, pod.run_name, declared, "nilus-operator", "status", force=True)

    pod.run()

    assert (pod.status["phase"], pod.status["reason"]) == ("Succeeded", "Completed")
