"""A proxy between the job and a service that does to chosen requests what networks and services do at times."""
import contextlib
import http.client
import http.server
import json
import re
import socket
import threading
import time

CONFLICT = {"error": {"message": "injected: the table changed", "type": "CommitFailedException", "code": 409}}
UNAVAILABLE = {"error": {"message": "injected: not ready", "type": "ServiceUnavailableException", "code": 503}}
BROKEN = {"error": {"message": "injected: broken", "type": "InternalServerError", "code": 500}}

# What each fault does: whether the request reaches the service, and what becomes of the answer.
FAULTS = {
    "drop the request": (False, "close"),
    "drop the answer": (True, "close"),
    "500 after it landed": (True, BROKEN),
    "503": (False, UNAVAILABLE),
    "409": (False, CONFLICT),
    "slow": (True, "slow"),
    "half an answer": (True, "half"),
}
SLOW_SECONDS = 1
# No fault: the request waits for others. The job itself gives up after a minute, unless it is told otherwise.
HELD = "held"
HELD_SECONDS = 50
# Of one hop: they are not passed on.
HOP = {"connection", "keep-alive", "transfer-encoding", "proxy-connection", "expect"}


class Rule:
    """A fault for the first requests that a method and a pattern of the path name."""

    def __init__(self, fault, method, path, times):
        self.fault = fault
        self.method = method
        self.path = re.compile(path)
        self.left = times
        self.hits = 0
        self.lock = threading.Lock()
        # Of what is held: that it has come, and that it may go on.
        self.has_come = threading.Event()
        self.may_go_on = threading.Event()
        # That the service has answered it.
        self.is_answered = threading.Event()

    def takes(self, method, path):
        with self.lock:
            if self.left <= 0 or method != self.method or not self.path.search(path):
                return False
            self.left -= 1
            self.hits += 1
            return True


class FaultProxy:
    """Passes requests on as they are; `Host` too, so that signatures hold."""

    def __init__(self, target):
        host, port = target.removeprefix("http://").split(":")
        self.target = (host, int(port))
        self.rules = []
        proxy = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def handle_any(self):
                proxy.handle(self)

            do_GET = do_PUT = do_POST = do_DELETE = do_HEAD = handle_any

            def log_message(self, *_):
                """Says nothing."""

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.authority = f"127.0.0.1:{self.server.server_address[1]}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def inject(self, fault, method, path, times=1):
        rule = Rule(fault, method, path, times)
        self.rules.append(rule)
        return rule

    def hold(self, method, path):
        """Holds the next such request until the rule that is returned says that it may go on."""
        return self.inject(HELD, method, path)

    def close(self):
        self.server.shutdown()
        self.server.server_close()

    def handle(self, request):
        body = self.body(request)
        rule = next((rule for rule in self.rules if rule.takes(request.command, request.path)), None)
        if rule and rule.fault == HELD:
            rule.has_come.set()
            assert rule.may_go_on.wait(HELD_SECONDS), "a request was held for too long"
        lands, answer = FAULTS[rule.fault] if rule and rule.fault != HELD else (True, "whole")
        if answer == "slow":
            time.sleep(SLOW_SECONDS)
        status, headers, content = self.ask(request, body) if lands else (None, [], b"")
        if rule:
            rule.is_answered.set()
        if isinstance(answer, dict):
            status, content = answer["error"]["code"], json.dumps(answer).encode()
            headers = [("Content-Type", "application/json")]
        if answer == "close":
            return self.cut(request)
        whole = self.whole(request, status, headers, content)
        if answer == "half":
            # Of an answer without a body the half of its head arrives.
            lost = (len(content) + 1) // 2 or len(whole) // 2
            request.wfile.write(whole[:-lost])
            return self.cut(request)
        # Nobody may be waiting for it any more.
        with contextlib.suppress(OSError):
            request.wfile.write(whole)

    @staticmethod
    def whole(request, status, headers, content):
        """The bytes of an answer."""
        length = [] if request.command == "HEAD" else [("Content-Length", str(len(content)))]
        lines = [f"HTTP/1.1 {status} {http.client.responses.get(status, '')}",
                 *(f"{name}: {value}" for name, value in [*headers, *length])]
        return "".join(f"{line}\r\n" for line in [*lines, ""]).encode("latin-1") + content

    @staticmethod
    def cut(request):
        request.close_connection = True
        with contextlib.suppress(OSError):
            request.wfile.flush()
            request.connection.shutdown(socket.SHUT_RDWR)

    @staticmethod
    def body(request):
        if request.headers.get("Expect", "").lower() == "100-continue":
            request.send_response_only(100)
            request.end_headers()
        if request.headers.get("Transfer-Encoding", "").lower() == "chunked":
            pieces = []
            while size := int(request.rfile.readline().split(b";")[0], 16):
                pieces.append(request.rfile.read(size))
                request.rfile.readline()
            request.rfile.readline()
            return b"".join(pieces)
        return request.rfile.read(int(request.headers.get("Content-Length", 0)))

    def ask(self, request, body, command=None, path=None):
        """What the service answers to a request, or to another one in its name."""
        command, path = command or request.command, path or request.path
        connection = http.client.HTTPConnection(*self.target, timeout=60)
        connection.putrequest(command, path, skip_host=True, skip_accept_encoding=True)
        for name, value in request.headers.items():
            if name.lower() not in HOP and name.lower() != "content-length":
                connection.putheader(name, value)
        if body or command in ("PUT", "POST"):
            connection.putheader("Content-Length", str(len(body)))
        connection.endheaders(body or None)
        response = connection.getresponse()
        content = response.read()
        headers = [(name, value) for name, value in response.getheaders()
                   if name.lower() not in HOP and (name.lower() != "content-length" or command == "HEAD")]
        connection.close()
        return response.status, headers, content


@contextlib.contextmanager
def fault_proxy(target):
    proxy = FaultProxy(target)
    try:
        yield proxy
    finally:
        proxy.close()
