"""One run of nilus: the manifest, the process, and everything that it leaves behind."""
import collections
import json
import os
import pathlib
import subprocess
import threading

from .programs import NILUS


def manifest(source_table, dest_table="stripe.{endpoint}", source=None, sink=None, address=None, sink_address=None,
             resources="100m / 128Mi", name="test"):
    """A workflow of one node in the short form."""
    cpu, memory = resources.split(" / ")
    document = {
        "name": name, "version": "v1alpha", "type": "nilus",
        "spec": {
            "type": "batch",
            "resources": {"requests": {"cpu": cpu, "memory": memory}},
            "source": {
                "address": address or "stripe://?api_key={STRIPE_API_KEY}",
                "options": {"source-table": source_table, "requests-per-second": 100_000, **(source or {})},
            },
            "sink": {
                "address": sink_address or "dataos://lakehouse",
                "options": {"dest-table": dest_table, **(sink or {})},
            },
        },
    }
    # JSON is YAML.
    return json.dumps(document, indent=2)


class Finished:
    """A run that ended: exit code, output, and the status resource."""

    def __init__(self, code, stdout, stderr, status_path, usage):
        self.code = code
        self.stdout = stdout
        self.stderr = stderr
        self.status = json.loads(status_path.read_text()) if status_path.exists() else None
        self.cpu_seconds = usage.ru_utime + usage.ru_stime

    def expected(self, code):
        """Itself; an exit code other than this one fails the test with what the job said."""
        assert self.code == code, f"exit code {self.code}:\n{self.stderr}\n{self.stdout}"
        return self

    @property
    def message(self):
        """Why the run ended as it did."""
        return self.status["status"]["message"]

    @property
    def warnings(self):
        """What the status remarks."""
        return self.status["status"].get("warnings", [])

    @property
    def peak_bytes(self):
        """The largest resident set. (`ru_maxrss` would do for a small parent only: it outlives exec.)"""
        return self.status["status"]["envelope"]["peakMemoryBytes"]

    @property
    def endpoints(self):
        """The status of each endpoint, by the name of its table."""
        return {endpoint["table"]: endpoint for node in self.status["status"]["nodes"]
                for endpoint in node["endpoints"]}

    @property
    def endpoint(self):
        """The status of the only endpoint."""
        (endpoint,) = self.endpoints.values()
        return endpoint

    @property
    def reason(self):
        return self.status["status"]["reason"]


class Job:
    """Runs nilus in a folder of its own, against one API server, with one key."""

    def __init__(self, folder, base, key, environment=None, arguments=None):
        self.folder = pathlib.Path(folder)
        self.folder.mkdir(parents=True, exist_ok=True)
        self.warehouse = self.folder / "warehouse"
        self.key = key
        self.environment = {"PATH": os.environ["PATH"], "STRIPE_API_KEY": key, **(environment or {})}
        if base:
            self.environment["NILUS_STRIPE_API_BASE"] = base
        # What was read of a process before it was waited for, by its id.
        self.heard = collections.defaultdict(str)
        self.arguments = arguments if arguments is not None else ["--warehouse", str(self.warehouse)]

    def start(self, text, *arguments, **more):
        """Starts a run of a manifest text, or of the file at a path, and returns the process."""
        if isinstance(text, pathlib.Path):
            path = text
        else:
            path = self.folder / "workflow.yaml"
            path.write_text(text)
        return self.launch("run", "-f", path, *self.arguments, "--status", self.status_path, *arguments, **more)

    def launch(self, *arguments, environment=None, prefix=(), stdin=None, stderr=subprocess.PIPE):
        """Starts the program with nothing but these arguments, in the job's folder and environment."""
        variables = {name: value for name, value in {**self.environment, **(environment or {})}.items()
                     if value is not None}
        return subprocess.Popen(
            [*prefix, str(NILUS), *map(str, arguments)], env=variables, cwd=self.folder, stdin=stdin,
            stdout=subprocess.PIPE, stderr=stderr, text=True)

    @property
    def status_path(self):
        return self.folder / "status.json"

    def run(self, text, *arguments, expect=0, **more):
        """Runs to the end; an exit code other than `expect` fails the test with what the job said."""
        self.status_path.unlink(missing_ok=True)
        return self.finish(self.start(text, *arguments, **more)).expected(expect)

    def command(self, *arguments, expect=0, input="", **more):
        """Runs the program to the end with nothing but these arguments, and a text as standard input."""
        process = self.launch(*arguments, stdin=subprocess.PIPE, **more)
        process.stdin.write(input)
        process.stdin.close()
        return self.finish(process).expected(expect)

    def hear(self, process, words):
        """Reads what a started run says up to a line with these words."""
        for line in process.stderr:
            self.heard[process.pid] += line
            if words in line:
                return
        raise AssertionError(f"it never said '{words}':\n{self.heard[process.pid]}")

    def finish(self, process):
        """Waits for a started run, reading its output meanwhile; what is no pipe is read by who gave it."""
        stdout, stderr = [], []
        reader = threading.Thread(target=lambda: stdout.append(process.stdout.read()))
        reader.start()
        stderr.append(process.stderr.read() if process.stderr else "")
        reader.join()
        _, code, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(code)
        for stream in (process.stdout, process.stderr):
            if stream:
                stream.close()
        said = self.heard.pop(process.pid, "") + stderr[0]
        return Finished(process.returncode, stdout[0], said, self.status_path, usage)
