"""Every right that there is in a cluster as far as nilus could want it, and a way to ask an API server for each.

Writes are dry runs: the server decides as it always does, and keeps nothing.
"""
import http.client
import json
import urllib.parse

from cluster.client import path
from cluster.space import workflow

VERBS = ("get", "list", "watch", "create", "update", "patch", "delete", "deletecollection")
METHODS = {"create": "POST", "update": "PUT", "patch": "PATCH", "delete": "DELETE", "deletecollection": "DELETE"}
WITHOUT_NAME = {"list", "watch", "create", "deletecollection"}
CORE = ("configmaps", "secrets", "serviceaccounts", "pods")
OWN_LEASE = "leases, nilus-operator"

# resource → its verbs. What stands behind a slash is a subresource, behind a comma one object of the kind.
IN_A_NAMESPACE = {
    **dict.fromkeys(("workflows", "workflowruns", "jobs", "cronjobs", *CORE, "events", "leases", "roles", "rolebindings"),
                    VERBS),
    **dict.fromkeys(("workflows/status", "workflowruns/status"), ("get", "update", "patch")),
    OWN_LEASE: ("get", "update", "patch", "delete"),
    "pods/log": ("get",), "pods/exec": ("create",), "serviceaccounts/token": ("create",),
}
IN_ANOTHER = dict.fromkeys(("workflows", "workflowruns", "jobs", "pods", "secrets", "configmaps"), ("list", "create"))
IN_THE_CLUSTER = dict.fromkeys(
    ("namespaces", "nodes", "customresourcedefinitions", "clusterroles", "clusterrolebindings"),
    ("get", "list", "create", "delete"))

CONTAINER = {"name": "nilus", "image": "nilus:test"}
POD = {"restartPolicy": "Never", "containers": [CONTAINER]}
RBAC = "rbac.authorization.k8s.io"
ROLE = {"apiGroup": RBAC, "kind": "Role", "name": "made"}
BODIES = {
    "workflows": ("nilus.dataos.io/v1", "Workflow", {"spec": workflow()["spec"]}),
    "workflowruns": ("nilus.dataos.io/v1", "WorkflowRun", {"spec": {"workflowRef": {"name": "loads"}}}),
    "jobs": ("batch/v1", "Job", {"spec": {"template": {"spec": POD}}}),
    "cronjobs": ("batch/v1", "CronJob", {"spec": {"schedule": "0 0 1 1 *", "suspend": True, "jobTemplate": {
        "spec": {"template": {"spec": POD}}}}}),
    "pods": ("v1", "Pod", {"spec": POD}), "configmaps": ("v1", "ConfigMap", {"data": {}}),
    "secrets": ("v1", "Secret", {}), "serviceaccounts": ("v1", "ServiceAccount", {}),
    "events": ("events.k8s.io/v1", "Event", {
        "eventTime": "2026-01-01T00:00:00.000000Z", "action": "Test", "reason": "Test", "type": "Normal",
        "reportingController": "nilus.dataos.io/test", "reportingInstance": "test"}),
    "leases": ("coordination.k8s.io/v1", "Lease", {"spec": {}}),
    "roles": (f"{RBAC}/v1", "Role", {"rules": []}), "rolebindings": (f"{RBAC}/v1", "RoleBinding", {"roleRef": ROLE}),
    "clusterroles": (f"{RBAC}/v1", "ClusterRole", {"rules": []}),
    "clusterrolebindings": (f"{RBAC}/v1", "ClusterRoleBinding", {"roleRef": {**ROLE, "kind": "ClusterRole"}}),
    "namespaces": ("v1", "Namespace", {}), "nodes": ("v1", "Node", {}),
    "customresourcedefinitions": ("apiextensions.k8s.io/v1", "CustomResourceDefinition", {"spec": {
        "group": "test.nilus.dataos.io", "scope": "Namespaced", "names": {"plural": "made", "kind": "Made"},
        "versions": [{"name": "v1", "served": True, "storage": True, "schema": {"openAPIV3Schema": {"type": "object"}}}]}}),
}


def body(plural, namespace, name):
    """An object of a kind that a server takes."""
    version, kind, rest = BODIES[plural]
    metadata = {"name": "made.test.nilus.dataos.io" if kind == "CustomResourceDefinition" else name}
    event = {"regarding": {"apiVersion": "v1", "kind": "Pod", "name": "there", "namespace": namespace}}
    return {"apiVersion": version, "kind": kind, "metadata": metadata, **rest, **(event if kind == "Event" else {})}


class Right:
    """A verb for a resource, somewhere."""

    def __init__(self, place, resource, verb, namespace):
        self.place, self.resource, self.verb, self.namespace = place, resource, verb, namespace
        self.plural, _, self.subresource = resource.partition(", ")[0].partition("/")
        self.name = resource.partition(", ")[2] or "there"

    def __str__(self):
        return f"{self.verb} {self.resource}" + ("" if self.place == "own" else f" ({self.place})")

    def request(self, present):
        """Method, target, content type and body; `present` is the object as it is."""
        has_name = self.verb not in WITHOUT_NAME or self.subresource
        target = path(self.plural, self.namespace, self.name if has_name else None, self.subresource)
        query, content = {}, "application/json"
        if self.verb == "watch":
            query = {"watch": "true", "timeoutSeconds": "1"}
        elif self.subresource == "log":
            query = {"container": CONTAINER["name"]}
        elif self.verb in METHODS and self.subresource not in ("token", "exec"):
            query = {"dryRun": "All"}
        data = None
        if self.verb == "create":
            data = {} if self.subresource else body(self.plural, self.namespace, "made")
            if self.subresource == "token":
                data = {"apiVersion": "authentication.k8s.io/v1", "kind": "TokenRequest", "spec": {}}
            if self.subresource == "exec":
                query = {"command": "true", "stdout": "true"}
        elif self.verb == "update":
            data = present
        elif self.verb == "patch":
            content = "application/merge-patch+json"
            data = {"status": {"observedGeneration": 1}} if self.subresource else {"metadata": {"labels": {"a": "b"}}}
        suffix = f"?{urllib.parse.urlencode(query)}" if query else ""
        return METHODS.get(self.verb, "GET"), target + suffix, content, data


def rights(own, other, has_cron_jobs):
    """All of them: in one's own namespace, in another one, and in the cluster."""
    places = (("own", own, IN_A_NAMESPACE), ("in another namespace", other, IN_ANOTHER), ("in the cluster", None,
                                                                                         IN_THE_CLUSTER))
    return [Right(place, resource, verb, namespace) for place, namespace, resources in places
            for resource, verbs in resources.items() for verb in verbs if has_cron_jobs or resource != "cronjobs"]


class Asker:
    """One identity that asks for one right after another, over one connection."""

    def __init__(self, api):
        self.api = api
        self.connection = None

    def ask(self, right, present=None):
        """The status of the answer, and its reason when it is a refusal."""
        method, target, content, data = right.request(present)
        if self.connection is None:
            self.connection = http.client.HTTPSConnection(
                self.api.address.hostname, self.api.address.port, context=self.api.context, timeout=30)
        headers = {"Accept": "application/json", "Content-Type": content}
        if self.api.token:
            headers["Authorization"] = f"Bearer {self.api.token}"
        self.connection.request(method, target, None if data is None else json.dumps(data), headers)
        answer = self.connection.getresponse()
        if right.verb == "watch" and answer.status == 200:
            # Nobody waits for its end.
            self.close()
            return answer.status, ""
        text = answer.read()
        reason = json.loads(text).get("reason", "") if answer.status in (401, 403) else ""
        return answer.status, reason

    def close(self):
        self.connection.close()
        self.connection = None
