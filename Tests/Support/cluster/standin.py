"""An API server in this process that behaves as a real one of version 1.36 was seen to.

It knows what the tests of nilus need of Kubernetes: definitions with their schemas, versions and generations, the status
subresource, server-side apply with its conflicts, lists in pages, watches with bookmarks and the error 410 inside of a
stream, rules in CEL, strict field validation, roles, service accounts with tokens, owners and Jobs with their failure
policies. It runs no container, and of kinds that are not defined it knows no fields.
"""
import base64
import itertools
import json
import pathlib
import ssl
import subprocess
import threading
import time
import urllib.parse
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import yaml

from .access import Access, forbidden
from .controllers import Controllers
from .objects import Objects, Refusal

BOOKMARK_SECONDS = 1
VERBS = {"GET": "get", "POST": "create", "PUT": "update", "PATCH": "patch", "DELETE": "delete"}


class Standin:
    """A running stand-in; `kubeconfig` opens it for its administrator."""

    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
        self.kubeconfig = self.folder / "admin.kubeconfig"
        self.objects = Objects()
        self.access = Access(self.objects)
        self.controllers = Controllers(self.objects)
        # What containers wrote, by namespace and pod: pieces, and whether more may come.
        self.logs = {}

    def write_log(self, namespace, pod, text, is_over=True):
        """The container of a pod writes, and perhaps ends."""
        with self.objects.lock:
            log = self.logs.setdefault((namespace, pod), {"text": b"", "is_over": False})
            log["text"] += text.encode()
            log["is_over"] = is_over
            self.objects.changed.notify_all()

    def __enter__(self):
        make_certificates(self.folder)
        handler = type("Handler", (Handler,), {"standin": self})
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self.server.daemon_threads = True
        tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        tls.load_cert_chain(self.folder / "server.crt", self.folder / "server.key")
        tls.load_verify_locations(self.folder / "ca.crt")
        tls.verify_mode = ssl.CERT_OPTIONAL
        self.server.socket = tls.wrap_socket(self.server.socket, server_side=True, do_handshake_on_connect=False)
        self.write_kubeconfig()
        with self.objects.lock:
            for name in ("default", "kube-system"):
                self.objects.create(self.objects.kind_of("namespaces"), "", {"metadata": {"name": name}}, "kube")
        self.controllers.start()
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.controllers.stop()
        self.server.shutdown()
        self.server.server_close()

    def write_kubeconfig(self):
        def encoded(name):
            return base64.b64encode((self.folder / name).read_bytes()).decode()
        cluster = {"server": f"https://127.0.0.1:{self.server.server_address[1]}",
                   "certificate-authority-data": encoded("ca.crt")}
        user = {"client-certificate-data": encoded("admin.crt"), "client-key-data": encoded("admin.key")}
        self.kubeconfig.write_text(yaml.safe_dump({
            "apiVersion": "v1", "kind": "Config", "current-context": "standin",
            "clusters": [{"name": "standin", "cluster": cluster}], "users": [{"name": "admin", "user": user}],
            "contexts": [{"name": "standin", "context": {"cluster": "standin", "user": "admin"}}]}))

    def forget_history(self):
        self.objects.forget_history()


def make_certificates(folder):
    """An authority, the server's certificate and the administrator's."""
    def openssl(*arguments):
        subprocess.run(["openssl", *arguments], check=True, cwd=folder, stdout=subprocess.DEVNULL,
                       stderr=subprocess.DEVNULL)
    curve = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
    openssl("req", "-x509", *curve, "-keyout", "ca.key", "-out", "ca.crt", "-days", "2", "-subj", "/CN=standin-ca")
    for name, subject, extension in (
            ("server", "/CN=standin", "subjectAltName=IP:127.0.0.1,DNS:localhost"),
            ("admin", "/O=system:masters/CN=admin", "extendedKeyUsage=clientAuth")):
        (folder / "extension").write_text(extension)
        openssl("req", *curve, "-keyout", f"{name}.key", "-out", f"{name}.csr", "-subj", subject)
        openssl("x509", "-req", "-in", f"{name}.csr", "-CA", "ca.crt", "-CAkey", "ca.key", "-CAcreateserial",
                "-days", "2", "-extfile", "extension", "-out", f"{name}.crt")


class Target:
    """What a path names."""

    def __init__(self, objects, path):
        parts = [urllib.parse.unquote(part) for part in path.strip("/").split("/")]
        if parts[0] == "api":
            group, version, rest = "", parts[1], parts[2:]
        else:
            group, version, rest = parts[1], parts[2], parts[3:]
        self.namespace = ""
        if rest[0] == "namespaces" and len(rest) > 2:
            self.namespace, rest = rest[1], rest[2:]
        self.kind = objects.kind(group, version, rest[0])
        self.name = rest[1] if len(rest) > 1 else None
        self.subresource = rest[2] if len(rest) > 2 else None
        self.is_everywhere = self.kind.is_namespaced and not self.namespace


class Handler(BaseHTTPRequestHandler):
    """Answers requests; one thread for each connection."""

    protocol_version = "HTTP/1.1"
    # Head and body go in two pieces; the second would wait 40 ms for the first to be acknowledged.
    disable_nagle_algorithm = True
    standin = None

    def log_message(self, *_):
        pass

    def do_GET(self):
        self.handle_request()

    do_POST = do_PUT = do_PATCH = do_DELETE = do_GET

    def handle_request(self):
        length = int(self.headers.get("Content-Length") or 0)
        self.body = self.rfile.read(length)
        self.split = urllib.parse.urlsplit(self.path)
        self.query = dict(urllib.parse.parse_qsl(self.split.query))
        try:
            self.route()
        except Refusal as refusal:
            self.answer(refusal.code, refusal.body)
        except (BrokenPipeError, ConnectionResetError, ssl.SSLError):
            self.close_connection = True

    def route(self):
        objects = self.standin.objects
        user = self.user()
        if self.split.path == "/version":
            return self.answer(200, {"major": "1", "minor": "36", "gitVersion": "v1.36.2"})
        if len(self.split.path.strip("/").split("/")) <= 3 and not self.is_collection():
            return self.answer(200, self.discovery())
        with objects.lock:
            target = Target(objects, self.split.path)
            verb = self.verb(target)
            self.allow(user, verb, target)
            if self.creates_by_apply(target):
                self.allow(user, "create", target)
            if verb == "watch":
                return self.watch(target)
            if (target.kind.plural, target.subresource) == ("pods", "log"):
                return self.log(objects.get(target.kind, target.namespace, target.name))
            answer = self.perform(verb, target)
        return self.answer(201 if verb == "create" else 200, answer)

    def allow(self, user, verb, target):
        place = (user, verb, target.kind, target.namespace, target.name, target.subresource)
        if not self.standin.access.allows(*place):
            raise Refusal(403, "Forbidden", forbidden(*place))

    def creates_by_apply(self, target):
        """Who declares an object that is not there must also be allowed to create it."""
        return (self.headers.get("Content-Type") == "application/apply-patch+yaml" and target.subresource is None
                and (target.kind.plural, target.namespace, target.name) not in self.standin.objects.items)

    def user(self):
        header = self.headers.get("Authorization", "")
        token = header.removeprefix("Bearer ") if header else None
        user = self.standin.access.identify(token, self.connection.getpeercert())
        if user is None:
            raise Refusal(401, "Unauthorized", "Unauthorized")
        return user

    def is_collection(self):
        parts = self.split.path.strip("/").split("/")
        return parts[0] == "api" and len(parts) > 2 or parts[0] == "apis" and len(parts) > 3

    def discovery(self):
        parts = self.split.path.strip("/").split("/")
        group, version = ("", parts[1]) if parts[0] == "api" else (parts[1], parts[2])
        kinds = [kind for kind in self.standin.objects.kinds.values() if (kind.group, kind.version) == (group, version)]
        if not kinds:
            raise Refusal(404, "NotFound", "the server could not find the requested resource")
        return {"kind": "APIResourceList", "groupVersion": f"{group}/{version}".strip("/"),
                "resources": [{"name": kind.plural, "kind": kind.kind, "namespaced": kind.is_namespaced}
                              for kind in kinds]}

    def verb(self, target):
        if self.command == "GET" and target.name is None:
            return "watch" if self.query.get("watch") in ("true", "1") else "list"
        if self.command == "DELETE" and target.name is None:
            return "deletecollection"
        return VERBS[self.command]

    def perform(self, verb, target):
        objects, kind = self.standin.objects, target.kind
        manager, is_dry = self.query.get("fieldManager", "tests"), self.query.get("dryRun") == "All"
        place = (kind, target.namespace, target.name)
        if verb == "get":
            return objects.get(*place)
        if verb == "list":
            return self.list(target)
        if target.subresource == "exec":
            raise Refusal(400, "BadRequest", f"pod {target.name} does not have a host assigned")
        if verb == "delete":
            return objects.delete(*place, self.json() if self.body else {}, is_dry)
        if verb == "deletecollection":
            for item in objects.list(kind, target.namespace):
                objects.delete(kind, target.namespace, item["metadata"]["name"], {}, is_dry)
            return self.list(target)
        if verb == "create" and target.subresource == "token":
            account = objects.get(*place)
            token = self.standin.access.issue(target.namespace, target.name, account["metadata"]["uid"])
            return {"kind": "TokenRequest", "apiVersion": "authentication.k8s.io/v1", "status": {"token": token}}
        if self.query.get("fieldValidation") == "Strict":
            objects.check_fields(kind, self.json())
        if verb == "create":
            return objects.create(kind, target.namespace, self.json(), manager, is_dry)
        if verb == "update":
            return objects.replace(*place, self.json(), manager, target.subresource, is_dry)
        if self.headers["Content-Type"] == "application/apply-patch+yaml":
            if "fieldManager" not in self.query:
                raise Refusal(400, "BadRequest", "fieldManager is required for apply patch")
            if kind.is_namespaced:
                objects.get(objects.kind_of("namespaces"), "", target.namespace)
            return objects.apply(*place, self.json(), manager, self.query.get("force") == "true", target.subresource,
                                 is_dry)
        return objects.merge(*place, self.json(), manager, target.subresource, is_dry)

    def json(self):
        return json.loads(self.body)

    # collections

    def list(self, target):
        objects = self.standin.objects
        found = [item for item in objects.list(target.kind, None if target.is_everywhere else target.namespace)
                 if self.is_selected(item)]
        version, start = objects.version, 0
        if "continue" in self.query:
            version, start = json.loads(base64.b64decode(self.query["continue"]))
            if version < objects.forgotten:
                raise Refusal(410, "Expired", "The provided continue parameter is too old")
        limit = int(self.query.get("limit") or len(found) or 1)
        metadata = {"resourceVersion": str(version)}
        if start + limit < len(found):
            mark = json.dumps([version, start + limit]).encode()
            metadata["continue"] = base64.b64encode(mark).decode()
        return {"kind": f"{target.kind.kind}List", "apiVersion": target.kind.api_version, "metadata": metadata,
                "items": found[start:start + limit]}

    def is_selected(self, item):
        for term in filter(None, self.query.get("fieldSelector", "").split(",")):
            name, _, value = term.partition("=")
            if name not in ("metadata.name", "metadata.namespace"):
                raise Refusal(400, "BadRequest", f"field label not supported: {name}")
            if item["metadata"].get(name.removeprefix("metadata.")) != value:
                return False
        labels = item["metadata"].get("labels", {})
        for term in filter(None, self.query.get("labelSelector", "").split(",")):
            name, _, value = term.partition("=")
            if name not in labels or value and labels[name] != value:
                return False
        return True

    def watch(self, target):
        """Streams changes; called with the lock, which it gives back while it waits."""
        objects = self.standin.objects
        position = int(self.query.get("resourceVersion") or objects.version)
        deadline = time.monotonic() + int(self.query.get("timeoutSeconds") or 1800)
        has_bookmarks = self.query.get("allowWatchBookmarks") == "true"
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        selected = set()
        if self.query.get("sendInitialEvents") == "true":
            # What a server does that has the feature and cannot serve it now: clients list, then watch.
            self.send_event("ERROR", Refusal(504, "Timeout", "a streaming list cannot be served").body)
            deadline = 0
        while time.monotonic() < deadline and not self.standin.controllers.stopping:
            if position < objects.forgotten:
                self.send_event("ERROR", Refusal(410, "Expired", f"too old resource version: {position} "
                                                 f"({objects.forgotten})").body)
                break
            before = position
            # The history is in the order of its versions, so that what is new stands at its end.
            news = itertools.takewhile(lambda entry: entry[0] > before, reversed(objects.history))
            for _, plural, change, item in reversed(list(news)):
                if plural == target.kind.plural and (
                        target.is_everywhere or item["metadata"].get("namespace") == target.namespace):
                    self.tell(change, item, selected)
            position = objects.version
            if position == before and not objects.changed.wait(timeout=BOOKMARK_SECONDS) and has_bookmarks:
                self.send_event("BOOKMARK", {"kind": target.kind.kind, "apiVersion": target.kind.api_version,
                                             "metadata": {"resourceVersion": str(objects.version)}})
        self.wfile.write(b"0\r\n\r\n")

    def log(self, pod):
        """Sends what a container wrote; called with the lock, which it gives back while it waits for more."""
        name, place = pod["metadata"]["name"], (pod["metadata"]["namespace"], pod["metadata"]["name"])
        container = self.query.get("container", "")
        if container not in [item["name"] for item in pod["spec"]["containers"]]:
            raise Refusal(400, "BadRequest", f"container {container} is not valid for pod {name}")
        log = self.standin.logs.get(place)
        if log is None and "nodeName" not in pod["spec"]:
            log = {"text": b"", "is_over": True}
        if log is None:
            raise Refusal(400, "BadRequest", f'container "{container}" in pod "{name}" is waiting to start: '
                          "ContainerCreating")
        self.send_response(200)
        self.send_header("Content-Type", "text/plain")
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        sent = 0
        while True:
            if piece := log["text"][sent:]:
                self.wfile.write(f"{len(piece):x}\r\n".encode() + piece + b"\r\n")
                self.wfile.flush()
                sent += len(piece)
            if log["is_over"] or self.query.get("follow") != "true" or self.standin.controllers.stopping:
                break
            self.standin.objects.changed.wait(timeout=BOOKMARK_SECONDS)
        self.wfile.write(b"0\r\n\r\n")

    def tell(self, change, item, selected):
        """An object that leaves the selection is told as deleted."""
        uid = item["metadata"]["uid"]
        if self.is_selected(item):
            selected.add(uid)
            self.send_event(change, item)
        elif uid in selected:
            selected.discard(uid)
            self.send_event("DELETED", item)

    def send_event(self, kind, item):
        line = json.dumps({"type": kind, "object": item}).encode() + b"\n"
        self.wfile.write(f"{len(line):x}\r\n".encode() + line + b"\r\n")
        self.wfile.flush()

    def answer(self, status, body):
        text = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)
