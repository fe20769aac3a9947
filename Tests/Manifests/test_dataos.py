"""What 'dataos-ctl resource apply' takes: the stack's schema lets every sample through, and the files fit together."""

import json

import jsonschema
import pytest
from conftest import ROOT, documents

FOLDER = ROOT / "deploy" / "dataos"
(STACK,) = documents(FOLDER / "stack.yaml")
NODES = [
    (path.name, node)
    for folder in (ROOT / "manifests", FOLDER)
    for path in sorted(folder.glob("*.yaml"))
    for document in documents(path)
    if document.get("type") == "workflow"
    for node in document["workflow"]["dag"]
]


@pytest.fixture(scope="module")
def schema():
    text = STACK["stack"]["stackSpecValueSchema"]["jsonSchema"]
    schema = json.loads(text)
    jsonschema.Draft7Validator.check_schema(schema)
    return jsonschema.Draft7Validator(schema)


@pytest.mark.parametrize("name,node", NODES, ids=[f"{name}-{node['name']}" for name, node in NODES])
def test_the_stack_takes_the_samples(schema, name, node):
    assert [error.message for error in schema.iter_errors(node["spec"]["stackSpec"])] == []


def test_the_stack_refuses_another_source(schema):
    spec = {"source": {"address": "mongodb://x", "options": {"source-table": "a"}}, "sink": {"address": "dataos://b"}}

    assert [list(error.absolute_path) for error in schema.iter_errors(spec)] == [["source", "address"]]


def test_the_workflow_names_the_stack_and_the_secret_of_this_folder():
    (workflow,) = documents(FOLDER / "workflow.yaml")
    (secret,) = documents(FOLDER / "secret-stripe.yaml")
    (node,) = workflow["workflow"]["dag"]
    stack = STACK["stack"]
    (mount,) = node["spec"]["dataosSecrets"]

    assert node["spec"]["stack"] == f"{stack['name']}+{stack['flavor']}:{stack['version']}"
    assert mount["name"] == secret["name"]
    assert mount["key"] in secret["instance-secret"]["data"]


def test_the_depot_names_the_secret_of_this_folder():
    (depot,) = documents(FOLDER / "depot.yaml")
    (secret,) = documents(FOLDER / "secret-lakehouse.yaml")
    (workflow,) = documents(FOLDER / "workflow.yaml")

    assert [item["name"] for item in depot["depot"]["secrets"]] == [secret["name"]]
    assert workflow["workflow"]["dag"][0]["spec"]["stackSpec"]["sink"]["address"] == f"dataos://{depot['name']}"


def test_secrets_hold_placeholders_only():
    for path in FOLDER.glob("secret-*.yaml"):
        for document in documents(path):
            for value in document["instance-secret"]["data"].values():
                assert value.startswith("${") and value.endswith("}"), path


def test_the_job_finds_the_file_that_the_stack_writes():
    template = STACK["stack"]["workflowJobConfig"]["configFileTemplate"]

    assert template.startswith("config.yaml: |\n")
    assert STACK["stack"]["environmentVars"]["BASE_CONFIG_FILE_DIR"] == "/etc/dataos/config"
