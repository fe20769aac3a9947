"""The program starts on what a pod of the manifests gives it: the files, the variables, the arguments."""

import json
import subprocess

import pytest
from conftest import NILUS, documents


def workload(items, kind):
    (found,) = [item for item in items if item["kind"] == kind]
    return found


@pytest.fixture
def pod(renderings, tmp_path):
    """Lays the volumes of a rendered CronJob out in a folder, as a kubelet does below '/'."""

    def lay_out(variant):
        items = renderings[variant]
        spec = workload(items, "CronJob")["spec"]["jobTemplate"]["spec"]["template"]["spec"]
        (container,) = spec["containers"]
        volumes = {volume["name"]: volume for volume in spec["volumes"]}
        for mount in container["volumeMounts"]:
            folder = tmp_path / mount["mountPath"].lstrip("/")
            folder.mkdir(parents=True)
            if "configMap" in volumes[mount["name"]]:
                for name, content in workload(items, "ConfigMap")["data"].items():
                    # Kubernetes mounts files as links through a folder of the moment.
                    (folder / "..data").mkdir(exist_ok=True)
                    (folder / "..data" / name).write_text(content, encoding="utf-8")
                    (folder / name).symlink_to(f"..data/{name}")
        environment = {
            entry["name"]: str(tmp_path / entry["value"].lstrip("/")) if entry["value"].startswith("/") else entry["value"]
            for entry in container["env"]
            if "value" in entry
        }
        environment |= {"NILUS_JOB_NAME": "stripe-charges-29926658", "NILUS_JOB_UID": "0c3f", "DATAOS_WORKSPACE": "nilus"}
        return [NILUS, *container["args"]], environment

    return lay_out


@pytest.mark.parametrize("variant", ["kustomize-job", "helm-job", "helm-job-tuned"])
def test_a_job_without_its_secret_says_so_and_ends(pod, variant, tmp_path):
    command, environment = pod(variant)

    result = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60, check=False)

    assert result.returncode == 78, result.stderr
    assert result.stdout == "", "the log of a pod is JSON lines only"
    for line in result.stderr.splitlines():
        json.loads(line)
    (run,) = documents(tmp_path / "etc/dataos/work/status.yaml")
    assert run["status"]["reason"] == "SecretMissing"
    assert run["status"]["nodes"], run
    assert run["spec"]["manifest"]["file"].endswith("etc/dataos/config/config.yaml")


@pytest.mark.parametrize("variant", ["kustomize-operator", "helm-operator"])
def test_the_operator_takes_its_arguments_and_misses_a_cluster_only(renderings, variant, tmp_path):
    (container,) = workload(renderings[variant], "Deployment")["spec"]["template"]["spec"]["containers"]
    environment = {entry["name"]: entry.get("value", "nilus") for entry in container["env"]} | {"HOME": str(tmp_path)}

    result = subprocess.run(
        [NILUS, *container["args"]], env=environment, capture_output=True, text=True, timeout=60, check=False
    )

    assert result.returncode == 78, result.stderr
    assert "cannot find a cluster" in result.stderr


@pytest.mark.parametrize("variant", ["kustomize-operator", "helm-operator"])
def test_the_operator_knows_every_variable_it_is_given(renderings, variant):
    (container,) = workload(renderings[variant], "Deployment")["spec"]["template"]["spec"]["containers"]

    usage = subprocess.run([NILUS, "operator", "--help"], capture_output=True, text=True, timeout=60, check=True).stdout

    for entry in container["env"]:
        assert f"${entry['name']}" in usage, entry["name"]
