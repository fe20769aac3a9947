"""`nilus operator` against an API server: what it makes of workflows, and what it says of runs that cannot speak."""
import json

import pytest
from cluster.client import eventually
from cluster.space import now, owner, run_name, workflow


def condition(space, name, kind):
    conditions = space.get("workflows", name).get("status", {}).get("conditions", [])
    return next((item for item in conditions if item["type"] == kind), None)


def run_status(space, job):
    return space.get("workflowruns", run_name(job)).get("status", {})


def ended(space, job):
    return eventually(lambda: run_status(space, job).get("completionTime") and run_status(space, job))


def timed_out(space, job):
    """How the run of a Job ended whose time is up."""
    def read():
        # A Job controller that is busy looks at a Job again when something about it changes.
        space.api.merge("jobs", space.name, job["metadata"]["name"], {"metadata": {"annotations": {"seen": now()}}})
        return run_status(space, job).get("completionTime") and run_status(space, job)

    return eventually(read)


def test_a_workflow_without_a_schedule_gets_one_job(space):
    with space.operator():
        made = space.put(workflow())
        job = space.job("loads-g1")
        run = space.run_of(job)
        eventually(lambda: space.get("workflows", "loads")["status"]["runtime"] == "running")

    assert owner(job) == owner(run) == made["metadata"]["uid"]
    status = space.get("workflows", "loads")["status"]
    assert status["observedGeneration"] == 1
    assert status["active"] == [run["metadata"]["name"]]
    assert condition(space, "loads", "Ready")["status"] == "True"


def test_the_pod_reads_the_manifest_that_a_person_could_have_written(space):
    with space.operator():
        made = workflow(title="a title", execution="single-pod")
        space.put(made)
        job = space.job("loads-g1")

    pod = job["spec"]["template"]["spec"]
    sources = next(volume for volume in pod["volumes"] if volume["name"] == "config")["projected"]["sources"]
    manifest = json.loads(space.get("configmaps", sources[0]["configMap"]["name"])["data"]["config.yaml"])
    assert manifest["type"] == "workflow" and manifest["name"] == "loads"
    assert manifest["workflow"] == {"title": "a title", "dag": made["spec"]["dag"]}
    assert sources[1]["configMap"] == {"name": "nilus-depot-lakehouse", "optional": True}
    assert pod["automountServiceAccountToken"] is False and pod["serviceAccountName"] == "nilus-job"
    assert pod["containers"][0]["securityContext"]["readOnlyRootFilesystem"] is True
    secret = next(volume for volume in pod["volumes"] if volume["name"] == "secret-0")["secret"]
    assert (secret["secretName"], secret["optional"], secret["defaultMode"]) == ("stripe-secret", True, 0o440)


def test_a_job_that_succeeds_without_a_word_is_told_by_the_operator(space):
    with space.operator():
        space.put(workflow())
        job = space.job("loads-g1")
        space.succeed(job)
        status = ended(space, job)
        eventually(lambda: space.get("workflows", "loads")["status"]["runtime"] == "succeeded")

    assert (status["phase"], status["reason"], status["exitCode"]) == ("Succeeded", "Completed", 0)
    assert space.get("workflows", "loads")["status"]["lastRun"]["phase"] == "Succeeded"
    assert condition(space, "loads", "Succeeded")["status"] == "True"


KILLS = {
    "OOMKilled": lambda space, pod: space.end_pod(pod, 137, "OOMKilled"),
    "Evicted": lambda space, pod: space.evict(pod),
    "KeyRefused": lambda space, pod: space.end_pod(pod, 77, message=json.dumps(
        {"phase": "Failed", "reason": "KeyRefused", "message": "Stripe does not accept the key", "rowsCommitted": 0})),
    "Interrupted": lambda space, pod: space.end_pod(pod, 137),
    "InternalDefect": lambda space, pod: space.end_pod(pod, 139),
}


@pytest.mark.parametrize("reason", KILLS)
def test_the_end_of_a_killed_pod_becomes_the_status_of_its_run(space, reason):
    with space.operator("--backoff-limit", "0"):
        space.put(workflow())
        job = space.job("loads-g1")
        space.run_of(job)
        KILLS[reason](space, space.pod_of(job))
        status = ended(space, job)
        eventually(lambda: condition(space, "loads", "Succeeded")["reason"] == reason)

    assert status["reason"] == reason
    assert status["phase"] == ("Interrupted" if reason == "Interrupted" else "Failed")
    assert space.get("workflows", "loads")["status"]["lastRun"]["reason"] == reason
    assert space.get("workflows", "loads")["status"]["runtime"] == "failed"


def test_a_container_that_waits_for_a_secret_is_told_while_it_waits(space):
    with space.operator("--active-deadline", "6"):
        space.put(workflow())
        job = space.job("loads-g1")
        space.hang(space.pod_of(job), "CreateContainerConfigError")
        eventually(lambda: condition(space, "loads", "Ready")["reason"] == "SecretMissing")
        status = timed_out(space, job)

    assert status["phase"] == "Failed"
    assert status["reason"] in ("SecretMissing", "DeadlineExceeded")


def test_a_job_that_takes_too_long_is_told(space):
    with space.operator("--active-deadline", "3"):
        space.put(workflow())
        job = space.job("loads-g1")
        space.run_of(job)
        status = timed_out(space, job)

    assert (status["phase"], status["reason"]) == ("Failed", "DeadlineExceeded")


def test_a_new_spec_stops_the_run_of_the_old_one_and_starts_another(space):
    with space.operator():
        space.put(workflow())
        old = space.job("loads-g1")
        space.run_of(old)
        space.api.merge("workflows", space.name, "loads", {"spec": {"title": "changed"}})
        space.job("loads-g2")
        eventually(lambda: space.api.find("jobs", space.name, "loads-g1") is None)
        status = ended(space, old)

    assert (status["phase"], status["reason"]) == ("Interrupted", "Interrupted")
    assert [job["metadata"]["name"] for job in space.list("jobs")] == ["loads-g2"]


def test_a_status_and_a_label_start_nothing(space):
    with space.operator() as operator:
        space.put(workflow())
        space.succeed(space.job("loads-g1"))
        eventually(lambda: space.get("workflows", "loads")["status"]["runtime"] == "succeeded")
        before = operator.metric("nilus_operator_reconciliations_total")
        space.api.merge("workflows", space.name, "loads", {"metadata": {"labels": {"team": "data"}}})
        eventually(lambda: operator.metric("nilus_operator_reconciliations_total") > before)

    assert [job["metadata"]["name"] for job in space.list("jobs")] == ["loads-g1"]


def test_nodes_run_in_pods_of_their_own_in_the_order_of_their_dependencies(space):
    with space.operator():
        space.put(workflow(nodes=("first", "second", "third"), execution="pod-per-node"))
        for name in ("first", "second"):
            job = space.job(f"loads-g1-{name}")
            assert [item["metadata"]["labels"]["nilus.dataos.io/node"] for item in space.list("jobs")][-1] == name
            space.succeed(job)
        third = space.job("loads-g1-third")
        eventually(lambda: condition(space, "loads", "Ready")["status"] == "True")

    config = third["spec"]["template"]["spec"]["volumes"][0]["projected"]["sources"][0]["configMap"]["name"]
    dag = json.loads(space.get("configmaps", config)["data"]["config.yaml"])["workflow"]["dag"]
    assert [(node["name"], node.get("dependencies")) for node in dag] == [("third", None)]


def test_a_node_does_not_start_when_one_it_depends_on_failed(space):
    with space.operator("--backoff-limit", "0") as operator:
        space.put(workflow(nodes=("first", "second"), execution="pod-per-node"))
        job = space.job("loads-g1-first")
        space.end_pod(space.pod_of(job), 139)
        ended(space, job)
        eventually(lambda: space.get("workflows", "loads")["status"]["runtime"] == "failed")
        eventually(lambda: operator.metric("nilus_operator_queue_depth") == 0)

    assert [item["metadata"]["name"] for item in space.list("jobs")] == ["loads-g1-first"]


def test_a_node_is_tried_again_as_often_as_it_says(space):
    loads = workflow(nodes=("first", "second"), execution="pod-per-node")
    loads["spec"]["dag"][0]["retry"] = {"count": 1}
    with space.operator():
        space.put(loads)
        job = space.job("loads-g1-first")
        space.run_of(job)
        for _ in range(2):
            pod = space.pod_of(job)
            space.end_pod(pod, 75)
        ended(space, job)
        eventually(lambda: space.get("workflows", "loads")["status"]["runtime"] == "failed")

    pods = [pod for pod in space.list("pods") if owner(pod) == job["metadata"]["uid"]]
    assert len(pods) == 2 and job["spec"]["backoffLimit"] == 1


@pytest.mark.needs("pod failure policy")
def test_a_pod_that_is_moved_away_costs_no_attempt(space):
    with space.operator("--backoff-limit", "0"):
        space.put(workflow())
        job = space.job("loads-g1")
        space.run_of(job)
        space.disrupt(space.pod_of(job))
        space.succeed(job)
        status = ended(space, job)

    assert (status["phase"], status["reason"]) == ("Succeeded", "Completed")


def test_what_somebody_else_called_so_is_left_alone_and_told(space):
    pod = {"restartPolicy": "Never", "containers": [{"name": "theirs", "image": "theirs:1"}]}
    theirs = space.api.create("jobs", space.name, {"apiVersion": "batch/v1", "kind": "Job", "metadata": {
        "name": "loads-g1"}, "spec": {"template": {"spec": pod}}})
    with space.operator():
        space.put(workflow())
        stalled = eventually(lambda: condition(space, "loads", "Stalled"))
        left = space.get("jobs", "loads-g1")
        space.api.delete("jobs", space.name, "loads-g1", propagationPolicy="Background")
        eventually(lambda: owner(space.get("jobs", "loads-g1")))
        eventually(lambda: condition(space, "loads", "Stalled") is None)

    assert stalled["reason"] == "ConfigurationInvalid"
    assert "cannot make Job 'loads-g1': there is one already, which belongs to nobody" in stalled["message"]
    assert left["metadata"]["uid"] == theirs["metadata"]["uid"] and left["spec"]["template"]["spec"]["containers"][0][
        "image"] == "theirs:1"


def test_a_suspended_workflow_waits_until_somebody_asks_for_a_run(space):
    with space.operator():
        space.put(workflow(suspend=True))
        eventually(lambda: condition(space, "loads", "Ready")["reason"] == "Suspended")
        assert space.list("jobs") == []
        space.resource("run", "-w", space.name, "-n", "loads")
        (job,) = eventually(lambda: space.list("jobs"))
        space.succeed(job)
        eventually(lambda: space.get("workflows", "loads")["status"]["runtime"] == "succeeded")

    assert job["metadata"]["name"].startswith("loads-r")
    assert len(space.list("jobs")) == 1


def test_a_faulty_spec_is_stalled_and_says_why(space):
    faulty = workflow()
    faulty["spec"]["dag"][0]["spec"]["envs"] = {"HTTPS_PROXY": "http://10.0.0.1:3128"}
    with space.operator():
        space.put(faulty)
        stalled = eventually(lambda: condition(space, "loads", "Stalled"))
        state = eventually(lambda: space.get("workflows", "loads")["status"]["state"])
        notice = eventually(lambda: [event for event in space.list("events") if event.get("type") == "Warning"])[0]
        space.api.merge("workflows", space.name, "loads", {"spec": workflow()["spec"]})
        space.job("loads-g2")
        eventually(lambda: condition(space, "loads", "Stalled") is None)

    assert (stalled["status"], stalled["reason"], state) == ("True", "ManifestInvalid", "error")
    assert "HTTPS_PROXY" in stalled["message"]
    assert notice["reason"] == "ManifestInvalid" and notice["regarding"]["name"] == "loads"


def test_everything_goes_with_the_workflow(space):
    with space.operator():
        space.put(workflow())
        job = space.job("loads-g1")
        space.run_of(job)
        space.resource("delete", "-w", space.name, "-n", "loads")
        for plural in ("jobs", "workflowruns", "pods"):
            eventually(lambda: space.list(plural) == [])
        eventually(lambda: [item for item in space.list("configmaps") if item["metadata"]["name"].startswith("loads")]
                   == [])


def test_a_workflow_that_is_deleted_and_applied_again_runs_again(space):
    with space.operator():
        space.put(workflow())
        first = space.job("loads-g1")
        space.api.delete("workflows", space.name, "loads", propagationPolicy="Background")
        eventually(lambda: space.api.find("workflows", space.name, "loads") is None)
        space.put(workflow())
        eventually(lambda: space.get("jobs", "loads-g1")["metadata"]["uid"] != first["metadata"]["uid"])
        job = space.job("loads-g1")
        space.run_of(job)
        config = job["metadata"]["labels"]["nilus.dataos.io/manifest"]
        owner_uid = space.get("workflows", "loads")["metadata"]["uid"]
        eventually(lambda: owner(space.get("configmaps", config)) == owner_uid)


def test_old_jobs_and_runs_are_tidied_up(space):
    with space.operator():
        space.put(workflow())
        for generation in range(1, 7):
            job = space.job(f"loads-g{generation}")
            space.succeed(job)
            # What the status says may still be said of the run before.
            ended(space, job)
            space.api.merge("workflows", space.name, "loads", {"spec": {"title": f"edition {generation}"}})
        space.job("loads-g7")
        eventually(lambda: sorted(job["metadata"]["name"] for job in space.list("jobs"))
                   == ["loads-g4", "loads-g5", "loads-g6", "loads-g7"])
        assert len(space.get("workflows", "loads")["status"]["history"]) <= 10
