"""What the API server itself refuses and tells, on which nilus counts: the same of the stand-in and of a real one."""
import copy
import http.client
import json

import pytest
import yaml
from cluster.client import path
from cluster.space import workflow
from conftest import DEFINITIONS

RUN = {"apiVersion": "nilus.dataos.io/v1", "kind": "WorkflowRun", "metadata": {"name": "run"},
       "spec": {"workflowRef": {"name": "loads"}}}



RULES = {
    "either 'cron' or 'crons'": workflow(schedule={"cron": "0 * * * *", "crons": ["0 * * * *"]}),
    "at most 48": workflow("a" * 49),
}


@pytest.mark.needs("rules")
@pytest.mark.parametrize("sentence", RULES)
def test_a_rule_that_is_broken_is_told(space, sentence):
    status, answer = space.api.raw("POST", path("workflows", space.name), RULES[sentence])

    assert status == 422 and answer["reason"] == "Invalid" and sentence in answer["message"]


@pytest.mark.needs("rules")
def test_a_run_keeps_its_workflow_and_ends_once(space):
    space.api.create("workflowruns", space.name, RUN)
    moved = {"spec": {"workflowRef": {"name": "another"}}}
    status, answer = space.api.raw("PATCH", path("workflowruns", space.name, "run"), moved, "application/merge-patch+json")
    assert status == 422 and "belongs to one workflow for good" in answer["message"]

    running = {"status": {"phase": "Running", "exitCode": 0}}
    status, answer = space.api.raw("PATCH", path("workflowruns", space.name, "run", "status"), running,
                                   "application/merge-patch+json")
    assert status == 422 and "has ended" in answer["message"]


@pytest.mark.parametrize("beginning", ["sk_test_", "rk_live_", "sk_org_live_", "rk_org_test_"])
def test_a_key_in_the_address_of_a_source_is_refused_and_not_repeated(space, canary, beginning):
    declared = workflow()
    key = canary.replace("sk_test_", beginning)
    declared["spec"]["dag"][0]["spec"]["stackSpec"]["source"]["address"] = f"stripe://?api_key={key}"

    status, answer = space.api.raw("POST", path("workflows", space.name), declared)

    assert status == 422 and "address" in answer["message"] and space.list("workflows") == []


@pytest.mark.needs("rules")
def test_a_rule_on_a_field_that_is_not_declared_is_refused(server):
    definition = yaml.safe_load(DEFINITIONS[0].read_text())
    definition["metadata"] = {"name": "trials.test.nilus.dataos.io"}
    definition["spec"].update(group="test.nilus.dataos.io", names={"plural": "trials", "kind": "Trial"})
    broken = copy.deepcopy(definition)
    schema = broken["spec"]["versions"][0]["schema"]["openAPIV3Schema"]["properties"]["spec"]["properties"]["schedule"]
    schema["x-kubernetes-validations"] = [{"rule": "has(self.nothing)", "message": "x"}]
    place = path("customresourcedefinitions")

    assert server.api.raw("POST", place, definition, dryRun="All")[0] == 201
    status, answer = server.api.raw("POST", place, broken, dryRun="All")
    assert status == 422 and "undefined field 'nothing'" in answer["message"]


@pytest.mark.needs("strict fields")
def test_an_unknown_field_is_dropped_unless_the_client_is_strict(space):
    declared = workflow()
    declared["spec"]["colour"] = declared["spec"]["dag"][0]["spec"]["runAsApiKey"] = "x"

    status, answer = space.api.raw("POST", path("workflows", space.name), declared, fieldValidation="Strict")
    assert status == 400 and answer["reason"] == "BadRequest" and "strict decoding error" in answer["message"]
    assert 'unknown field "spec.colour"' in answer["message"] and "runAsApiKey" in answer["message"]
    made = space.api.create("workflows", space.name, declared)
    assert "colour" not in made["spec"] and "runAsApiKey" not in made["spec"]["dag"][0]["spec"]


@pytest.mark.needs("definition that a test may change")
def test_a_field_that_the_cluster_does_not_know_is_not_lost_without_a_word(space, server):
    """A definition that is older than the program lacks fields that the program knows."""
    definition = server.api.get("customresourcedefinitions", None, "workflows.nilus.dataos.io")
    spec = definition["spec"]["versions"][0]["schema"]["openAPIV3Schema"]["properties"]["spec"]["properties"]
    file = space.folder / "workflow.json"
    document = {"name": "loads", "version": "v1", "type": "workflow", "workflow": workflow(title="kept")["spec"]}
    file.write_text(json.dumps(document))
    title = spec.pop("title")
    try:
        replaced(server, definition)
        said = space.resource("apply", "-w", space.name, "-f", str(file), expect=69)
    finally:
        spec["title"] = title
        replaced(server, definition)

    assert "spec.title" in said and space.list("workflows") == []


def replaced(server, definition):
    present = server.api.get("customresourcedefinitions", None, definition["metadata"]["name"])
    definition["metadata"]["resourceVersion"] = present["metadata"]["resourceVersion"]
    server.api.ask("PUT", path("customresourcedefinitions", None, definition["metadata"]["name"]), definition)


@pytest.mark.needs("streaming lists")
def test_a_streaming_list_answers_in_its_stream(space):
    """Whatever a server makes of it, an error included, comes with the status 200: it must be looked for inside."""
    api = space.api
    connection = http.client.HTTPSConnection(api.address.hostname, api.address.port, context=api.context, timeout=30)
    query = "watch=true&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true&timeoutSeconds=1"
    connection.request("GET", f"{path('workflows', space.name)}?{query}")
    answer = connection.getresponse()
    event = json.loads(answer.readline())
    connection.close()

    assert answer.status == 200 and event["type"] in ("BOOKMARK", "ERROR")
