"""The posture of every pod in every variant, beyond what the general scanners look at."""

import pytest
from conftest import ROOT, documents

KINDS = {
    "Deployment": lambda spec: spec["template"]["spec"],
    "CronJob": lambda spec: spec["jobTemplate"]["spec"]["template"]["spec"],
    "Job": lambda spec: spec["template"]["spec"],
}
TERMINAL_EXIT_CODES = [64, 65, 69, 70, 77, 78]
CRASHES = [132, 133, 134, 139]


@pytest.fixture
def workloads(renderings):
    found = [
        (f"{variant}/{item['metadata']['name']}", item)
        for variant, items in renderings.items()
        for item in items
        if item["kind"] in KINDS
    ]
    assert len(found) >= 6, "variants without a workload: the renderings are not what they should be"
    return found


@pytest.fixture
def pods(workloads):
    return [(name, KINDS[item["kind"]](item["spec"])) for name, item in workloads]


@pytest.fixture
def made():
    """The Jobs and CronJobs that the operator makes, as its own tests hold them."""
    files = sorted((ROOT / "Tests" / "Golden" / "Operator").glob("*.yaml"))
    found = [(f"{file.stem}/{item['metadata']['name']}", item) for file in files for item in documents(file)]
    assert len(files) >= 4
    return [(name, item) for name, item in found if item["kind"] in KINDS]


def containers(pods):
    return [(name, container) for name, pod in pods for container in pod["containers"]]


def test_pods_meet_the_restricted_standard(pods):
    """The Pod Security Standard 'restricted', field by field; what it wants absent is absent."""
    for name, pod in pods:
        security = pod["securityContext"]
        assert security["runAsNonRoot"] is True, name
        assert security["seccompProfile"] == {"type": "RuntimeDefault"}, name
        assert not pod.keys() & {"hostNetwork", "hostPID", "hostIPC", "initContainers", "ephemeralContainers"}, name
        kinds = {kind for volume in pod["volumes"] for kind in volume if kind != "name"}
        assert kinds <= {"configMap", "secret", "emptyDir", "projected"}, name
    for name, container in containers(pods):
        security = container["securityContext"]
        assert security["allowPrivilegeEscalation"] is False, name
        assert security["capabilities"] == {"drop": ["ALL"]}, name
        assert security["privileged"] is False, name
        assert not any("hostPort" in port for port in container.get("ports", [])), name


def test_what_the_operator_makes_is_held_to_the_same(made):
    pods = [(name, {"volumes": [], **KINDS[item["kind"]](item["spec"])}) for name, item in made]
    assert len(pods) >= 6

    test_pods_meet_the_restricted_standard(pods)
    test_users_are_fixed_and_the_root_is_read_only(pods)
    for name, container in containers(pods):
        assert container["resources"]["requests"] == container["resources"]["limits"], name
        assert container.get("terminationMessagePolicy", "File") == "File", name
    for name, item in made:
        spec = item["spec"] if item["kind"] == "Job" else item["spec"]["jobTemplate"]["spec"]
        assert len(item["metadata"]["name"]) <= 52 and item["metadata"]["ownerReferences"][0]["uid"], name
        if not spec.get("suspend"):
            follows_the_exit_codes(name, spec)
            assert spec["podReplacementPolicy"] == "Failed" and spec["activeDeadlineSeconds"] > 0, name


def test_users_are_fixed_and_the_root_is_read_only(pods):
    for name, pod in pods:
        security = pod["securityContext"]
        assert (security["runAsUser"], security["runAsGroup"], security["fsGroup"]) == (65532, 65532, 65532), name
        assert pod["enableServiceLinks"] is False, name
    for name, container in containers(pods):
        assert container["securityContext"]["readOnlyRootFilesystem"] is True, name


def test_requests_are_the_limits(pods):
    for name, container in containers(pods):
        resources = container["resources"]
        assert resources["requests"] == resources["limits"], name
        assert resources["limits"] == {"cpu": "100m", "memory": "128Mi", "ephemeral-storage": "64Mi"}, name


def test_tokens_are_projected_and_short_lived(pods):
    for name, pod in pods:
        assert pod["automountServiceAccountToken"] is False, name
        (access,) = [volume for volume in pod["volumes"] if "projected" in volume]
        (token,) = [source for source in access["projected"]["sources"] if "serviceAccountToken" in source]
        assert token["serviceAccountToken"]["expirationSeconds"] <= 3600, name
        assert access["projected"]["defaultMode"] == 0o440, name


def test_secrets_are_optional_read_only_files(pods):
    for name, pod in pods:
        secrets = [volume for volume in pod["volumes"] if "secret" in volume]
        for volume in secrets:
            secret = volume["secret"]
            assert secret["optional"] is True and secret["defaultMode"] == 0o440 and secret["items"], name
        writable = {volume["name"] for volume in pod["volumes"] if "emptyDir" in volume}
        for container in pod["containers"]:
            assert "envFrom" not in container, name
            for variable in container.get("env", []):
                assert "secretKeyRef" not in variable.get("valueFrom", {}), name
            for mount in container["volumeMounts"]:
                assert "subPath" not in mount, name
                assert mount.get("readOnly") is True or mount["name"] in writable, name


def test_volumes_and_mounts_belong_together(pods):
    for name, pod in pods:
        mounted = {mount["name"] for container in pod["containers"] for mount in container["volumeMounts"]}
        assert mounted == {volume["name"] for volume in pod["volumes"]}, name


def test_termination_messages_are_never_the_log(pods):
    for name, container in containers(pods):
        assert container["terminationMessagePath"] == "/dev/termination-log", name
        assert container["terminationMessagePolicy"] == "File", name


def test_jobs_end_and_do_not_overlap(workloads):
    for name, item in workloads:
        if item["kind"] != "CronJob":
            continue
        spec = item["spec"]
        assert len(item["metadata"]["name"]) <= 52, name
        assert spec["concurrencyPolicy"] == "Forbid", name
        job = spec["jobTemplate"]["spec"]
        assert job["podReplacementPolicy"] == "Failed" and job["backoffLimit"] >= 1, name
        assert job["activeDeadlineSeconds"] > 0 and job["ttlSecondsAfterFinished"] > 0, name
        assert job["template"]["spec"]["restartPolicy"] == "Never", name


def test_failure_policies_follow_the_exit_codes(workloads):
    for name, item in workloads:
        if item["kind"] == "CronJob":
            follows_the_exit_codes(name, item["spec"]["jobTemplate"]["spec"])


def follows_the_exit_codes(name, job):
    first, second = job["podFailurePolicy"]["rules"]
    assert first == {"action": "Ignore", "onPodConditions": [{"type": "DisruptionTarget", "status": "True"}]}, name
    codes = second["onExitCodes"]
    assert second["action"] == "FailJob" and codes["operator"] == "In", name
    assert codes["values"] == sorted(TERMINAL_EXIT_CODES + CRASHES), name
    assert codes["containerName"] in [container["name"] for container in job["template"]["spec"]["containers"]]


def test_jobs_know_their_run_id(workloads):
    expected = {
        "NILUS_JOB_NAME": "metadata.labels['batch.kubernetes.io/job-name']",
        "NILUS_JOB_UID": "metadata.labels['batch.kubernetes.io/controller-uid']",
    }
    for name, item in workloads:
        if item["kind"] != "CronJob":
            continue
        (container,) = KINDS["CronJob"](item["spec"])["containers"]
        fields = {
            variable["name"]: variable["valueFrom"]["fieldRef"]["fieldPath"]
            for variable in container["env"]
            if "valueFrom" in variable
        }
        assert expected.items() <= fields.items(), name


def test_the_jobs_of_the_operator_run_its_image(renderings):
    for variant, items in renderings.items():
        for item in items:
            if item["kind"] == "Deployment":
                (container,) = item["spec"]["template"]["spec"]["containers"]
                (image,) = [entry["value"] for entry in container["env"] if entry["name"] == "NILUS_JOB_IMAGE"]
                assert image == container["image"], variant


def test_nobody_reads_secrets_or_uses_wildcards(renderings):
    for variant, items in renderings.items():
        for item in items:
            assert item["kind"] != "Secret", variant
            assert variant.endswith("-all-namespaces") or not item["kind"].startswith("ClusterRole"), variant
            for rule in item.get("rules", []) if item["kind"] in ("Role", "ClusterRole") else []:
                assert "secrets" not in rule["resources"], variant
                assert "*" not in rule["resources"] + rule["verbs"] + rule["apiGroups"], variant


def test_an_operator_of_all_namespaces_may_do_there_what_it_may_do_in_its_own(renderings):
    """Less the Lease, of which there is one."""
    items = {(item["kind"], item["metadata"]["name"]): item for item in renderings["kustomize-operator-all-namespaces"]}
    own, everywhere = items["Role", "nilus-operator"]["rules"], items["ClusterRole", "nilus-operator"]["rules"]
    (container,) = items["Deployment", "nilus-operator"]["spec"]["template"]["spec"]["containers"]

    assert everywhere == [rule for rule in own if rule["resources"] != ["leases"]]
    assert container["args"][-1] == "--all-namespaces"


def test_pods_are_denied_everything_by_default(renderings):
    for variant, items in renderings.items():
        policies = {item["metadata"]["name"]: item["spec"] for item in items if item["kind"] == "NetworkPolicy"}
        if variant == "crds":
            continue
        assert policies["nilus-default-deny"] == {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]}, variant


def test_network_rules_meet_the_pods(renderings):
    """A rule whose labels no pod has would leave the pod without its network."""
    for variant, items in renderings.items():
        labels = []
        for item in items:
            if item["kind"] == "Deployment":
                labels.append(item["spec"]["template"]["metadata"]["labels"])
            if item["kind"] == "CronJob":
                labels.append(item["spec"]["jobTemplate"]["spec"]["template"]["metadata"]["labels"])
        names = {item["metadata"]["name"] for item in items if item["kind"] == "NetworkPolicy"}
        for pod in labels:
            needed = {"nilus-dns", "nilus-api-server"}
            needed.add("nilus-job" if pod["app.kubernetes.io/component"] == "job" else "nilus-operator")
            assert needed <= names, variant
            for item in items:
                if item["kind"] == "NetworkPolicy" and item["metadata"]["name"] in needed:
                    selector = item["spec"]["podSelector"]["matchLabels"]
                    assert selector.items() <= pod.items(), f"{variant}: {item['metadata']['name']}"


def test_pods_have_an_account_with_a_role(renderings):
    for variant, items in renderings.items():
        named = {(item["kind"], item["metadata"]["name"]): item for item in items}
        accounts = {name for kind, name in named if kind == "ServiceAccount"}
        for (kind, name), item in named.items():
            if kind == "ClusterRoleBinding":
                (subject,) = item["subjects"]
                assert subject["name"] in accounts and ("ClusterRole", item["roleRef"]["name"]) in named, (variant, name)
            if kind == "RoleBinding":
                (subject,) = item["subjects"]
                assert (subject["kind"], subject["namespace"]) == ("ServiceAccount", item["metadata"]["namespace"]), name
                assert subject["name"] in accounts and ("Role", item["roleRef"]["name"]) in named, (variant, name)
            if kind in KINDS:
                account = KINDS[kind](item["spec"])["serviceAccountName"]
                assert account in accounts, (variant, name)
