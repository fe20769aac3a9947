"""A memory and CPU limit of the kernel around one process; made by root, as a user by way of sudo."""
import contextlib
import os
import pathlib
import subprocess
import uuid

ROOT = pathlib.Path("/sys/fs/cgroup")
# As the installer of Debian packages does; who cannot become root learns it from a test that fails.
AS_ROOT = [] if os.getuid() == 0 else ["sudo"]


class ControlGroup:
    """Version 1 keeps a folder for each controller, version 2 one for all."""

    def __init__(self, memory_bytes, cpu_percent):
        name = f"nilus-test-{uuid.uuid4().hex[:8]}"
        self.is_unified = (ROOT / "cgroup.controllers").exists()
        if self.is_unified:
            self.folders = [ROOT / name]
            write(ROOT / "cgroup.subtree_control", "+memory +cpu")
            settings = {"memory.max": memory_bytes, "cpu.max": f"{cpu_percent * 1000} 100000"}
        else:
            self.folders = [ROOT / "memory" / name, ROOT / "cpu" / name]
            settings = {"memory.limit_in_bytes": memory_bytes, "cpu.cfs_period_us": 100_000,
                        "cpu.cfs_quota_us": cpu_percent * 1_000}
        run_as_root("mkdir", *self.folders)
        for setting, value in settings.items():
            write(next(folder / setting for folder in self.folders if (folder / setting).exists()), value)

    @property
    def prefix(self):
        """What to write before a command so that it runs in the group, as the user of the test."""
        files = " ".join(f"{folder}/cgroup.procs" for folder in self.folders)
        join = f"for file in {files}; do echo $0 > $file || exit 1; done"
        return ["sh", "-c", f"""{' '.join(AS_ROOT)} sh -c '{join}' $$ && exec "$@" """, "sh"]

    def peak_bytes(self):
        name = "memory.peak" if self.is_unified else "memory.max_usage_in_bytes"
        return int((self.folders[0] / name).read_text())

    def remove(self):
        run_as_root("rmdir", *self.folders)


def write(file, value):
    run_as_root("sh", "-c", 'echo "$1" > "$0"', file, str(value))


def run_as_root(*command):
    subprocess.run([*AS_ROOT, *command], check=True)


@contextlib.contextmanager
def control_group(memory_bytes, cpu_percent):
    group = ControlGroup(memory_bytes, cpu_percent)
    try:
        yield group
    finally:
        group.remove()
