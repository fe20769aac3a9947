"""The container image, and runs of it as a cluster would run it: little memory, a tenth of a CPU, no rights."""
import json
import os
import pathlib
import subprocess

from .lakehouse import LocalLakehouse

IMAGE = os.environ.get("NILUS_IMAGE", "nilus:dev")
USER = 65532
# What every run has, whatever its budget. Podman's own idea of a read-only root has a writable /tmp, /var/tmp and /run,
# which Kubernetes' has not. The two limits are what a sandbox without privileges can give.
HARDENING = ["--read-only", "--read-only-tmpfs=false", "--user", f"{USER}:{USER}", "--cap-drop", "ALL",
             "--security-opt", "no-new-privileges", "--ulimit", "nofile=1024:1024", "--ulimit", "nproc=1024:1024",
             "--network", "host"]


def podman(*arguments, **more):
    """Runs podman to the end and returns what it printed."""
    result = subprocess.run(["podman", *map(str, arguments)], capture_output=True, text=True, **more)
    assert result.returncode == 0, f"podman {arguments[0]}: {result.stderr}"
    return result.stdout


def inspect():
    """What the image says of itself."""
    (facts,) = json.loads(podman("image", "inspect", IMAGE))
    return facts


class Finished:
    """A container that ended: exit code, output, and the status resource."""

    def __init__(self, code, stdout, stderr, status_path):
        self.code = code
        self.stdout = stdout
        self.stderr = stderr
        self.status = json.loads(status_path.read_text()) if status_path.exists() else None

    @property
    def envelope(self):
        return self.status["status"]["envelope"]

    @property
    def endpoints(self):
        """The status of each endpoint, by the name of its table."""
        return {endpoint["table"]: endpoint for node in self.status["status"]["nodes"]
                for endpoint in node["endpoints"]}


class Container:
    """Runs the image with a warehouse, a status folder and a secret of its own."""

    def __init__(self, folder, base, key):
        self.folder = pathlib.Path(folder)
        self.folder.mkdir()
        self.base = base
        self.warehouse = self.writable("warehouse")
        self.status_path = self.writable("status") / "status.json"
        self.secrets = self.folder / "secrets"
        self.secrets.mkdir()
        secret = self.secrets / "STRIPE_API_KEY"
        secret.write_text(key)
        # As the kubelet mounts a Secret for a pod with an fsGroup.
        os.chown(secret, 0, USER)
        secret.chmod(0o440)
        self.lakehouse = LocalLakehouse(self.warehouse)

    def writable(self, name):
        """A folder that the container's user may write to, under the same path inside and outside."""
        folder = self.folder / name
        folder.mkdir()
        os.chown(folder, USER, USER)
        return folder

    def command(self, workflow, *options, environment=None, name=None):
        """The command line of a run of a manifest text, or of the file at a path."""
        path = workflow
        if not isinstance(workflow, pathlib.Path):
            path = self.folder / "workflow.yaml"
            path.write_text(workflow)
        variables = {"NILUS_STRIPE_API_BASE": self.base, **(environment or {})}
        return ["podman", "run", *(["--name", name] if name else ["--rm"]), *HARDENING, *options,
                *(word for variable, value in variables.items() for word in ("--env", f"{variable}={value}")),
                "--volume", f"{path}:/etc/nilus/workflow.yaml:ro", "--volume", f"{self.secrets}:/etc/dataos/secret:ro",
                "--volume", f"{self.warehouse}:{self.warehouse}", "--volume", f"{self.status_path.parent}:/status",
                IMAGE, "run", "-f", "/etc/nilus/workflow.yaml", "--warehouse", str(self.warehouse),
                "--status", "/status/status.json"]

    def run(self, workflow, *options, expect=0, environment=None):
        """Runs to the end; an exit code other than `expect` fails the test with what the job said."""
        result = subprocess.run(
            self.command(workflow, *options, environment=environment), capture_output=True, text=True)
        finished = Finished(result.returncode, result.stdout, result.stderr, self.status_path)
        assert finished.code == expect, f"exit code {finished.code}:\n{finished.stderr}\n{finished.stdout}"
        return finished
