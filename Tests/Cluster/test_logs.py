"""`nilus resource logs`: whose log it prints, how long it goes on, and what it says when there is none."""
import json
import os
import subprocess

import pytest
from cluster.client import eventually
from cluster.space import now, workflow
from harness.programs import NILUS


def logs(space, *arguments, **more):
    return space.resource("logs", "-w", space.name, "-n", "loads", *arguments, **more)


def write(space, server, pod, text, is_over=True):
    server.standin.write_log(space.name, pod["metadata"]["name"], text, is_over)


def scheduled(space, pod):
    """A scheduler gave the pod a node."""
    space.api.merge("pods", space.name, pod["metadata"]["name"], {"spec": {"nodeName": "node-1"}})


@pytest.mark.needs("logs on demand")
def test_a_log_is_printed_whole(space, server):
    text = "".join(json.dumps({"message": "page read", "page": number}) + "\n" for number in range(50_000))
    with space.operator():
        space.put(workflow())
        write(space, server, space.pod_of(space.job("loads-g1")), text)

    assert logs(space) == text


@pytest.mark.needs("logs on demand")
def test_the_newest_pod_speaks_unless_the_one_before_is_asked(space, server):
    with space.operator():
        space.put(workflow())
        job = space.job("loads-g1")
        first = space.pod_of(job)
        write(space, server, first, "first attempt\n")
        # Of two pods of one second nobody knows which is the newer.
        eventually(lambda: space.get("jobs", "loads-g1")["status"]["active"] == 1 and later(first))
        space.end_pod(first, 75)
        second = eventually(lambda: [pod for pod in space.list("pods") if pod["metadata"]["uid"]
                                     != first["metadata"]["uid"]])[0]
        write(space, server, second, "second attempt\n")

    assert logs(space) == "second attempt\n"
    assert logs(space, "--previous") == "first attempt\n"


def later(pod):
    return now() > pod["metadata"]["creationTimestamp"]


@pytest.mark.needs("logs on demand")
def test_each_node_has_a_log_of_its_own(space, server):
    with space.operator():
        space.put(workflow(nodes=("first", "second"), execution="pod-per-node"))
        for name in ("first", "second"):
            job = space.job(f"loads-g1-{name}")
            write(space, server, space.pod_of(job), f"log of {name}\n")
            space.succeed(job)

    assert logs(space, "--node", "first") == "log of first\n"
    assert logs(space, "--node", "second") == "log of second\n"
    assert "has no pod of node 'third'" in logs(space, "--node", "third", expect=69)


@pytest.mark.needs("logs on demand")
def test_a_log_is_followed_until_the_container_ends(space, server):
    with space.operator():
        space.put(workflow())
        pod = space.pod_of(space.job("loads-g1"))
    write(space, server, pod, "begun\n", is_over=False)
    assert logs(space) == "begun\n"
    environment = {"PATH": os.environ["PATH"], "KUBECONFIG": str(space.kubeconfig), "NO_PROXY": "127.0.0.1"}
    follower = subprocess.Popen(
        [str(NILUS), "resource", "logs", "-w", space.name, "-n", "loads", "--follow"], env=environment,
        stdout=subprocess.PIPE, text=True)

    assert follower.stdout.readline() == "begun\n"
    assert follower.poll() is None
    write(space, server, pod, "done\n")
    assert follower.communicate(timeout=60)[0] == "done\n"
    assert follower.returncode == 0


@pytest.mark.needs("logs on demand")
def test_a_container_that_waits_is_told_in_the_words_of_the_server(space):
    with space.operator():
        space.put(workflow())
        scheduled(space, space.pod_of(space.job("loads-g1")))

    said = logs(space, expect=69)
    assert "cannot read the log of pod 'loads-g1-" in said and "400" in said and "waiting to start" in said


def test_a_pod_without_a_node_has_written_nothing(space):
    with space.operator():
        space.put(workflow())
        space.pod_of(space.job("loads-g1"))

    assert logs(space) == ""


def test_a_workflow_without_a_pod_and_one_that_is_not_there_are_told_apart(space):
    said = logs(space, expect=69)
    assert "cannot print the log of workflow 'loads'" in said and "404" in said

    space.put(workflow(suspend=True))
    assert "workflow 'loads' has no pod in workspace" in logs(space, expect=69)
    assert "has no pod before the newest" in logs(space, "--previous", expect=69)


def test_a_log_that_one_may_not_read_is_a_missing_permission(space):
    file = space.folder / "nobody.kubeconfig"
    file.write_text(json.dumps({
        "apiVersion": "v1", "kind": "Config", "current-context": "a",
        "clusters": [{"name": "a", "cluster": {
            "server": space.api.address.geturl(), "certificate-authority": space.authority}}],
        "users": [{"name": "a", "user": {"token": space.token("nilus-job")}}],
        "contexts": [{"name": "a", "context": {"cluster": "a", "user": "a"}}]}))

    said = logs(space, "--kubeconfig", str(file), expect=77)
    assert "cannot list the pods of workflow 'loads'" in said and "403" in said
