"""The resource definitions name what the program's own source names, so that neither grows without the other."""

import re

import pytest
from conftest import ROOT, documents
from definitions import Definition, walk

READER = ROOT / "Sources" / "Workflow" / "WorkflowManifest"
WORKFLOW, RUN = (
    Definition(documents(ROOT / "deploy" / "crds" / f"{name}.yaml")[0]) for name in ("workflows", "workflowruns")
)
# A credential: a resource that others may read is no place for it.
LEFT_OUT = {"runAsApiKey"}
# What an operator reads and a job does not.
ADDED = {"execution", "suspend"}


def keys(file, name):
    """The words of an array of texts in Swift that is declared under a name, as 'name = [ … ]' or 'name = ….( [ … ]'."""
    text = (READER / file).read_text(encoding="utf-8")
    match = re.search(rf"\b{name}\s*=[^\[\]]*\[([^\]]*)\]", text)
    assert match, f"{file} declares no '{name}' any more; this test must follow it"
    found = set(re.findall(r'"([^"]+)"', match.group(1)))
    assert found, (file, name)
    return found


def properties(*path):
    node = WORKFLOW.schema
    for name in path:
        node = node[name] if name == "items" else node["properties"][name]
    return set(node["properties"])


NODE = ("spec", "dag", "items")
STACK_SPEC = NODE + ("spec", "stackSpec")
SECTIONS = {
    "workflow": (("WorkflowReader.swift", "workflowKeys"), ("spec",), ADDED),
    "schedule": (("ScheduleReader.swift", "keys"), ("spec", "schedule"), set()),
    "node": (("DagReader.swift", "nodeKeys"), NODE, set()),
    "retry": (("RetryReader.swift", "keys"), NODE + ("retry",), set()),
    "spec": (("NodeReader.swift", "specKeys"), NODE + ("spec",), set()),
    "stackSpec": (("NodeReader.swift", "stackSpecKeys"), STACK_SPEC, set()),
    "secret": (("SecretMountReader.swift", "keys"), NODE + ("spec", "dataosSecrets", "items"), set()),
    "amounts": (("ResourceReader.swift", "amountKeys"), NODE + ("spec", "resources", "limits"), set()),
    "source": (("SourceReader.swift", "sectionKeys"), STACK_SPEC + ("source",), set()),
    "source options": (("SourceReader.swift", "optionNames"), STACK_SPEC + ("source", "options"), {"source_table"}),
    "sink options": (("SinkReader.swift", "optionNames"), STACK_SPEC + ("sink", "options"), set()),
}


@pytest.mark.parametrize("section", SECTIONS)
def test_a_workflow_declares_the_keys_that_the_reader_takes(section):
    declaration, path, added = SECTIONS[section]

    assert properties(*path) - added == keys(*declaration) - LEFT_OUT


def cases(file, enumeration):
    """The raw values of a Swift enumeration of texts."""
    for path in sorted(READER.glob(file)):
        text = path.read_text(encoding="utf-8")
        match = re.search(rf"enum {enumeration}: String[^{{]*{{(.*?)\n\s*}}", text, re.DOTALL)
        if match:
            body = re.sub(r"///.*", "", match.group(1))
            found = set()
            for line in re.findall(r"case (.*)", body):
                for item in line.split(","):
                    name, _, value = item.partition("=")
                    found.add(value.strip().strip('"') if value else name.strip())
            return found
    raise AssertionError(f"no enumeration '{enumeration}' in {file} any more; this test must follow it")


ENUMERATIONS = {
    "RetryRule.swift/Strategy": NODE + ("retry", "strategy"),
    "WorkflowSchedule.swift/ConcurrencyPolicy": ("spec", "schedule", "concurrencyPolicy"),
    "SinkOptions.swift/StrategyOption": STACK_SPEC + ("sink", "options", "incremental-strategy"),
    "SinkOptions.swift/MetadataCompression": STACK_SPEC + ("sink", "options", "iceberg_metadata_compression"),
    "SinkOptions.swift/MaintenanceOption": STACK_SPEC + ("sink", "options", "maintenance"),
    "*.swift/ConsumptionType": NODE + ("spec", "dataosSecrets", "items", "consumptionType"),
}


@pytest.mark.parametrize("enumeration", ENUMERATIONS)
def test_choices_are_those_of_the_reader(enumeration):
    node = WORKFLOW.schema
    for name in ENUMERATIONS[enumeration]:
        node = node[name] if name == "items" else node["properties"][name]

    assert set(node["enum"]) == cases(*enumeration.split("/"))


def test_a_run_declares_the_fields_that_the_program_writes():
    text = (ROOT / "Sources/Status/RunStatus/WorkflowRun+Resource.swift").read_text(encoding="utf-8")
    written = set(re.findall(r'(?:fields|self|reference)\["(\w+)"\]', text)) | set(re.findall(r'"(\w+)":', text))
    outside = {"apiVersion", "kind", "metadata", "namespace", "labels"}

    declared = {path[-1] for path, _ in walk(RUN.schema, ()) if path}

    assert written - outside - declared == set()


def test_phases_are_those_of_the_program():
    text = (ROOT / "Sources/Status/RunStatus/Phase.swift").read_text(encoding="utf-8")

    assert set(RUN.schema["properties"]["status"]["properties"]["phase"]["enum"]) == set(
        re.findall(r'case \w+ = "(\w+)"', text)
    )


def setting(name):
    """A number among the settings of the operator."""
    text = (ROOT / "Sources/Operator/Operator/OperatorSettings.swift").read_text(encoding="utf-8")
    match = re.search(rf"\bvar {name} = ([0-9_]+)", text)
    assert match, f"no '{name}' any more; this test must follow it"
    return int(match.group(1).replace("_", ""))


@pytest.mark.parametrize("variant", ["kustomize-job", "helm-job"])
def test_a_cron_job_without_an_operator_has_the_limits_of_one_with(renderings, variant):
    (cron,) = [item["spec"] for item in renderings[variant] if item["kind"] == "CronJob"]
    job = cron["jobTemplate"]["spec"]

    assert cron["startingDeadlineSeconds"] == setting("startingDeadlineSeconds")
    assert cron["successfulJobsHistoryLimit"] == setting("keptSucceededJobs")
    assert cron["failedJobsHistoryLimit"] == setting("keptFailedJobs")
    assert job["backoffLimit"] == setting("backoffLimit")
    assert job["activeDeadlineSeconds"] == setting("activeDeadlineSeconds")
