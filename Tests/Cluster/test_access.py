"""What each identity of a deployment may do, asked of the API server: the roles give no more than they must."""
import secrets

import pytest
import yaml
from cluster.client import eventually, path
from cluster.space import JOB_ALONE_ACCESS, JOB_ALONE_ACCOUNT, OPERATOR_ACCESS, run_name, workflow
from rights import IN_A_NAMESPACE, OWN_LEASE, Asker, Right, body, rights

# What each may do in its own namespace; all the rest is refused, there and everywhere else.
MAY = {
    "operator": {
        "workflows": "list watch", "workflows/status": "patch", "workflowruns": "list watch create delete",
        "workflowruns/status": "patch", "jobs": "list watch create delete",
        "cronjobs": "list watch create patch delete", "configmaps": "list watch create delete", "pods": "list watch",
        "events": "create", "leases": "create", OWN_LEASE: "get update"},
    "job of an operator": {"workflows/status": "patch", "workflowruns/status": "patch"},
    "job alone": {"workflowruns": "create", "workflowruns/status": "patch"},
    "nobody": {},
    "anonymous": {},
}
# A pod without a node has an empty log and no container; of the kinds of the cluster nothing is called so.
OF_ADMIN = {"get pods/log": {200, 204}, "create pods/exec": {400}}


def expected(identity, right):
    """The statuses that are right."""
    if identity == "admin":
        is_missing = right.place == "in the cluster" and right.verb in ("get", "delete")
        return OF_ADMIN.get(str(right), {404} if is_missing else {201 if right.verb == "create" else 200})
    is_allowed = right.place == "own" and right.verb in MAY[identity].get(right.resource, "").split()
    return {201 if right.verb == "create" else 200} if is_allowed else {403}


@pytest.fixture
def other(server):
    """Another namespace, in which nobody of the first has a right."""
    name = f"nilus-test-{secrets.token_hex(4)}"
    server.api.create("namespaces", None, {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}})
    yield name
    server.api.delete("namespaces", None, name)


def furnish(space, server):
    """An object of every kind, so that an action that is allowed succeeds."""
    names = {(resource.partition(", ")[0], Right("own", resource, "get", space.name).name)
             for resource in IN_A_NAMESPACE if "/" not in resource}
    for plural, name in sorted(names):
        if plural != "cronjobs" or server.has("cron jobs"):
            space.api.create(plural, space.name, body(plural, space.name, name))
    space.api.create("serviceaccounts", space.name, body("serviceaccounts", space.name, "nobody"))
    space.grant(JOB_ALONE_ACCESS)


def identities(space):
    """Who asks: the accounts of the deployments, one without a right, nobody at all, and who may do everything."""
    accounts = {"operator": "nilus-operator", "job of an operator": "nilus-job", "job alone": JOB_ALONE_ACCOUNT,
                "nobody": "nobody"}
    named = {name: space.identity(account) for name, account in accounts.items()}
    return {**named, "anonymous": space.api.with_token(None, space.authority), "admin": space.api}


def test_every_action_of_every_identity(space, other, server, figures):
    furnish(space, server)
    table, wrong = {}, []
    report = Right("own", "workflowruns/status", "patch", space.name)
    for identity, api in identities(space).items():
        asker = Asker(api)
        # Roles arrive a moment after they were made.
        eventually(lambda: asker.ask(report)[0] in expected(identity, report) | {401})
        # A server may have no anonymous identity at all.
        is_unknown = identity == "anonymous" and asker.ask(report)[0] == 401
        for right in rights(space.name, other, server.has("cron jobs")):
            is_replaced = right.verb == "update" and 403 not in expected(identity, right)
            status, reason = asker.ask(right, space.get(right.plural, right.name) if is_replaced else {})
            table.setdefault(str(right), {})[identity] = status
            fits = status == 401 if is_unknown else status in expected(identity, right)
            if not fits or status == 403 and reason != "Forbidden":
                wrong.append((str(right), identity, status, reason))
        asker.close()
    show(table, server, figures)
    assert wrong == []
    assert {action.split()[0] for action in table} == {"get", "list", "watch", "create", "update", "patch", "delete",
                                                       "deletecollection"}


def show(table, server, figures):
    """What the server answered to each action of each identity."""
    for action, statuses in table.items():
        figures.row("what each identity may do", action=action, **{name: statuses[name] for name in [*MAY, "admin"]})
    if not server.has("cron jobs"):
        figures.line("not asked what each identity may do", "cronjobs, which this API server does not have")


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
