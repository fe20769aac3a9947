"""Where the programs are, and how one that was started is stopped again."""
import contextlib
import os
import pathlib
import socket
import time

ROOT = pathlib.Path(__file__).resolve().parents[3]
RELEASE = pathlib.Path(os.environ.get("NILUS_RELEASE_FOLDER", ROOT / ".build" / "release"))
NILUS = RELEASE / "nilus"
SIMULATOR = RELEASE / "stripe-simulator"


def free_port():
    """Returns a port of 127.0.0.1 that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_for(port, seconds=90):
    """Waits until something listens on a port."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 0.2):
            return
        time.sleep(0.05)
    raise AssertionError(f"nothing listens on port {port}")


def until(condition, seconds=90):
    """Waits until something is so."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it never came to that"
        time.sleep(0.01)


def has_taken(pid, signal):
    """Whether a process that waits for signals has been handed this one: it is pending no more."""
    status = pathlib.Path(f"/proc/{pid}/status").read_text()
    pending = next(line.split()[1] for line in status.splitlines() if line.startswith("ShdPnd:"))
    return not int(pending, 16) >> (signal - 1) & 1


@contextlib.contextmanager
def stopped(process):
    """Ends a process when the block ends, whichever way it ends."""
    try:
        yield process
    finally:
        process.terminate()
        process.wait()
        for stream in (process.stdout, process.stderr):
            if stream:
                stream.close()
