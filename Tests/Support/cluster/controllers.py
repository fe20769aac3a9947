"""What a controller manager does around the objects that tests look at: it collects orphans and runs Jobs."""
import copy
import datetime
import threading
import uuid

from .objects import moment


class Controllers:
    """A thread that looks at all objects whenever one changed, and at least once a second."""

    def __init__(self, objects):
        self.objects = objects
        self.stopping = False
        self.thread = threading.Thread(target=self.run, daemon=True)

    def start(self):
        self.thread.start()

    def stop(self):
        self.stopping = True
        with self.objects.lock:
            self.objects.changed.notify_all()
        self.thread.join()

    def run(self):
        seen = None
        while not self.stopping:
            with self.objects.lock:
                if seen == self.objects.version:
                    self.objects.changed.wait(timeout=1)
                seen = self.objects.version
                self.collect()
                owned = self.owned()
                for key, job in list(self.objects.items.items()):
                    if key[0] == "jobs":
                        self.run_job(job, owned.get(job["metadata"]["uid"], []))

    def owned(self):
        """What each uid owns; looked up once, for there may be thousands of objects."""
        owned = {}
        for key, item in self.objects.items.items():
            for owner in item["metadata"].get("ownerReferences", []):
                owned.setdefault(owner["uid"], []).append((key, item))
        return owned

    # the collector

    def collect(self):
        uids = {item["metadata"]["uid"] for item in self.objects.items.values()}
        leaving = {item["metadata"]["uid"] for item in self.objects.items.values()
                   if "foregroundDeletion" in item["metadata"].get("finalizers", [])}
        for (plural, namespace, name), item in list(self.objects.items.items()):
            metadata = item["metadata"]
            owners = metadata.get("ownerReferences", [])
            is_orphan = owners and all(owner["uid"] not in uids for owner in owners)
            leaves = any(owner["uid"] in leaving for owner in owners)
            is_waiting = "foregroundDeletion" in metadata.get("finalizers", [])
            if is_orphan or leaves or is_waiting and not self.objects.dependents(item):
                self.objects.remove(self.objects.kind_of(plural), namespace, name)

    # the Job controller

    def run_job(self, job, owned):
        if "deletionTimestamp" in job["metadata"] or job["spec"].get("suspend"):
            return
        status = copy.deepcopy(job.get("status") or {"startTime": moment()})
        conditions = status.get("conditions", [])
        if any(item["type"] in ("Complete", "Failed") for item in conditions):
            return
        pods = [other for key, other in owned if key[0] == "pods"]
        phases = [pod["status"].get("phase", "Pending") for pod in pods]
        failed = sum(phase == "Failed" and not self.is_ignored(job, pod) for phase, pod in zip(phases, pods))
        if "Succeeded" in phases:
            status.update(succeeded=1, active=0, completionTime=moment())
            status["conditions"] = pair("SuccessCriteriaMet", "Complete", "CompletionsReached", "Reached expected number")
        elif self.is_late(job, status):
            self.stop_pods(pods)
            status.update(active=0, failed=failed)
            status["conditions"] = pair("FailureTarget", "Failed", "DeadlineExceeded",
                                        "Job was active longer than specified deadline")
        elif self.fails_at_once(job, pods) or failed > job["spec"].get("backoffLimit", 6):
            reason = "PodFailurePolicy" if self.fails_at_once(job, pods) else "BackoffLimitExceeded"
            status.update(active=0, failed=failed)
            status["conditions"] = pair("FailureTarget", "Failed", reason, "Job has reached its limit of failed pods")
        else:
            status.update(active=1, failed=failed)
            if all(phase == "Failed" for phase in phases):
                self.start_pod(job)
        if status != job.get("status"):
            changed = copy.deepcopy(self.objects.items[key_of("jobs", job)])
            changed["status"] = status
            self.objects.store(self.objects.kind_of("jobs"), changed, "MODIFIED")

    def is_late(self, job, status):
        limit = job["spec"].get("activeDeadlineSeconds")
        start = datetime.datetime.fromisoformat(status["startTime"].replace("Z", "+00:00"))
        age = datetime.datetime.now(datetime.timezone.utc) - start
        return limit is not None and age.total_seconds() >= limit

    def is_ignored(self, job, pod):
        """Whether the first rule of the pod failure policy that fits lets the pod cost no attempt."""
        conditions = {(item["type"], item["status"]) for item in pod["status"].get("conditions", [])}
        return any(rule["action"] == "Ignore" and any((item["type"], item["status"]) in conditions
                                                      for item in rule.get("onPodConditions", []))
                   for rule in job["spec"].get("podFailurePolicy", {}).get("rules", []))

    def fails_at_once(self, job, pods):
        """Whether a rule of the pod failure policy ends the Job."""
        rules = job["spec"].get("podFailurePolicy", {}).get("rules", [])
        values = [code for rule in rules if rule["action"] == "FailJob" for code in rule["onExitCodes"]["values"]]
        codes = [state["state"].get("terminated", {}).get("exitCode") for pod in pods if not self.is_ignored(job, pod)
                 for state in pod["status"].get("containerStatuses", [])]
        return any(code in values for code in codes)

    def start_pod(self, job):
        kind, metadata = self.objects.kind_of("pods"), job["metadata"]
        labels = {"job-name": metadata["name"], "controller-uid": metadata["uid"],
                  "batch.kubernetes.io/job-name": metadata["name"],
                  "batch.kubernetes.io/controller-uid": metadata["uid"]}
        template = copy.deepcopy(job["spec"]["template"])
        owner = {"apiVersion": "batch/v1", "kind": "Job", "name": metadata["name"], "uid": metadata["uid"],
                 "controller": True, "blockOwnerDeletion": True}
        pod = {"metadata": {"name": f"{metadata['name']}-{uuid.uuid4().hex[:5]}", "ownerReferences": [owner],
                            "labels": {**template.get("metadata", {}).get("labels", {}), **labels}},
               "spec": template["spec"], "status": {"phase": "Pending"}}
        self.objects.create(kind, metadata["namespace"], pod, "job-controller")

    def stop_pods(self, pods):
        for pod in pods:
            if pod["status"].get("phase") in (None, "Pending", "Running"):
                self.objects.remove(self.objects.kind_of("pods"), pod["metadata"]["namespace"], pod["metadata"]["name"])


def key_of(plural, item):
    return (plural, item["metadata"].get("namespace", ""), item["metadata"]["name"])


def pair(first, second, reason, message):
    """Conditions of a Job come in pairs."""
    return [{"type": kind, "status": "True", "reason": reason, "message": message, "lastProbeTime": moment(),
             "lastTransitionTime": moment()} for kind in (first, second)]
