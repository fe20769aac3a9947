"""Where the stand-in keeps its objects: versions, history, and the rules by which a write changes them."""
import copy
import datetime
import json
import threading
import uuid
import zoneinfo

from . import fields
from .rules import broken, dotted, undeclared
from .schema import Invalid, prune, unknown_fields, violations

# group, version, plural, kind, whether a namespace holds it, and whether it has a status subresource.
BUILT_IN = [
    ("", "v1", "namespaces", "Namespace", False, True), ("", "v1", "pods", "Pod", True, True),
    ("", "v1", "secrets", "Secret", True, False), ("", "v1", "configmaps", "ConfigMap", True, False),
    ("", "v1", "serviceaccounts", "ServiceAccount", True, False), ("", "v1", "nodes", "Node", False, True),
    ("batch", "v1", "jobs", "Job", True, True), ("batch", "v1", "cronjobs", "CronJob", True, True),
    ("coordination.k8s.io", "v1", "leases", "Lease", True, False),
    ("events.k8s.io", "v1", "events", "Event", True, False),
    ("rbac.authorization.k8s.io", "v1", "roles", "Role", True, False),
    ("rbac.authorization.k8s.io", "v1", "rolebindings", "RoleBinding", True, False),
    ("rbac.authorization.k8s.io", "v1", "clusterroles", "ClusterRole", False, False),
    ("rbac.authorization.k8s.io", "v1", "clusterrolebindings", "ClusterRoleBinding", False, False),
    ("apiextensions.k8s.io", "v1", "customresourcedefinitions", "CustomResourceDefinition", False, True),
]


class Refusal(Exception):
    """An answer of 4xx with a Status."""

    def __init__(self, code, reason, message):
        super().__init__(message)
        self.code, self.reason, self.message = code, reason, message

    @property
    def body(self):
        return {"kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Failure", "message": self.message,
                "reason": self.reason, "code": self.code}


class Kind:
    """A kind that the server knows."""

    def __init__(self, group, version, plural, kind, is_namespaced, has_status, schema=None):
        self.group, self.version, self.plural, self.kind = group, version, plural, kind
        self.is_namespaced, self.has_status, self.schema = is_namespaced, has_status, schema

    @property
    def api_version(self):
        return f"{self.group}/{self.version}" if self.group else self.version

    @property
    def title(self):
        return f"{self.plural}.{self.group}" if self.group else self.plural


def moment():
    return datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


class Objects:
    """All objects, each change of them in order, and whoever waits for the next change."""

    def __init__(self):
        self.lock = threading.RLock()
        self.changed = threading.Condition(self.lock)
        self.kinds = {(kind[0], kind[1], kind[2]): Kind(*kind) for kind in BUILT_IN}
        self.items = {}
        self.version = 1000
        self.history = []
        self.forgotten = 1000

    # reading

    def kind(self, group, version, plural):
        kind = self.kinds.get((group, version, plural))
        if kind is None:
            raise Refusal(404, "NotFound", "the server could not find the requested resource")
        return kind

    def get(self, kind, namespace, name):
        item = self.items.get((kind.plural, namespace, name))
        if item is None:
            raise Refusal(404, "NotFound", f'{kind.title} "{name}" not found')
        return item

    def list(self, kind, namespace):
        return [item for (plural, space, _), item in sorted(self.items.items())
                if plural == kind.plural and (namespace is None or space == namespace)]

    # writing: every method is called with the lock held

    def create(self, kind, namespace, body, manager, is_dry=False):
        metadata = body.setdefault("metadata", {})
        name = metadata.get("name") or (metadata.get("generateName", "") + uuid.uuid4().hex[:5])
        if (kind.plural, namespace, name) in self.items:
            raise Refusal(409, "AlreadyExists", f'{kind.title} "{name}" already exists')
        if kind.is_namespaced:
            space = self.items.get(("namespaces", "", namespace))
            if space is None:
                raise Refusal(404, "NotFound", f'namespaces "{namespace}" not found')
            if "deletionTimestamp" in space["metadata"]:
                raise Refusal(403, "Forbidden", f"namespace {namespace} is being terminated")
            metadata["namespace"] = namespace
        item = self.validated(kind, {**body, "apiVersion": kind.api_version, "kind": kind.kind})
        if kind.has_status and kind.schema is not None:
            item.pop("status", None)
        metadata = item["metadata"]
        metadata.update(name=name, uid=str(uuid.uuid4()), creationTimestamp=moment(), generation=1)
        metadata["managedFields"] = [fields.entry(manager, "Update", fields.paths(item, self.lists(kind)), moment())]
        if not is_dry:
            self.store(kind, item, "ADDED")
        return item

    def replace(self, kind, namespace, name, body, manager, subresource=None, is_dry=False):
        old = self.get(kind, namespace, name)
        wanted = body.get("metadata", {}).get("resourceVersion")
        if wanted and wanted != old["metadata"]["resourceVersion"]:
            raise Refusal(409, "Conflict", f'Operation cannot be fulfilled on {kind.title} "{name}": the object has been '
                          "modified; please apply your changes to the latest version and try again")
        return self.update(kind, old, body, manager, subresource, is_dry)

    def merge(self, kind, namespace, name, patch, manager, subresource=None, is_dry=False):
        old = self.get(kind, namespace, name)
        return self.update(kind, old, merged(old, patch), manager, subresource, is_dry)

    def apply(self, kind, namespace, name, declared, manager, force, subresource=None, is_dry=False):
        """Server-side apply."""
        old = self.items.get((kind.plural, namespace, name))
        if old is None:
            if subresource:
                raise Refusal(404, "NotFound", f'{kind.title} "{name}" not found')
            declared.setdefault("metadata", {})["name"] = name
            item = self.create(kind, namespace, copy.deepcopy(declared), manager, is_dry)
            entries = item["metadata"]["managedFields"]
            entries[0]["operation"] = "Apply"
            return item
        part = self.part(kind, declared, subresource)
        result, entries = fields.applied(
            old, part, manager, subresource, self.lists(kind), force, moment(),
            lambda manager, path: Refusal(409, "Conflict", f'Apply failed with 1 conflict: conflict with "{manager}"'
                                          f" using {kind.api_version}: {path}"))
        return self.finish(kind, old, result, entries, is_dry)

    def part(self, kind, body, subresource):
        """What of a body counts: the status at its subresource, everything else elsewhere."""
        if not kind.has_status or kind.schema is None and subresource is None:
            return body
        if subresource == "status":
            return {"status": body.get("status", {})}
        return {name: value for name, value in body.items() if name != "status"}

    def update(self, kind, old, new, manager, subresource, is_dry):
        item = copy.deepcopy(old)
        if subresource == "status":
            item["status"] = new.get("status", {})
        else:
            kept = {"status": old["status"]} if kind.has_status and "status" in old else {}
            body = {name: value for name, value in new.items() if not (kind.has_status and name == "status")}
            item = {**copy.deepcopy(body), **kept}
            system = ("uid", "creationTimestamp", "generation", "managedFields", "resourceVersion", "deletionTimestamp",
                      "name", "namespace")
            for name in system:
                if name in old["metadata"]:
                    item["metadata"][name] = copy.deepcopy(old["metadata"][name])
                else:
                    item["metadata"].pop(name, None)
        entries = fields.taken_over(old, item, manager, subresource, self.lists(kind), moment())
        return self.finish(kind, old, item, entries, is_dry)

    def finish(self, kind, old, item, entries, is_dry):
        item = self.validated(kind, item, old)
        if without_bookkeeping(item) == without_bookkeeping(old) and owners(entries) == owners(
                old["metadata"].get("managedFields", [])):
            return old
        if kind.plural == "configmaps" and old.get("immutable") and item.get("data") != old.get("data"):
            raise Refusal(422, "Invalid", "field is immutable when `immutable` is set")
        item["metadata"]["managedFields"] = entries
        if item.get("spec") != old.get("spec"):
            item["metadata"]["generation"] = old["metadata"]["generation"] + 1
        if not is_dry:
            self.store(kind, item, "MODIFIED")
        return item

    def delete(self, kind, namespace, name, options, is_dry=False):
        item = self.get(kind, namespace, name)
        uid = options.get("preconditions", {}).get("uid")
        if uid and uid != item["metadata"]["uid"]:
            raise Refusal(409, "Conflict", f"the UID in the precondition ({uid}) does not match the UID in record")
        if is_dry:
            return item
        is_foreground = options.get("propagationPolicy") == "Foreground"
        if is_foreground and self.dependents(item):
            marked = copy.deepcopy(item)
            marked["metadata"]["deletionTimestamp"] = moment()
            marked["metadata"]["finalizers"] = ["foregroundDeletion"]
            self.store(kind, marked, "MODIFIED")
            return marked
        if kind.plural == "namespaces":
            for (plural, space, inner) in [key for key in self.items if key[1] == name]:
                self.remove(self.kind_of(plural), space, inner)
        self.remove(kind, namespace, name)
        return item

    def remove(self, kind, namespace, name):
        item = copy.deepcopy(self.items.pop((kind.plural, namespace, name)))
        self.version += 1
        item["metadata"]["resourceVersion"] = str(self.version)
        self.history.append((self.version, kind.plural, "DELETED", item))
        self.changed.notify_all()

    def store(self, kind, item, change):
        self.version += 1
        item["metadata"]["resourceVersion"] = str(self.version)
        key = (kind.plural, item["metadata"].get("namespace", ""), item["metadata"]["name"])
        self.items[key] = item
        self.history.append((self.version, kind.plural, change, copy.deepcopy(item)))
        if kind.plural == "customresourcedefinitions":
            self.define(item)
        self.changed.notify_all()

    def define(self, definition):
        """A definition makes a kind."""
        spec, names = definition["spec"], definition["spec"]["names"]
        version = spec["versions"][0]
        kind = Kind(spec["group"], version["name"], names["plural"], names["kind"], spec["scope"] == "Namespaced",
                    "status" in version.get("subresources", {}), version["schema"]["openAPIV3Schema"])
        self.kinds[(kind.group, kind.version, kind.plural)] = kind

    # questions

    def kind_of(self, plural):
        return next(kind for kind in self.kinds.values() if kind.plural == plural)

    def dependents(self, item):
        uid = item["metadata"]["uid"]
        return [(key, other) for key, other in self.items.items()
                if any(owner["uid"] == uid for owner in other["metadata"].get("ownerReferences", []))]

    def check_fields(self, kind, body):
        """What strict field validation refuses; of built-in kinds the stand-in knows no fields."""
        unknown = unknown_fields(body, kind.schema) if kind.schema else []
        if unknown:
            listed = ", ".join(f'unknown field "{path}"' for path in unknown)
            raise Refusal(400, "BadRequest", f'{kind.kind} in version "{kind.version}" cannot be handled as a '
                          f"{kind.kind}: strict decoding error: {listed}")

    def validated(self, kind, item, old=None):
        if kind.plural == "cronjobs":
            check_time_zone(item)
        if kind.plural == "customresourcedefinitions":
            check_rules(item)
        if kind.schema is None:
            return item
        item = prune(item, kind.schema)
        found = violations(item, kind.schema)
        # Rules are looked at when the value has the form that they count on.
        found = found or [f'{"" if not path else dotted(path) + ": "}Invalid value: "{type_}": {message}'
                          for path, type_, message in broken(kind.schema, item, old)]
        if found:
            name = item.get("metadata", {}).get("name", "")
            raise Refusal(422, "Invalid", str(Invalid(kind, name, found)))
        return item

    def lists(self, kind):
        return fields.KeyedLists(kind.schema)

    def forget_history(self):
        """What etcd does when it compacts: positions before now are good for nothing."""
        with self.lock:
            self.version += 1
            self.forgotten = self.version
            self.history = []
            self.changed.notify_all()


def check_time_zone(cron_job):
    zone = cron_job["spec"].get("timeZone")
    if zone is not None and zone not in zoneinfo.available_timezones():
        raise Refusal(422, "Invalid", f'CronJob.batch "{cron_job["metadata"]["name"]}" is invalid: spec.timeZone: Invalid '
                      f'value: "{zone}": unknown time zone {zone}')


def check_rules(definition):
    """A rule that names what its schema does not declare cannot be compiled."""
    for position, version in enumerate(definition["spec"]["versions"]):
        for path, name in undeclared(version["schema"]["openAPIV3Schema"]):
            place = "".join(f".properties[{part}]" for part in path)
            raise Refusal(422, "Invalid", f'CustomResourceDefinition.apiextensions.k8s.io "{definition["metadata"]["name"]}" '
                          f"is invalid: spec.versions[{position}].schema.openAPIV3Schema{place}.x-kubernetes-validations[0]"
                          f".rule: Invalid value: compilation failed: undefined field '{name}'")


def merged(old, patch):
    """JSON merge patch (RFC 7386)."""
    if not isinstance(patch, dict):
        return copy.deepcopy(patch)
    result = copy.deepcopy(old) if isinstance(old, dict) else {}
    for name, value in patch.items():
        if value is None:
            result.pop(name, None)
        else:
            result[name] = merged(result.get(name), value)
    return result


def without_bookkeeping(item):
    metadata = {name: value for name, value in item.get("metadata", {}).items()
                if name not in ("managedFields", "resourceVersion", "generation")}
    return {**item, "metadata": metadata}


def owners(entries):
    return json.dumps([{name: value for name, value in entry.items() if name != "time"} for entry in entries],
                      sort_keys=True)
