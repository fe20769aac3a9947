"""A memory and CPU limit of the kernel around one process; needs root."""
import contextlib
import os
import pathlib
import uuid

ROOT = pathlib.Path("/sys/fs/cgroup")


class ControlGroup:
    """Version 1 keeps a folder for each controller, version 2 one for all."""

    def __init__(self, memory_bytes, cpu_percent):
        name = f"nilus-test-{uuid.uuid4().hex[:8]}"
        self.is_unified = (ROOT / "cgroup.controllers").exists()
        if self.is_unified:
            self.folders = [ROOT / name]
            (ROOT / "cgroup.subtree_control").write_text("+memory +cpu")
            settings = {"memory.max": memory_bytes, "cpu.max": f"{cpu_percent * 1000} 100000"}
        else:
            self.folders = [ROOT / "memory" / name, ROOT / "cpu" / name]
            settings = {"memory.limit_in_bytes": memory_bytes, "cpu.cfs_period_us": 100_000,
                        "cpu.cfs_quota_us": cpu_percent * 1_000}
        for folder in self.folders:
            folder.mkdir()
        for setting, value in settings.items():
            next(folder / setting for folder in self.folders if (folder / setting).exists()).write_text(str(value))

    @property
    def prefix(self):
        """What to write before a command so that it runs in the group."""
        joins = "; ".join(f"echo $$ > {folder}/cgroup.procs" for folder in self.folders)
        return ["sh", "-c", f'{joins}; exec "$@"', "sh"]

    def peak_bytes(self):
        name = "memory.peak" if self.is_unified else "memory.max_usage_in_bytes"
        return int((self.folders[0] / name).read_text())

    def remove(self):
        for folder in self.folders:
            folder.rmdir()


@contextlib.contextmanager
def control_group(memory_bytes, cpu_percent):
    assert os.getuid() == 0, "a control group is made by root only: run this test as root"
    group = ControlGroup(memory_bytes, cpu_percent)
    try:
        yield group
    finally:
        group.remove()
