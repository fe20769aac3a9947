"""The API server of the contract suite: that of $KUBECONFIG, or the stand-in that behaves as a real one was seen to.

Whatever a server is too old for is skipped by the name of the feature.
"""
import contextlib
import os
import pathlib
import re
import secrets

import pytest
import yaml
from cluster.client import Api, Refused, eventually, path
from cluster.space import JOB_ACCESS, OPERATOR_ACCESS, Space
from cluster.standin import Standin
from harness.programs import ROOT

DEFINITIONS = [ROOT / "deploy" / "crds" / name for name in ("workflows.yaml", "workflowruns.yaml")]
# Rules in definitions are known since 1.25; time zones and failure policies came to stay with the versions below.
FEATURES = {"rules": 25, "cron jobs": 21, "time zones": 27, "pod failure policy": 26, "strict fields": 25,
            "suspended jobs": 24, "streaming lists": 34}
# What takes an etcd that can be told to forget, a kubelet that writes what a test wants, and a server of one's own.
OF_THE_STANDIN = {"compaction on demand", "logs on demand", "record of the rights in use",
                  "definition that a test may change"}
# What the stand-in leaves out.
OF_A_REAL_SERVER = {"kinds that are not its own"}


class Server:
    """An API server and what it is able to do."""

    def __init__(self, kubeconfig, standin=None):
        self.kubeconfig = kubeconfig
        self.standin = standin
        self.api = Api.from_kubeconfig(kubeconfig)
        self.minor = int("".join(c for c in self.api.ask("GET", "/version")["minor"] if c.isdigit()))

    def has(self, feature):
        if feature in OF_THE_STANDIN | OF_A_REAL_SERVER:
            return (self.standin is not None) == (feature in OF_THE_STANDIN)
        return self.minor >= FEATURES[feature]

    def authority(self, folder):
        """The file of the certificate that signed the server's."""
        config = yaml.safe_load(pathlib.Path(self.kubeconfig).read_text())
        cluster = config["clusters"][0]["cluster"]
        if "certificate-authority" in cluster:
            return cluster["certificate-authority"]
        import base64
        file = pathlib.Path(folder) / "ca.crt"
        file.write_bytes(base64.b64decode(cluster["certificate-authority-data"]))
        return str(file)

    def define(self):
        """Creates or updates the definitions of Workflow and WorkflowRun."""
        for file in DEFINITIONS:
            definition = yaml.safe_load(file.read_text())
            if not self.has("rules"):
                definition = as_before_1_25(definition)
            # Several workers of the suite may do this at the same time.
            eventually(lambda: self.put_definition(definition))
        for plural in ("workflows", "workflowruns"):
            eventually(lambda: self.api.list(plural, "default") is not None)

    def put_definition(self, definition):
        name = definition["metadata"]["name"]
        present = self.api.find("customresourcedefinitions", None, name)
        if present is None:
            return self.api.create("customresourcedefinitions", None, definition)
        metadata = {**definition["metadata"], "resourceVersion": present["metadata"]["resourceVersion"]}
        return self.api.ask("PUT", path("customresourcedefinitions", None, name), {**definition, "metadata": metadata})


def as_before_1_25(value):
    """A definition as an old server takes it: without rules, and without 'int or string', which old servers cannot merge
    field by field."""
    if isinstance(value, dict):
        if value.get("x-kubernetes-int-or-string"):
            return {"x-kubernetes-preserve-unknown-fields": True}
        return {name: as_before_1_25(item) for name, item in value.items() if name != "x-kubernetes-validations"}
    return [as_before_1_25(item) for item in value] if isinstance(value, list) else value


@pytest.fixture(scope="session")
def server(tmp_path_factory):
    named = os.environ.get("KUBECONFIG")
    if named:
        server = Server(named)
        server.define()
        yield server
        return
    with Standin(tmp_path_factory.mktemp("standin")) as standin:
        server = Server(standin.kubeconfig, standin)
        server.define()
        yield server


@pytest.fixture
def space(server, tmp_path):
    """A namespace with the accounts and roles of the operator's deployment."""
    name = f"nilus-test-{secrets.token_hex(4)}"
    namespace = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}}
    server.api.create("namespaces", None, namespace)
    space = Space(server.api, name, server.authority(tmp_path), server.kubeconfig, tmp_path)
    space.grant(JOB_ACCESS)
    space.grant(OPERATOR_ACCESS)
    yield space
    server.api.delete("namespaces", None, name)


@pytest.fixture
def canary():
    """A key that nobody else has."""
    return f"sk_test_canary{secrets.token_hex(12)}"


def pytest_runtest_setup(item):
    for mark in item.iter_markers("needs"):
        named = os.environ.get("KUBECONFIG")
        for feature in mark.args:
            if named and not Server(named).has(feature):
                pytest.skip(f"this API server has no {feature}")
            if not named and feature in OF_A_REAL_SERVER:
                pytest.skip(f"the stand-in has no {feature}")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    """Beside a failure: how its workflows stood and what its operators logged, which nobody can ask for afterwards."""
    report = yield
    space = getattr(item, "funcargs", {}).get("space")
    if report.when != "call" or not report.failed or space is None:
        return report
    with contextlib.suppress(Refused, OSError):
        report.sections.append(("workflows", without_keys(yaml.safe_dump(space.list("workflows")))))
    for log in sorted(space.folder.glob("*.log")):
        report.sections.append((log.name, without_keys("\n".join(log.read_text().splitlines()[-200:]))))
    return report


def without_keys(text):
    return re.sub(r"(sk|rk)_(test|live)_\w+", "(a key)", text)


def pytest_configure(config):
    config.addinivalue_line("markers", "needs(feature, …): features of an API server without which a test says nothing")
