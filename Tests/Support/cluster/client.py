"""An API server as a test speaks to it: the same for the stand-in and for a real one."""
import base64
import http.client
import json
import os
import ssl
import tempfile
import time
import urllib.parse

import yaml

GROUP = "/apis/nilus.dataos.io/v1"
PREFIXES = {
    "workflows": GROUP, "workflowruns": GROUP, "jobs": "/apis/batch/v1", "cronjobs": "/apis/batch/v1",
    "pods": "/api/v1", "secrets": "/api/v1", "configmaps": "/api/v1", "serviceaccounts": "/api/v1",
    "events": "/apis/events.k8s.io/v1", "leases": "/apis/coordination.k8s.io/v1",
    "roles": "/apis/rbac.authorization.k8s.io/v1", "rolebindings": "/apis/rbac.authorization.k8s.io/v1",
    "clusterroles": "/apis/rbac.authorization.k8s.io/v1", "clusterrolebindings": "/apis/rbac.authorization.k8s.io/v1",
    "customresourcedefinitions": "/apis/apiextensions.k8s.io/v1", "namespaces": "/api/v1", "nodes": "/api/v1",
}
CLUSTER_WIDE = {"customresourcedefinitions", "namespaces", "nodes", "clusterroles", "clusterrolebindings"}
PATIENCE = 60


class Refused(Exception):
    """An answer of the server that is no success."""

    def __init__(self, status, body):
        super().__init__(f"{status}: {body.get('message', body)}")
        self.status = status
        self.reason = body.get("reason", "")
        self.message = body.get("message", "")


def path(plural, namespace=None, name=None, subresource=None):
    """The path of an object or a collection."""
    parts = [PREFIXES[plural]]
    if namespace and plural not in CLUSTER_WIDE:
        parts.append(f"namespaces/{namespace}")
    parts.append(plural)
    parts += [part for part in (name, subresource) if part]
    return "/".join(parts)


class Api:
    """One identity at one API server."""

    def __init__(self, server, context, token=None):
        self.address = urllib.parse.urlsplit(server)
        self.context = context
        self.token = token

    @classmethod
    def from_kubeconfig(cls, file):
        """The identity of the current context."""
        with open(file, encoding="utf-8") as text:
            config = yaml.safe_load(text)
        by_name = {kind: {entry["name"]: entry[kind[:-1]] for entry in config[kind]}
                   for kind in ("clusters", "users", "contexts")}
        context = by_name["contexts"][config["current-context"]]
        cluster, user = by_name["clusters"][context["cluster"]], by_name["users"][context["user"]]
        tls = ssl.create_default_context(cafile=cluster.get("certificate-authority"),
                                         cadata=decoded(cluster, "certificate-authority-data"))
        if "client-certificate" in user:
            tls.load_cert_chain(user["client-certificate"], user["client-key"])
        elif "client-certificate-data" in user:
            with tempfile.TemporaryDirectory() as folder:
                files = []
                for name in ("client-certificate", "client-key"):
                    files.append(os.path.join(folder, name))
                    with open(files[-1], "w", encoding="ascii") as pem:
                        pem.write(decoded(user, f"{name}-data"))
                tls.load_cert_chain(*files)
        return cls(cluster["server"], tls, user.get("token"))

    def with_token(self, token, authority):
        """Another identity at the same server."""
        return Api(self.address.geturl(), ssl.create_default_context(cafile=authority), token)

    def ask(self, method, target, body=None, content_type="application/json", **query):
        """Sends one request and returns the JSON of the answer."""
        status, answer = self.raw(method, target, body, content_type, **query)
        if status >= 300:
            raise Refused(status, answer)
        return answer

    def raw(self, method, target, body=None, content_type="application/json", **query):
        """Sends one request and returns status and JSON, whatever the status."""
        connection = http.client.HTTPSConnection(
            self.address.hostname, self.address.port, context=self.context, timeout=30)
        headers = {"Accept": "application/json"}
        if self.token:
            headers["Authorization"] = f"Bearer {self.token}"
        data = None
        if body is not None:
            headers["Content-Type"] = content_type
            data = body if isinstance(body, str) else json.dumps(body)
        try:
            connection.request(method, target + (f"?{urllib.parse.urlencode(query)}" if query else ""), data, headers)
            answer = connection.getresponse()
            text = answer.read()
        finally:
            connection.close()
        try:
            return answer.status, json.loads(text)
        except ValueError:
            return answer.status, {"message": text.decode(errors="replace")}

    def get(self, plural, namespace, name):
        return self.ask("GET", path(plural, namespace, name))

    def find(self, plural, namespace, name):
        """The object, or None when there is none."""
        try:
            return self.get(plural, namespace, name)
        except Refused as error:
            if error.status == 404:
                return None
            raise

    def list(self, plural, namespace=None, **query):
        return self.ask("GET", path(plural, namespace), **query)["items"]

    def create(self, plural, namespace, body):
        return self.ask("POST", path(plural, namespace), body)

    def merge(self, plural, namespace, name, patch, subresource=None):
        return self.ask("PATCH", path(plural, namespace, name, subresource), patch, "application/merge-patch+json")

    def apply(self, plural, namespace, name, body, manager, subresource=None, force=False):
        query = {"fieldManager": manager, **({"force": "true"} if force else {})}
        return self.ask(
            "PATCH", path(plural, namespace, name, subresource), body, "application/apply-patch+yaml", **query)

    def delete(self, plural, namespace, name, **options):
        return self.ask("DELETE", path(plural, namespace, name), options or None)


def decoded(entry, key):
    return base64.b64decode(entry[key]).decode() if key in entry else None


def eventually(read, seconds=PATIENCE):
    """The first value that `read` gives and that is true; what it last gave, or raised, when time is up."""
    deadline = time.monotonic() + seconds
    while True:
        try:
            value = read()
            if value:
                return value
            last = value
        except (Refused, AssertionError, KeyError, IndexError, TypeError) as error:
            last = error
        if time.monotonic() > deadline:
            raise AssertionError(f"not reached in {seconds} s: {last!r}")
        time.sleep(0.1)
