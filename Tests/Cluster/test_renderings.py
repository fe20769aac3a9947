"""Everything that is installed, as an API server takes it: each resource of each rendering in a dry run of server-side
apply, with unknown fields refused."""
import json

import pytest
import yaml
from cluster.client import Refused, path
from harness.programs import ROOT

# Where scripts/test-cluster.sh leaves all variants.
RENDERINGS = ROOT / ".build" / "renderings"
WITH_RULES = "apiextensions.k8s.io/v1 CustomResourceDefinition with rules"
KINDS = [
    "v1 Namespace", "v1 ServiceAccount", "v1 ConfigMap", "apps/v1 Deployment", "batch/v1 CronJob",
    "networking.k8s.io/v1 NetworkPolicy", "rbac.authorization.k8s.io/v1 Role", "rbac.authorization.k8s.io/v1 RoleBinding",
    "rbac.authorization.k8s.io/v1 ClusterRole", "rbac.authorization.k8s.io/v1 ClusterRoleBinding",
    "apiextensions.k8s.io/v1 CustomResourceDefinition", WITH_RULES,
]


@pytest.fixture(scope="module")
def resources():
    """The resources of all variants by kind, each with the name of a variant that has it."""
    files = sorted(RENDERINGS.glob("*.yaml"))
    assert files, f"nothing is rendered in {RENDERINGS}; 'make test-cluster' does that"
    found = {}
    for file in files:
        for item in filter(None, yaml.load_all(file.read_text(), Loader=yaml.CSafeLoader)):
            kind = f"{item['apiVersion']} {item['kind']}"
            if "x-kubernetes-validations" in json.dumps(item):
                kind += " with rules"
            found.setdefault(kind, {})[json.dumps(item, sort_keys=True)] = file.stem
    return {kind: [(variant, json.loads(text)) for text, variant in items.items()] for kind, items in found.items()}


def served(api, version, kind):
    """The path of a collection, without a namespace and with whether it has one; None when the server lacks the kind."""
    prefix = f"/apis/{version}" if "/" in version else f"/api/{version}"
    try:
        known = api.ask("GET", prefix)["resources"]
    except Refused as error:
        if error.status == 404:
            return None
        raise
    names = [(item["name"], item["namespaced"]) for item in known if item["kind"] == kind and "/" not in item["name"]]
    return (prefix, *names[0]) if names else None


@pytest.mark.needs("kinds that are not its own")
def test_all_kinds_are_looked_at(resources):
    assert set(resources) == set(KINDS)


@pytest.mark.needs("kinds that are not its own")
@pytest.mark.parametrize("kind", KINDS)
def test_every_resource_is_taken(space, server, resources, kind):
    version, name = kind.split()[:2]
    place = served(space.api, version, name)
    if place is None:
        pytest.skip(f"this API server has no {kind}: {len(resources[kind])} resources were not tried")
    if kind == WITH_RULES and not server.has("rules"):
        pytest.skip("this API server has no rules in definitions: it is given those without")
    prefix, plural, is_namespaced = place
    refused = []
    for variant, item in resources[kind]:
        if is_namespaced:
            item["metadata"]["namespace"] = space.name
        target = f"{prefix}/namespaces/{space.name}/{plural}" if is_namespaced else f"{prefix}/{plural}"
        status, answer = space.api.raw(
            "PATCH", f"{target}/{item['metadata']['name']}", item, "application/apply-patch+yaml", dryRun="All",
            fieldManager="nilus-test", force="true", fieldValidation="Strict")
        if status not in (200, 201):
            refused.append((variant, item["metadata"]["name"], status, answer.get("message")))

    assert refused == []


SAMPLES = sorted((ROOT / "deploy" / "crds" / "samples").glob("*.yaml"))


@pytest.mark.parametrize("file", SAMPLES, ids=[file.stem for file in SAMPLES])
def test_every_sample_is_taken(space, file):
    """A server leaves the status out of what is created; it takes that by itself, and then all of it is looked at."""
    sample = yaml.safe_load(file.read_text())
    plural, name = f"{sample['kind'].lower()}s", sample["metadata"]["name"]
    parts = [(sample, None)]
    if "status" in sample:
        parts.append(({field: sample[field] for field in ("apiVersion", "kind", "status")}, "status"))

    for part, subresource in parts:
        answer = space.api.raw(
            "PATCH", path(plural, space.name, name, subresource), part, "application/apply-patch+yaml",
            fieldManager="nilus-test", fieldValidation="Strict")
        assert answer[0] in (200, 201), answer[1].get("message")

    kept = space.get(plural, name)
    assert kept["spec"] == sample["spec"] and kept.get("status") == sample.get("status")
