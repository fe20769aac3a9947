"""The resource definitions: structural, described, bounded, and of one mind with the program's own reader."""

import copy
import subprocess

import pytest
from conftest import NILUS, ROOT, documents
from definitions import ENVIRONMENT, Definition, used_fields, walk

WORKFLOW, RUN = (
    Definition(documents(ROOT / "deploy" / "crds" / f"{name}.yaml")[0]) for name in ("workflows", "workflowruns")
)
DEFINITIONS = pytest.mark.parametrize("definition", [WORKFLOW, RUN], ids=lambda definition: definition.name)
SAMPLES = ROOT / "deploy" / "crds" / "samples"
DATAOS_WORKFLOWS = [
    (path, document)
    for folder in ("manifests", "deploy/dataos", "deploy/kustomize/overlays/job")
    for path in sorted((ROOT / folder).glob("*.yaml"))
    for document in documents(path)
    if document.get("type") == "workflow"
]


def as_resource(document):
    """A DataOS workflow as a Kubernetes resource: the header is metadata, the body is the spec, word for word."""
    annotations = {f"nilus.dataos.io/{key}": document[key] for key in ("owner", "layer", "version") if key in document}
    return {
        "apiVersion": "nilus.dataos.io/v1",
        "kind": "Workflow",
        "metadata": {"name": document["name"], "annotations": annotations},
        "spec": document["workflow"],
    }


@DEFINITIONS
def test_every_field_is_described(definition):
    bare = [path for path, schema in definition.nodes() if not schema.get("description") and path != ("metadata",)]

    assert bare == []


@DEFINITIONS
def test_the_schema_is_structural(definition):
    for path, schema in definition.nodes():
        is_open = schema.get("x-kubernetes-preserve-unknown-fields")
        assert "type" in schema or is_open, f"{path}: neither a type nor a mark that there is none"
        assert "x-kubernetes-int-or-string" not in schema, f"{path}: makes servers of 1.20 forget list types"
        assert "$ref" not in schema and "definitions" not in schema, path
        for key in ("allOf", "anyOf", "oneOf", "not"):
            branches = schema.get(key, [])
            for branch in [branches] if isinstance(branches, dict) else branches:
                for _, nested in walk(branch, path):
                    assert not nested.keys() & {"type", "description", "default", "additionalProperties"}, path
        for key in schema.get("x-kubernetes-list-map-keys", []):
            assert key in schema["items"]["required"], f"{path}: '{key}' tells the items apart and may be left out"


@DEFINITIONS
def test_rules_read_declared_fields_of_bounded_size_only(definition):
    def check(path, schema, is_root):
        for rule in schema.get("x-kubernetes-validations", []):
            ENVIRONMENT.compile(rule["rule"])
            assert rule["message"], path
            if schema.get("type") == "string":
                assert "maxLength" in schema or "enum" in schema, f"{path}: a rule on a text without a bound"
            for field in used_fields(rule["rule"]):
                # The server declares this one itself, and knows its bound.
                if is_root and field == ("metadata", "name"):
                    continue
                node = schema
                for name in field:
                    assert name in node.get("properties", {}), f"{path}: the rule reads '{name}', which is undeclared"
                    node = node["properties"][name]
                    assert "type" in node, f"{path}: the rule reads '{name}', which has no type"
                if node["type"] == "string":
                    assert "maxLength" in node or "enum" in node, f"{path}: '{field}' has no bound"

    for path, schema in definition.nodes():
        check(path, schema, path == ())
        if schema.get("type") == "array":
            assert "maxItems" in schema, f"{path}: a list without a bound"


@DEFINITIONS
def test_lists_say_how_declarations_of_several_managers_join(definition):
    for path, schema in definition.nodes():
        if schema.get("type") == "array":
            assert schema.get("x-kubernetes-list-type") in ("atomic", "set", "map"), path


@DEFINITIONS
def test_columns_show_declared_fields(definition):
    for column in definition.version["additionalPrinterColumns"]:
        path = column["jsonPath"]
        if path.startswith(".metadata."):
            continue
        node = definition.schema
        for name in path.strip(".").split("."):
            assert name in node["properties"], f"column '{column['name']}' shows '{path}', which is undeclared"
            node = node["properties"][name]


@DEFINITIONS
def test_the_status_is_a_subresource(definition):
    assert definition.version["subresources"] == {"status": {}}


@pytest.mark.parametrize("path,document", DATAOS_WORKFLOWS, ids=[path.name for path, _ in DATAOS_WORKFLOWS])
def test_the_body_of_a_dataos_workflow_is_a_spec(path, document):
    assert WORKFLOW.faults(as_resource(document)) == []


def test_samples_are_taken():
    for path in sorted(SAMPLES.glob("*.yaml")):
        for document in documents(path):
            definition = WORKFLOW if document["kind"] == "Workflow" else RUN
            assert definition.faults(document) == [], path


def test_unusual_but_readable_forms_are_taken():
    resource = sample()
    (node,) = resource["spec"]["dag"]
    node["dependencies"] = "customers"
    node["retry"] = {"count": "3", "duration": 60, "maxDuration": "1h30m", "strategy": "OnError"}
    node["spec"]["envs"] = [{"A": 1}, {"B": True}, {"C": "<https://example.com>"}]
    node["spec"]["logLevel"] = "Warn"
    node["spec"]["resources"] = {"requests": {"cpu": 0.5, "memory": 134217728}, "limits": {"cpu": "1", "memory": "1Gi"}}
    node["spec"]["tempVolume"] = "2Gi"
    options = node["spec"]["stackSpec"]["source"]["options"]
    options.clear()
    options.update({"source_table": ["charge", "refund"], "page_size": 50, "max-table-nesting": "0"})
    node["spec"]["stackSpec"]["sink"]["options"]["full_refresh"] = "true"

    assert WORKFLOW.faults(resource) == []


def sample():
    return copy.deepcopy(as_resource(documents(ROOT / "manifests" / "workflow-current.yaml")[0]))


def put(*path_and_value):
    """A change of a resource: the value at the path, or its removal."""
    *path, last, value = path_and_value

    def change(resource):
        node = resource
        for name in path:
            node = node[name]
        if value is None:
            del node[last]
        else:
            node[last] = value

    return change


NODE = ("spec", "dag", 0)
SOURCE = NODE + ("spec", "stackSpec", "source")
SINK = NODE + ("spec", "stackSpec", "sink")
REFUSED = {
    "no dag": (put("spec", "dag", None), "'dag' is a required property"),
    "empty dag": (put("spec", "dag", []), "non-empty"),
    "nodes of one name": (lambda r: r["spec"]["dag"].append(r["spec"]["dag"][0]), "Duplicate value ('charges',)"),
    "node without a name": (put(*NODE, "name", None), "'name' is a required property"),
    "name of a node in capitals": (put(*NODE, "name", "Charges"), "does not match"),
    "no stack": (put(*NODE, "spec", "stack", None), "'stack' is a required property"),
    "another stack": (put(*NODE, "spec", "stack", "flare:5.0"), "does not match"),
    "no source": (put(*NODE, "spec", "stackSpec", "source", None), "'source' is a required property"),
    "no address": (put(*SINK, "address", None), "'address' is a required property"),
    "no source-table": (put(*SOURCE, "options", {"page-size": 10}), "is not valid under any of the given schemas"),
    "a key in the address": (put(*SOURCE, "address", "stripe://?api_key=sk_live_1"), "the address holds a key"),
    "a key for a test account": (put(*SOURCE, "address", "stripe://?api_key=rk_test_1"), "should not be valid under"),
    "unknown strategy": (put(*SINK, "options", "incremental-strategy", "upsert"), "is not one of"),
    "unknown type hint": (put(*SOURCE, "options", "type-hints", {"a": "varchar"}), "is not one of"),
    "no pages": (put(*SOURCE, "options", "page-size", 0), "less than the minimum"),
    "empty dependencies": (put(*NODE, "dependencies", []), "non-empty"),
    "empty dependency": (put(*NODE, "dependencies", ""), "non-empty"),
    "retry without a count": (put(*NODE, "retry", {"duration": "1m"}), "'count' is a required property"),
    "retry without an end": (put(*NODE, "retry", {"count": 101}), "greater than the maximum"),
    "duration without a unit": (put(*NODE, "retry", {"count": 1, "duration": "5 minutes"}), "does not match"),
    "no cron": (put("spec", "schedule", "cron", None), "either 'cron' or 'crons'"),
    "cron and crons": (put("spec", "schedule", "crons", ["0 * * * *"]), "either 'cron' or 'crons'"),
    "cron of six fields": (put("spec", "schedule", "cron", "0 0 * * * *"), "does not match"),
    "unknown policy": (put("spec", "schedule", "concurrencyPolicy", "forbid"), "is not one of"),
    "unknown execution": (put("spec", "execution", "parallel"), "is not one of"),
    "unknown level": (put(*NODE, "spec", "logLevel", "LOUD"), "does not match"),
    "unknown key": (put(*NODE, "spec", "stackspec", {}), "Additional properties are not allowed"),
    "a key of the platform": (put(*NODE, "spec", "runAsApiKey", "abc"), "Additional properties are not allowed"),
    "not a quantity": (put(*NODE, "spec", "resources", "limits", {"memory": "128 MB"}), "does not match"),
    "a long name": (put("metadata", "name", "a" * 49), "at most 48"),
    "a name with a dot": (put("metadata", "name", "a.b"), "at most 48"),
    "unknown state": (lambda r: r.update(status={"state": "running"}), "is not one of"),
    "unknown runtime": (lambda r: r.update(status={"runtime": "waiting"}), "does not match"),
}


@pytest.mark.parametrize("case", REFUSED, ids=list(REFUSED))
def test_a_faulty_workflow_is_refused(case):
    change, expected = REFUSED[case]
    resource = sample()
    assert WORKFLOW.faults(resource) == []

    change(resource)

    faults = WORKFLOW.faults(resource)
    assert any(expected in fault for fault in faults), faults


def test_a_run_keeps_its_workflow():
    run = documents(SAMPLES / "workflowrun.yaml")[0]
    other = copy.deepcopy(run)
    other["spec"]["workflowRef"]["name"] = "another"

    assert RUN.faults(run, old=run) == []
    assert RUN.faults(other, old=run) == [
        "spec.workflowRef: a run belongs to one workflow for good; create another WorkflowRun"
    ]


def test_a_run_with_an_exit_code_has_ended():
    run = documents(SAMPLES / "workflowrun.yaml")[0]

    run["status"]["phase"] = "Running"

    assert any("has ended" in fault for fault in RUN.faults(run))


def test_the_status_of_the_program_is_a_workflow_run(tmp_path):
    """A run that is refused before it asks anyone: no key, so exit code 78 and the reason SecretMissing."""
    status = tmp_path / "status.yaml"
    command = [NILUS, "run", "-f", ROOT / "manifests" / "dag-with-retry.yaml", "--warehouse", tmp_path / "warehouse"]

    result = subprocess.run(command + ["--status", status], capture_output=True, text=True, env={}, check=False)

    assert result.returncode == 78, result.stderr
    (run,) = documents(status)
    assert run["status"]["reason"] == "SecretMissing"
    assert RUN.faults(run) == []


def test_old_servers_get_definitions_without_rules(renderings):
    variant = renderings["kustomize-operator-kubernetes-1.20"]

    definitions = [Definition(item) for item in variant if item["kind"] == "CustomResourceDefinition"]

    assert sorted(definition.name for definition in definitions) == [RUN.name, WORKFLOW.name]
    for definition in definitions:
        assert not [path for path, schema in definition.nodes() if "x-kubernetes-validations" in schema]
    (old,) = [definition for definition in definitions if definition.name == WORKFLOW.name]
    change, _ = REFUSED["a key in the address"]
    resource = sample()
    change(resource)
    assert old.faults(resource), "the key must be refused without rules too"


def test_every_variant_installs_the_same_definitions(renderings):
    def definitions(variant):
        found = [item for item in renderings[variant] if item["kind"] == "CustomResourceDefinition"]
        return sorted(found, key=lambda item: item["metadata"]["name"])

    for variant in set(renderings) - {"kustomize-operator-kubernetes-1.20"}:
        assert definitions(variant) == definitions("crds"), variant
