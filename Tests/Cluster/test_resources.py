"""`nilus resource`: the files of `dataos-ctl resource apply` in a cluster, in the words of DataOS."""
import base64
import json
import pathlib
import subprocess

import pytest
import yaml
from cluster.client import Refused, eventually
from cluster.space import workflow
from harness.programs import NILUS, ROOT

SAMPLES = ROOT / "manifests"
SECRET = """
name: stripe-secret
version: v1
type: instance-secret
instance-secret:
  type: key-value
  acl: r
  data:
    STRIPE_API_KEY: ${STRIPE_API_KEY}
"""


def written(space, text, name="resource.yaml"):
    file = space.folder / name
    file.write_text(text)
    return str(file)


def applied(space, name, *arguments):
    return space.resource("apply", "-w", space.name, "-f", str(SAMPLES / name), *arguments)


def test_a_workflow_of_dataos_becomes_a_workflow_of_kubernetes_word_for_word(space):
    applied(space, "workflow-current.yaml")

    document = yaml.safe_load((SAMPLES / "workflow-current.yaml").read_text())
    spec = space.get("workflows", document["name"])["spec"]
    body = document["workflow"]
    assert spec["dag"] == json.loads(json.dumps(body["dag"]))
    assert spec.get("schedule") == body.get("schedule")


def test_the_short_form_becomes_a_workflow_of_one_node(space):
    applied(space, "nilus-batch.yaml")

    document = yaml.safe_load((SAMPLES / "nilus-batch.yaml").read_text())
    (node,) = space.get("workflows", document["name"])["spec"]["dag"]
    assert node["name"] == document["name"]
    assert node["spec"]["stackSpec"]["source"] == document["spec"]["source"]
    assert node["spec"]["stackSpec"]["sink"] == document["spec"]["sink"]


@pytest.mark.parametrize("name", sorted(file.name for file in SAMPLES.glob("*.yaml")))
def test_every_sample_can_be_applied(space, name):
    space.resource("apply", "-w", space.name, "-f", str(SAMPLES / name),
                   environment={"STRIPE_API_KEY": "sk_test_1", "ACCESS_KEY_ID": "a", "SECRET_KEY": "b"})


def test_the_table_has_the_columns_of_dataos(space):
    applied(space, "seed-stripe.yaml")

    lines = space.resource("get", "-t", "workflow", "-w", space.name).splitlines()
    columns = [cell.strip() for cell in lines[0].split("|")]
    row = dict(zip(columns, (cell.strip() for cell in lines[2].split("|"))))
    assert columns == ["NAME", "VERSION", "TYPE", "WORKSPACE", "STATUS", "RUNTIME", "OWNER"]
    assert (row["TYPE"], row["WORKSPACE"], row["STATUS"], row["RUNTIME"]) == (
        "workflow", space.name, "pending", "pending")


def test_a_workflow_can_be_read_back_as_yaml_and_json(space):
    applied(space, "workflow-current.yaml")
    name = yaml.safe_load((SAMPLES / "workflow-current.yaml").read_text())["name"]

    from_yaml = yaml.safe_load(space.resource("get", "-w", space.name, "-n", name, "-o", "yaml"))
    from_json = json.loads(space.resource("get", "-w", space.name, "-n", name, "-o", "json"))
    assert from_yaml == from_json
    assert from_json["type"] == "workflow" and from_json["workflow"]["dag"][0]["spec"]["stack"].startswith("nilus")


def test_what_was_read_back_is_accepted_by_validate(space):
    applied(space, "workflow-current.yaml")
    name = yaml.safe_load((SAMPLES / "workflow-current.yaml").read_text())["name"]

    document = json.loads(space.resource("get", "-w", space.name, "-n", name, "-o", "json"))
    for member in ("status", "runtime", "details"):
        document.pop(member, None)
    for member in ("execution", "suspend"):
        document["workflow"].pop(member, None)
    file = written(space, json.dumps(document), "again.yaml")
    subprocess.run([str(NILUS), "validate", "-f", file], check=True, stdout=subprocess.DEVNULL)


def test_a_dry_run_keeps_nothing(space):
    text = applied(space, "seed-stripe.yaml", "--dry-run", "server")

    assert "dry run" in text
    assert space.list("workflows") == []


def test_a_secret_arrives_and_shows_nowhere(space, canary):
    file = written(space, SECRET)
    environment = {"STRIPE_API_KEY": canary}
    said = space.resource("apply", "-w", space.name, "-f", file, environment=environment)
    for output in ("table", "yaml", "json"):
        said += space.resource("get", "-t", "instance-secret", "-w", space.name, "-o", output)
    said += space.resource("get", "-t", "instance-secret", "-w", space.name, "-n", "stripe-secret", "-o", "yaml")

    secret = space.get("secrets", "stripe-secret")
    assert base64.b64decode(secret["data"]["STRIPE_API_KEY"]).decode() == canary
    assert "stripe-secret" in said
    assert canary not in said and base64.b64encode(canary.encode()).decode() not in said


def with_credential(place, value):
    """A Workflow with a credential where everybody who may read the workflow reads it."""
    declared = workflow()
    node = declared["spec"]["dag"][0]["spec"]
    if place == "envs":
        node["envs"] = [{"SPARE_KEY": value}]
    elif place == "title":
        declared["spec"]["title"] = f"with {value}"
    elif place == "api_key":
        node["stackSpec"]["source"]["address"] = f"stripe://?api_key={value}"
    else:
        node["stackSpec"]["sink"]["address"] = f"iceberg+rest://catalog.example.com/v1?warehouse=w&token={value}"
    return declared


CREDENTIALS = [("envs", "the credential in variable 'SPARE_KEY' stands in the manifest, where others can read it; "
                        "put it into an instance secret"),
               ("api_key", "the Stripe key stands in the manifest, where others can read it; "
                           "put it into an instance secret and write 'api_key={STRIPE_API_KEY}'"),
               ("title", "a Stripe key stands in the manifest, where others can read it; "
                         "put it into an instance secret"),
               ("token", "the credential in parameter 'token' stands in the manifest, where others can read it; "
                         "put it into an instance secret and write 'token={TOKEN}'")]


@pytest.mark.parametrize("place, words", CREDENTIALS)
def test_a_credential_in_a_workflow_is_not_applied(space, canary, place, words):
    for value in (canary, "${CANARY}"):
        document = {"name": "loads", "version": "v1", "type": "workflow",
                    "workflow": with_credential(place, value)["spec"]}
        said = space.resource("apply", "-w", space.name, "-f", written(space, yaml.safe_dump(document)), expect=78,
                              environment={"CANARY": canary})

        assert "resource.yaml:" in said and canary not in said
        # What the environment would fill in is refused where it stands, or when it is filled in.
        filled = "it holds a Stripe key" if place == "title" else "holds '${…}'"
        assert (words if value == canary else filled) in said
        assert space.list("workflows") == []


def stalled(space, name):
    """Why a workflow stands still."""
    conditions = space.get("workflows", name).get("status", {}).get("conditions", [])
    return "".join(item["message"] for item in conditions if item["type"] == "Stalled")


def test_the_operator_copies_no_credential_of_a_workflow(space, canary):
    # What looks like a key in the address of a source is refused by the server already.
    secret = canary.removeprefix("sk_test_")
    with space.operator() as operator:
        for place, words in CREDENTIALS:
            declared = with_credential(place, f"sk_{secret}" if place == "api_key" else canary)
            declared["metadata"]["name"] = place.replace("_", "-")
            space.put(declared)
            eventually(lambda: words in stalled(space, declared["metadata"]["name"]))
        eventually(lambda: len(space.list("events")) >= len(CREDENTIALS))
        seen = [operator.page("/metrics")[1], operator.log.read_text()]

    assert space.list("jobs") == []
    seen += [json.dumps(space.list(plural)) for plural in ("configmaps", "events", "workflowruns", "pods")]
    seen += [json.dumps(item["status"]) for item in space.list("workflows")]
    for text in seen:
        assert secret not in text


def test_a_variable_that_is_not_set_is_named(space):
    said = space.resource("apply", "-w", space.name, "-f", written(space, SECRET), expect=78)

    assert "'${STRIPE_API_KEY}'" in said and "resource.yaml:9:" in said
    assert space.api.find("secrets", space.name, "stripe-secret") is None


def test_a_depot_is_kept_for_the_jobs_that_write_to_it(space):
    applied(space, "depot-lakehouse.yaml")

    config = space.get("configmaps", "nilus-depot-lakehouse")
    assert yaml.safe_load(config["data"]["lakehouse.yaml"])["type"] == "depot"
    assert config["metadata"]["annotations"]["nilus.dataos.io/secrets"] == "lakehouse-s3"
    with space.operator():
        space.put(workflow())
        pod = space.job("loads-g1")["spec"]["template"]["spec"]
    assert "lakehouse-s3" in [volume.get("secret", {}).get("secretName") for volume in pod["volumes"]]


def test_a_faulty_manifest_changes_nothing_and_names_the_place(space):
    text = (SAMPLES / "seed-stripe.yaml").read_text().replace("source-table", "soruce-table")
    said = space.resource("apply", "-w", space.name, "-f", written(space, text, "faulty.yaml"), expect=78)

    assert "faulty.yaml:" in said and "soruce-table" in said
    assert space.list("workflows") == []


def test_the_fields_of_another_manager_are_not_taken_without_force(space):
    applied(space, "seed-stripe.yaml")
    name = yaml.safe_load((SAMPLES / "seed-stripe.yaml").read_text())["name"]
    changed = space.get("workflows", name)["spec"]
    changed["dag"][0]["spec"]["stackSpec"]["source"]["options"]["source-table"] = "refund"
    declared = {"apiVersion": "nilus.dataos.io/v1", "kind": "Workflow", "metadata": {"name": name}, "spec": changed}
    space.api.apply("workflows", space.name, name, declared, "somebody", force=True)

    said = space.resource("apply", "-w", space.name, "-f", str(SAMPLES / "seed-stripe.yaml"), expect=69)
    assert '"somebody"' in said and "--force" in said
    applied(space, "seed-stripe.yaml", "--force")


def test_what_is_missing_is_refused_with_its_name(space):
    said = space.resource("get", "-w", space.name, "-n", "nobody", expect=69)

    assert "cannot get workflow 'nobody'" in said and "404" in said


def test_a_wrong_token_is_a_missing_permission(space):
    config = yaml.safe_load(pathlib.Path(space.kubeconfig).read_text())
    config["users"][0]["user"] = {"token": "not-a-token"}
    file = written(space, yaml.safe_dump(config), "wrong.kubeconfig")

    said = space.resource("get", "-w", space.name, "--kubeconfig", file, expect=77)
    assert "401" in said and "not-a-token" not in said


def test_nobody_there_is_worth_another_try(space):
    config = {"apiVersion": "v1", "kind": "Config", "current-context": "a",
              "clusters": [{"name": "a", "cluster": {"server": "https://127.0.0.1:1"}}],
              "users": [{"name": "a", "user": {"token": "t"}}],
              "contexts": [{"name": "a", "context": {"cluster": "a", "user": "a"}}]}
    file = written(space, yaml.safe_dump(config), "silent.kubeconfig")

    assert "no answer" in space.resource("get", "-w", space.name, "--kubeconfig", file, expect=75)


def test_describe_tells_conditions_runs_and_events(space):
    with space.operator("--backoff-limit", "0"):
        space.put(workflow())
        job = space.job("loads-g1")
        space.run_of(job)
        space.end_pod(space.pod_of(job), 137, "OOMKilled")
        eventually(lambda: space.get("workflows", "loads")["status"]["runtime"] == "failed")
        eventually(lambda: [event for event in space.list("events") if event.get("reason") == "OOMKilled"])
        text = space.resource("describe", "-w", space.name, "-n", "loads")

    assert "Conditions:" in text and "Runs:" in text and "Events:" in text
    assert job["metadata"]["uid"] in text and "OOMKilled" in text


def test_delete_takes_the_resources_of_a_file(space):
    applied(space, "seed-stripe.yaml")
    space.resource("delete", "-w", space.name, "-f", str(SAMPLES / "seed-stripe.yaml"))

    eventually(lambda: space.list("workflows") == [])
    with pytest.raises(Refused):
        space.get("workflows", "seed-stripe")
