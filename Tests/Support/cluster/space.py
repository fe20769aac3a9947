"""A namespace of a cluster with the identities of nilus in it, and the part of a kubelet that tests play."""
import contextlib
import datetime
import os
import pathlib
import signal
import subprocess
import urllib.error
import urllib.request

import yaml

from harness.programs import NILUS, ROOT, free_port, stopped, wait_for

from .client import Refused, eventually, path

JOB_ACCESS = ROOT / "deploy" / "kustomize" / "operator" / "job-access.yaml"
JOB_ALONE_ACCESS = ROOT / "deploy" / "kustomize" / "job" / "job-access.yaml"
JOB_ALONE_ACCOUNT = "stripe-charges"
OPERATOR_ACCESS = ROOT / "deploy" / "kustomize" / "operator" / "operator-access.yaml"


def now():
    return datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


def workflow(name="loads", key="STRIPE_API_KEY", nodes=("only",), **spec):
    """A Workflow; each node waits for the one before it."""
    def node(position):
        item = {"name": nodes[position], "spec": {
            "stack": "nilus:1.0",
            "dataosSecrets": [{"name": "stripe-secret", "key": key, "consumptionType": "file"}],
            "stackSpec": {
                "source": {"address": "stripe://?api_key={%s}" % key, "options": {"source-table": "charge"}},
                "sink": {"address": "dataos://lakehouse", "options": {"dest-table": f"stripe.t{position}"}}}}}
        if position:
            item["dependencies"] = [nodes[position - 1]]
        return item
    return {"apiVersion": "nilus.dataos.io/v1", "kind": "Workflow", "metadata": {"name": name},
            "spec": {"dag": [node(position) for position in range(len(nodes))], **spec}}


class Space:
    """One namespace; everything in it goes when the test ends."""

    def __init__(self, api, name, authority, kubeconfig, folder):
        self.api = api
        self.name = name
        self.authority = authority
        self.kubeconfig = kubeconfig
        self.folder = pathlib.Path(folder)

    # identities

    def grant(self, file):
        """Applies accounts, roles and bindings of the deployment in this namespace, as they are."""
        plurals = {"ServiceAccount": "serviceaccounts", "Role": "roles", "RoleBinding": "rolebindings"}
        for document in yaml.safe_load_all(pathlib.Path(file).read_text()):
            for subject in document.get("subjects", []):
                subject["namespace"] = self.name
            name = document["metadata"]["name"]
            with contextlib.suppress(Refused):
                self.api.delete(plurals[document["kind"]], self.name, name)
            self.api.create(plurals[document["kind"]], self.name, document)

    def token(self, account):
        """A token of a service account, once its rights have arrived."""
        request = {"apiVersion": "authentication.k8s.io/v1", "kind": "TokenRequest",
                   "spec": {"expirationSeconds": 3600}}
        answer = self.api.ask("POST", path("serviceaccounts", self.name, account, "token"), request)
        return answer["status"]["token"]

    def identity(self, account):
        return self.api.with_token(self.token(account), self.authority)

    def account_folder(self, account):
        """What Kubernetes mounts for a service account."""
        folder = self.folder / f"account-{account}"
        folder.mkdir(exist_ok=True)
        (folder / "token").write_text(self.token(account))
        (folder / "ca.crt").write_bytes(pathlib.Path(self.authority).read_bytes())
        (folder / "namespace").write_text(self.name)
        return folder

    def pod_environment(self, account, **more):
        """The variables of a pod that runs under a service account."""
        return {"PATH": os.environ["PATH"], "KUBERNETES_SERVICE_HOST": self.api.address.hostname,
                "KUBERNETES_SERVICE_PORT": str(self.api.address.port),
                "NILUS_SERVICE_ACCOUNT_DIR": str(self.account_folder(account)), "NO_PROXY": "127.0.0.1", **more}

    # objects

    def put(self, workflow):
        return self.api.create("workflows", self.name, workflow)

    def get(self, plural, name):
        return self.api.get(plural, self.name, name)

    def list(self, plural, **query):
        return self.api.list(plural, self.name, **query)

    def job(self, name):
        """The Job of that name, once it is there."""
        return eventually(lambda: self.api.find("jobs", self.name, name))

    def pod_of(self, job):
        """The pod that the Job controller made for a Job."""
        uid = job["metadata"]["uid"]
        return eventually(lambda: [pod for pod in self.list("pods") if owner(pod) == uid
                                   and pod.get("status", {}).get("phase") in (None, "Pending", "Running")])[0]

    def run_of(self, job):
        return eventually(lambda: self.api.find("workflowruns", self.name, run_name(job)))

    # a CronJob controller

    def tick(self, cron_job, minute):
        """Makes the Job that a CronJob makes when a minute comes, minutes since the epoch."""
        cron = self.get("cronjobs", cron_job)
        template = cron["spec"]["jobTemplate"]
        due = datetime.datetime.fromtimestamp(minute * 60, datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
        reference = {"apiVersion": "batch/v1", "kind": "CronJob", "name": cron_job, "uid": cron["metadata"]["uid"],
                     "controller": True, "blockOwnerDeletion": True}
        metadata = {**template.get("metadata", {}), "name": f"{cron_job}-{minute}", "ownerReferences": [reference],
                    "annotations": {"batch.kubernetes.io/cronjob-scheduled-timestamp": due}}
        job = self.api.create("jobs", self.name, {"apiVersion": "batch/v1", "kind": "Job", "metadata": metadata,
                                                  "spec": template["spec"]})
        self.api.merge("cronjobs", self.name, cron_job, {"status": {"lastScheduleTime": due}}, "status")
        return job

    # a kubelet

    def pod_status(self, pod, **status):
        status.setdefault("startTime", pod["status"].get("startTime") or now())
        self.api.merge("pods", self.name, pod["metadata"]["name"], {"status": status}, "status")

    def end_pod(self, pod, code, reason=None, message=""):
        """The container ended."""
        ended = {"exitCode": code, "reason": reason or ("Completed" if code == 0 else "Error"), "message": message,
                 "startedAt": now(), "finishedAt": now()}
        self.pod_status(pod, phase="Succeeded" if code == 0 else "Failed", containerStatuses=[container(
            {"terminated": ended})])

    def evict(self, pod):
        self.pod_status(pod, phase="Failed", reason="Evicted", message="The node was low on resource: memory.")

    def disrupt(self, pod):
        """The pod is moved away: its node is drained, or lost."""
        condition = {"type": "DisruptionTarget", "status": "True", "reason": "EvictionByEvictionAPI"}
        ended = {"exitCode": 75, "reason": "Error", "startedAt": now(), "finishedAt": now()}
        self.pod_status(pod, phase="Failed", conditions=[condition], containerStatuses=[container({"terminated": ended})])

    def hang(self, pod, reason):
        self.pod_status(pod, phase="Pending", containerStatuses=[container(
            {"waiting": {"reason": reason, "message": 'secret "stripe-secret" not found'}})])

    def succeed(self, job):
        self.end_pod(self.pod_of(job), 0)

    # programs

    @contextlib.contextmanager
    def operator(self, *arguments, account="nilus-operator", identity="operator-0", log=None):
        """Runs `nilus operator` as in its pod."""
        port = free_port()
        log = log or self.folder / f"{identity}.log"
        environment = self.pod_environment(
            account, NILUS_NAMESPACE=self.name, NILUS_POD_NAME=identity, NILUS_JOB_IMAGE="nilus:test",
            NILUS_JOB_SERVICE_ACCOUNT="nilus-job")
        with open(log, "ab") as output:
            process = subprocess.Popen(
                [str(NILUS), "operator", "--listen", f"127.0.0.1:{port}", "--log-format", "json", *arguments],
                env=environment, stdout=output, stderr=output)
        with stopped(process):
            wait_for(port, seconds=60)
            yield Operator(process, port, log)
            # A test may stop it, or kill it; whatever else ends it is a fault that its workflows might not show.
            assert process.poll() in (None, 0, -signal.SIGKILL), f"the operator ended by itself: {process.returncode}"

    def resource(self, *arguments, expect=0, environment=None):
        """Runs `nilus resource` as a person does, and returns what it printed."""
        variables = {"PATH": os.environ["PATH"], "KUBECONFIG": str(self.kubeconfig), "NO_PROXY": "127.0.0.1",
                     **(environment or {})}
        ended = subprocess.run(
            [str(NILUS), "resource", *arguments], env=variables, capture_output=True, text=True, timeout=120)
        assert ended.returncode == expect, f"exit code {ended.returncode}:\n{ended.stderr}\n{ended.stdout}"
        return ended.stdout + ended.stderr


class Operator:
    """A running operator."""

    def __init__(self, process, port, log):
        self.process = process
        self.port = port
        self.log = log

    def page(self, target):
        """Status and body of a page of its own."""
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{target}", timeout=10) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()

    def metric(self, name):
        lines = self.page("/metrics")[1].splitlines()
        return next(float(line.split()[-1]) for line in lines if line.startswith(name + " "))

    def leads(self):
        return self.metric("nilus_operator_leader") == 1

    def kill(self):
        """Ends it as a node that is switched off does."""
        self.process.kill()
        self.process.wait()

    @property
    def resident_bytes(self):
        status = pathlib.Path(f"/proc/{self.process.pid}/status").read_text()
        return 1024 * next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmRSS"))


def container(state):
    return {"name": "nilus", "ready": False, "restartCount": 0, "image": "nilus:test", "imageID": "", "state": state}


def owner(item):
    return next((reference["uid"] for reference in item["metadata"].get("ownerReferences", [])
                 if reference.get("controller")), None)


def run_name(job):
    return f"{job['metadata']['name']}-{job['metadata']['uid']}"
