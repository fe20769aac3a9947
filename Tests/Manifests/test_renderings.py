"""The chart and the overlays install the same, resource by resource."""

import os
import subprocess

import pytest
from conftest import ROOT

HELM_LABELS = ("helm.sh/chart", "app.kubernetes.io/managed-by", "app.kubernetes.io/instance")


def by_name(items):
    """The resources by kind and name, without the labels that Helm adds for itself."""
    found = {}
    for item in items:
        for label in HELM_LABELS:
            item["metadata"].get("labels", {}).pop(label, None)
        key = (item["kind"], item["metadata"]["name"])
        assert key not in found, f"{key} is rendered twice"
        found[key] = item
    return found


@pytest.mark.parametrize("mode", ["operator", "operator-all-namespaces", "job"])
def test_helm_renders_what_kustomize_renders(renderings, mode):
    chart, overlay = by_name(renderings[f"helm-{mode}"]), by_name(renderings[f"kustomize-{mode}"])

    assert sorted(chart) == sorted(overlay)
    for key, item in overlay.items():
        assert chart[key] == item, key


def test_values_reach_what_they_are_for(renderings):
    tuned = by_name(renderings["helm-job-tuned"])
    job = tuned["CronJob", "stripe-all"]["spec"]
    (container,) = job["jobTemplate"]["spec"]["template"]["spec"]["containers"]
    ports = tuned["NetworkPolicy", "nilus-job"]["spec"]["egress"][1]["ports"]

    assert container["image"] == "registry.example.com/nilus@sha256:" + "0" * 64
    assert container["imagePullPolicy"] == "Always"
    assert job["suspend"] is True
    assert tuned["ServiceAccount", "stripe-all"]["imagePullSecrets"] == [{"name": "registry"}]
    assert [port["port"] for port in ports] == [8181, 9000]
    assert list(tuned["ConfigMap", "stripe-all"]["data"]) == ["config.yaml"]
    assert "annotations" not in tuned["CronJob", "stripe-all"]["metadata"], "an exception that is not needed"


def test_everything_is_in_the_namespace(renderings):
    for variant, items in renderings.items():
        for item in items:
            if item["kind"] in ("CustomResourceDefinition", "Namespace", "ClusterRole", "ClusterRoleBinding"):
                continue
            assert item["metadata"]["namespace"] == "nilus", (variant, item["kind"], item["metadata"]["name"])


def test_the_files_that_jobs_mount_are_those_of_the_overlay(renderings):
    folder = ROOT / "deploy" / "kustomize" / "overlays" / "job"
    for variant in ("helm-job", "kustomize-job"):
        data = by_name(renderings[variant])["ConfigMap", "stripe-charges"]["data"]
        for name in ("config.yaml", "lakehouse.yaml"):
            assert data[name] == (folder / name).read_text(encoding="utf-8"), variant


def test_parameters_are_not_applied(renderings):
    for variant, items in renderings.items():
        assert ("ConfigMap", "parameters") not in by_name(items), variant


REFUSED_VALUES = {
    "an unknown mode": (["mode=both"], "mode"),
    "a name too long for a CronJob": (["mode=job", "job.name=" + "a" * 53], "name"),
    "a digest that is none": (["image.digest=latest"], "digest"),
    "a port that is none": (["networkPolicy.catalogPort=99999"], "catalogPort"),
    "a misspelled value": (["networkPolicy.catalogport=8181"], "catalogport"),
    "files without a workflow": (["mode=job", r"job.files.depot\.yaml=x"], "has no 'config.yaml'"),
}


@pytest.mark.parametrize("case", REFUSED_VALUES, ids=list(REFUSED_VALUES))
def test_the_chart_refuses_values_that_mean_nothing(case):
    values, expected = REFUSED_VALUES[case]
    sets = [part for value in values for part in ("--set", value)]
    helm = os.environ.get("HELM", ROOT / ".build" / "tools" / "helm")

    result = subprocess.run(
        [helm, "template", "nilus", ROOT / "deploy" / "helm" / "nilus", *sets],
        capture_output=True,
        text=True,
        env={"HOME": str(ROOT / ".build" / "helm")},
        check=False,
    )

    assert result.returncode != 0
    assert expected in result.stderr
