"""What each identity of a deployment may do, asked of the API server: the roles give no more than they must."""
import json

import pytest
import yaml
from cluster.client import eventually, path
from cluster.space import JOB_ALONE_ACCESS, JOB_ALONE_ACCOUNT, OPERATOR_ACCESS, run_name, workflow

STATUS = {"apiVersion": "nilus.dataos.io/v1", "status": {"observedGeneration": 1}}
TITLE = {"spec": {"title": "x"}}
RUN = {"apiVersion": "nilus.dataos.io/v1", "kind": "WorkflowRun", "metadata": {"name": "made"},
       "spec": {"workflowRef": {"name": "loads"}}}
CONFIG = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "made"}, "data": {}}
LEASE = {"apiVersion": "coordination.k8s.io/v1", "kind": "Lease", "metadata": {"name": "nilus-operator"}, "spec": {}}

# action: method, plural, name, subresource, body, and the status for: operator, job of an operator, job alone, nobody.
TABLE = {
    "list workflows": ("GET", "workflows", None, None, None, 200, 403, 403, 403),
    "read a workflow": ("GET", "workflows", "loads", None, None, 403, 403, 403, 403),
    "change a workflow": ("PATCH", "workflows", "loads", None, TITLE, 403, 403, 403, 403),
    "delete a workflow": ("DELETE", "workflows", "loads", None, None, 403, 403, 403, 403),
    "report on a workflow": ("PATCH", "workflows", "loads", "status", STATUS, 200, 200, 403, 403),
    "list runs": ("GET", "workflowruns", None, None, None, 200, 403, 403, 403),
    "create a run": ("POST", "workflowruns", None, None, RUN, 201, 403, 201, 403),
    "report on a run": ("PATCH", "workflowruns", "run", "status", STATUS, 200, 200, 200, 403),
    "delete a run": ("DELETE", "workflowruns", "made", None, None, 200, 403, 403, 403),
    "list secrets": ("GET", "secrets", None, None, None, 403, 403, 403, 403),
    "read a secret": ("GET", "secrets", "stripe-secret", None, None, 403, 403, 403, 403),
    "watch secrets": ("GET", "secrets", None, None, "watch", 403, 403, 403, 403),
    "list pods": ("GET", "pods", None, None, None, 200, 403, 403, 403),
    "delete a pod": ("DELETE", "pods", "any", None, None, 403, 403, 403, 403),
    "change a job": ("PATCH", "jobs", "any", None, TITLE, 403, 403, 403, 403),
    "list jobs": ("GET", "jobs", None, None, None, 200, 403, 403, 403),
    "create a manifest": ("POST", "configmaps", None, None, CONFIG, 201, 403, 403, 403),
    "list manifests": ("GET", "configmaps", None, None, None, 200, 403, 403, 403),
    "make the lease": ("POST", "leases", None, None, LEASE, 201, 403, 403, 403),
    "read the lease": ("GET", "leases", "nilus-operator", None, None, 200, 403, 403, 403),
    "read another lease": ("GET", "leases", "another", None, None, 403, 403, 403, 403),
    "make an account": ("POST", "serviceaccounts", None, None,
                        {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": "x"}}, 403, 403, 403, 403),
    "make a role": ("POST", "roles", None, None, {"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "Role",
                                                  "metadata": {"name": "x"}, "rules": []}, 403, 403, 403, 403),
}
IDENTITIES = ["operator", "job of an operator", "job alone", "nobody"]


def ask(identity, space, action):
    method, plural, name, subresource, body = TABLE[action][:5]
    query = {"watch": "true", "timeoutSeconds": "1"} if body == "watch" else {}
    content = "application/merge-patch+json" if method == "PATCH" else "application/json"
    return identity.raw(method, path(plural, space.name, name, subresource), None if body == "watch" else body, content,
                        **query)


@pytest.fixture
def identities(space):
    """The accounts of the deployments, and one that nobody gave a right."""
    space.put(workflow())
    run = json.loads(json.dumps(RUN))
    run["metadata"]["name"] = "run"
    space.api.create("workflowruns", space.name, run)
    space.api.create("secrets", space.name, {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "stripe-secret"}})
    account = {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": "nobody"}}
    space.api.create("serviceaccounts", space.name, account)
    operator, job = space.identity("nilus-operator"), space.identity("nilus-job")
    return {"operator": operator, "job of an operator": job, "nobody": space.identity("nobody")}


def test_every_action_of_every_identity(space, identities, figures):
    found, expected = [], []

    def check(column):
        name = IDENTITIES[column]
        # Roles arrive a moment after they were made.
        eventually(lambda: ask(identities[name], space, "report on a run")[0] == TABLE["report on a run"][5 + column])
        for action in TABLE:
            status, answer = ask(identities[name], space, action)
            found.append((action, name, status))
            expected.append((action, name, TABLE[action][5 + column]))
            if status == 403:
                assert answer["reason"] == "Forbidden" and "nilus-test" in answer["message"]

    check(1)
    check(3)
    check(0)
    space.grant(JOB_ALONE_ACCESS)
    identities["job alone"] = space.identity(JOB_ALONE_ACCOUNT)
    check(2)
    show(found, figures)
    assert found == expected


def show(found, figures):
    """What the server answered to each action of each identity."""
    by_action = {}
    for action, name, status in found:
        by_action.setdefault(action, {})[name] = status
    for action, statuses in by_action.items():
        figures.row("what each identity may do", action=action, **{name: statuses.get(name, "") for name in IDENTITIES})


def test_a_wrong_token_is_nobody(space):
    wrong = space.api.with_token("not-a-token", space.authority)

    assert wrong.raw("GET", path("workflows", space.name))[0] == 401


def test_a_status_changes_nothing_else_and_nothing_else_changes_a_status(space):
    space.put(workflow())
    before = space.get("workflows", "loads")

    space.api.merge("workflows", space.name, "loads", {"status": {"observedGeneration": 7}})
    assert "status" not in space.get("workflows", "loads")
    space.api.merge("workflows", space.name, "loads", {"spec": {"title": "x"}, "status": {"observedGeneration": 7}},
                    "status")
    after = space.get("workflows", "loads")

    assert after["status"]["observedGeneration"] == 7
    assert after["spec"] == before["spec"]
    assert after["metadata"]["generation"] == before["metadata"]["generation"] == 1
    space.api.merge("workflows", space.name, "loads", {"spec": {"title": "x"}})
    assert space.get("workflows", "loads")["metadata"]["generation"] == 2


def test_an_old_version_and_another_manager_are_conflicts(space):
    space.put(workflow())
    old = space.get("workflows", "loads")
    space.api.merge("workflows", space.name, "loads", {"spec": {"title": "x"}})

    status, answer = space.api.raw("PUT", path("workflows", space.name, "loads"), old)
    assert (status, answer["reason"]) == (409, "Conflict")
    declared = {"apiVersion": "nilus.dataos.io/v1", "kind": "Workflow", "metadata": {"name": "loads"},
                "status": {"observedGeneration": 1}}
    space.api.apply("workflows", space.name, "loads", declared, "first", "status")
    declared["status"]["observedGeneration"] = 2
    status, answer = space.api.raw(
        "PATCH", path("workflows", space.name, "loads", "status"), declared, "application/apply-patch+yaml",
        fieldManager="second")
    assert status == 409 and '"first"' in answer["message"]


def test_a_condition_of_an_unknown_verdict_is_refused(space):
    space.put(workflow())
    condition = {"type": "Ready", "status": "Maybe", "reason": "X", "message": "x",
                 "lastTransitionTime": "2026-01-01T00:00:00Z"}
    status, answer = space.api.raw(
        "PATCH", path("workflows", space.name, "loads", "status"), {"status": {"conditions": [condition]}},
        "application/merge-patch+json")

    assert status == 422 and "Maybe" in answer["message"]


def granted(file):
    """The rights of the roles in a file: verb, group, resource."""
    return {(verb, group, resource) for document in yaml.safe_load_all(file.read_text()) if document["kind"] == "Role"
            for rule in document["rules"] for group in rule["apiGroups"] for resource in rule["resources"]
            for verb in rule["verbs"]}


@pytest.mark.needs("record of the rights in use", "cron jobs", "time zones")
def test_the_operator_uses_every_right_that_it_has_and_wants_no_other(space, server):
    """A life of workflows in which an operator does everything that it ever does."""
    with space.operator():
        made = space.put(workflow("planned", schedule={"cron": "0 0 1 1 *"}))
        eventually(lambda: space.api.find("cronjobs", space.name, "planned"))
        for number in range(11):
            leave_run(space, made, f"old-{number:02}")
        for generation in range(1, 6):
            space.put(workflow("loads")) if generation == 1 else space.api.merge(
                "workflows", space.name, "loads", {"spec": {"title": f"edition {generation}"}})
            job = space.job(f"loads-g{generation}")
            space.run_of(job)
            space.succeed(job)
            eventually(lambda: space.get("workflowruns", run_name(job)).get("status", {}).get("completionTime"))
        space.api.merge("workflows", space.name, "planned", {"spec": {"schedule": None}})
        eventually(lambda: space.api.find("cronjobs", space.name, "planned") is None)
        eventually(lambda: space.api.find("workflowruns", space.name, "old-00") is None)
        eventually(lambda: space.api.find("jobs", space.name, "loads-g1") is None)
        eventually(lambda: len(manifests(space, "loads")) == 4)

    used = server.standin.access.used[f"system:serviceaccount:{space.name}:nilus-operator"]
    assert used == granted(OPERATOR_ACCESS)


def manifests(space, name):
    return [item for item in space.list("configmaps") if item["metadata"]["name"].startswith(f"{name}-m")]


def leave_run(space, made, name):
    """A run of long ago, whose Job is gone."""
    labels = {"app.kubernetes.io/managed-by": "nilus-operator", "nilus.dataos.io/workflow": made["metadata"]["name"],
              "nilus.dataos.io/workflow-uid": made["metadata"]["uid"], "nilus.dataos.io/group": "s"}
    space.api.create("workflowruns", space.name, {
        "apiVersion": "nilus.dataos.io/v1", "kind": "WorkflowRun", "metadata": {"name": name, "labels": labels},
        "spec": {"workflowRef": {"name": made["metadata"]["name"]}}})
    space.api.merge("workflowruns", space.name, name, {"status": {
        "phase": "Succeeded", "completionTime": "2026-01-01T00:00:00Z"}}, "status")
