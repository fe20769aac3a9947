#!/usr/bin/env python3
"""Prints the figures of the main job beside their targets; exits 1 when one is missed.

CPU seconds and peak memory are what the kernel counted for the process; wall time is not looked at.
"""
import contextlib
import json
import pathlib
import socket
import ssl
import statistics
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "Tests" / "Support"))

from harness.cgroup import control_group  # noqa: E402
from harness.job import Job, manifest  # noqa: E402
from harness.lakehouse import LocalLakehouse  # noqa: E402
from harness.programs import NILUS  # noqa: E402
from harness.seaweedfs import RestLakehouse, seaweedfs  # noqa: E402
from harness.simulator import simulator  # noqa: E402
from harness.tls import make_certificate, tls_in_front_of  # noqa: E402

MEBIBYTE = 1024 * 1024
KEY = "sk_test_benchmark"
# Loads of each kind that are compared; in turn, so that what else the machine does falls on all of them.
STORAGE_ROUNDS = 7


class Report:
    """Figures as they come, and whether each reaches its target."""

    def __init__(self):
        self.missed = 0

    def add(self, what, value, unit, target, is_reached):
        self.missed += not is_reached
        print(f"{what:<58} {value:>12} {unit:<14} {target:<16} {'ok' if is_reached else 'MISSED'}", flush=True)


def load(base, table="charge", certificate=None, **source):
    """Runs a load into a new lakehouse."""
    with tempfile.TemporaryDirectory() as folder:
        job = Job(folder, base, KEY, {"SSL_CERT_FILE": str(certificate)} if certificate else None)
        return job.run(manifest(table, source=source))


def rows(finished):
    return finished.status["status"]["rowsCommitted"]


def rows_per_cpu_second(finished):
    return rows(finished) / finished.cpu_seconds


def cpu_milliseconds(pid):
    """CPU time of a running process, all its threads, in milliseconds."""
    tasks = pathlib.Path(f"/proc/{pid}/task").glob("*/schedstat")
    return sum(int(task.read_text().split()[0]) for task in tasks) / 1e6


def cpu_until_first_request(over_tls):
    """CPU milliseconds from the start of the process until its first request has arrived."""
    with tempfile.TemporaryDirectory() as folder, socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        base, environment, context = f"http://127.0.0.1:{port}", {}, None
        if over_tls:
            certificate = make_certificate(pathlib.Path(folder))
            base, environment = f"https://localhost:{port}", {"SSL_CERT_FILE": str(certificate)}
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(certificate, pathlib.Path(folder) / "key.pem")
        job = Job(pathlib.Path(folder) / "job", base, KEY, environment)
        process = job.start(manifest("charge"))
        connection, _ = listener.accept()
        if context:
            connection = context.wrap_socket(connection, server_side=True)
        connection.recv(65_536)
        used = cpu_milliseconds(process.pid)
        process.kill()
        job.finish(process)
        connection.close()
        return used


def measure_start(report):
    for name, over_tls in (("HTTP", False), ("TLS", True)):
        used = statistics.median(cpu_until_first_request(over_tls) for _ in range(15))
        report.add(f"start to first request, {name}", f"{used:.1f}", "ms CPU", "<= 15", used <= 15)


def measure_requests(report, address):
    """Requests of a dense endpoint, against the fewest possible."""
    dense = load(address, "customer")
    fewest = -(-rows(dense) // 100)
    requests = dense.endpoint["extract"]["requests"]
    report.add(f"requests for {rows(dense):,} customers", f"{requests / fewest:.3f}", "x the fewest", "<= 1.05",
               requests <= 1.05 * fewest)


def measure_throughput(report, address):
    """100,000 and 1,000,000 charges over TLS into Iceberg."""
    for name, http2 in (("HTTP/1.1", False), ("HTTP/2", True)):
        with tls_in_front_of(address, http2) as server:
            small = [load(server.address, certificate=server.certificate, **{"yield-limit": 1_000})
                     for _ in range(3)]
            large = load(server.address, certificate=server.certificate)
        for count, speed in (("100,000", statistics.median(map(rows_per_cpu_second, small))),
                             ("1,000,000", rows_per_cpu_second(large))):
            report.add(f"{count} charges over TLS, {name}", f"{speed:,.0f}", "rows/CPU-s", ">= 25,000", speed >= 25_000)
        peak = max(finished.peak_bytes for finished in small)
        report.add(f"peak memory, 100,000 charges, {name}", f"{peak / MEBIBYTE:.1f}", "MiB", "<= 64",
                   peak <= 64 * MEBIBYTE)
        growth = (large.peak_bytes - peak) / MEBIBYTE
        report.add(f"1,000,000 charges take more by, {name}", f"{growth:.1f}", "MiB", "<= 8", growth <= 8)


def storage_job(folder, base, server, certificates):
    """A job that loads into a folder, or into the REST catalog and the storage of a SeaweedFS."""
    environment, arguments = {"SSL_CERT_FILE": str(certificates)}, None
    if server:
        arguments, secrets = RestLakehouse(server).mount(folder / "mounted")
        environment["DATAOS_SECRET_DIR"] = str(secrets)
    return Job(folder, base, KEY, environment, arguments)


def measure_storage(report, address):
    """100,000 charges over TLS onto the disk and into S3, in turn.

    Without TLS every byte that goes to S3 is signed (SHA-256), with TLS it is encrypted; a CRC-32C goes along in both.
    """
    with tempfile.TemporaryDirectory() as name, contextlib.ExitStack() as running:
        folder = pathlib.Path(name)
        server = running.enter_context(seaweedfs(folder / "seaweedfs"))
        source, storage = [running.enter_context(tls_in_front_of(each, http2=False))
                           for each in (address, server.endpoint)]
        certificates = folder / "certificates.pem"
        certificates.write_text(source.certificate.read_text() + storage.certificate.read_text())
        jobs = {where: storage_job(folder / where, source.address, reached, certificates) for where, reached in (
            ("disk", None), ("HTTP", server), ("TLS", server.reached_at(storage.address)))}
        used = {where: [] for where in jobs}
        for round in range(STORAGE_ROUNDS):
            for where, job in jobs.items():
                text = manifest("charge", f"{where.lower()}.charge_{round}", source={"yield-limit": 1_000})
                finished = job.run(text)
                assert rows(finished) == 100_000, finished.endpoints
                used[where].append(finished.cpu_seconds)
    disk = statistics.median(used.pop("disk"))
    for where, seconds in used.items():
        more = 100 * (statistics.median(seconds) / disk - 1)
        report.add(f"100,000 charges into S3, {where}, against the disk", f"{more:+.1f}", "% CPU", "<= +25",
                   more <= 25)


def upsert_by_pyiceberg(job, count):
    """What the peer takes for as many changes of the same table, after the merge."""
    script = pathlib.Path(__file__).with_name("pyiceberg_upsert.py")
    done = subprocess.run(
        [sys.executable, script, job.warehouse / "catalog.db", job.warehouse, "stripe.charge", str(count)],
        capture_output=True, text=True, check=True)
    return json.loads(done.stdout)


def measure_merge(report, address):
    """The newest 10,000 of 1,000,000 charges again, merged into the table that holds them all."""
    with tempfile.TemporaryDirectory() as folder:
        job = Job(folder, address, KEY)
        first = job.run(manifest("charge", sink={"incremental-strategy": "merge"}))
        size = sum(file.stat().st_size for file in job.warehouse.glob("stripe/charge/data/**/*.parquet"))
        merge = job.run(manifest("charge", sink={"incremental-strategy": "merge"}, source={"yield-limit": 100}))
        snapshots = len(LocalLakehouse(job.warehouse).snapshots("stripe.charge"))
        peer = upsert_by_pyiceberg(job, 10_000)
    commit = merge.endpoint["commit"]
    assert commit["rowsReplaced"] == commit["rowsAdded"] == 10_000, commit
    assert commit["rowsInTable"] == 1_000_000, commit
    assert snapshots == 2
    assert peer["updated"] == 10_000, peer
    share = 100 * commit["search"]["bytesRead"] / size
    report.add("merge of 10,000 into 1,000,000: bytes of the table read", f"{share:.2f}", "%", "<= 5", share <= 5)
    for what, finished in (("first merge of 1,000,000 rows", first), ("merge of 10,000", merge)):
        peak = finished.peak_bytes
        report.add(f"{what}: peak memory", f"{peak / MEBIBYTE:.1f}", "MiB", "<= 80", peak <= 80 * MEBIBYTE)
    report.add("merge of 10,000, reading them from Stripe included", f"{merge.cpu_seconds:.2f}", "CPU-s",
               f"<= {peer['cpuSeconds']:.1f} (pyiceberg)", merge.cpu_seconds <= peer["cpuSeconds"])
    print(f"{'  the same by pyiceberg upsert: peak memory':<58} {peer['peakBytes'] / MEBIBYTE:>12.1f} MiB")


def measure_partitions(report):
    """1,000,000 charges into 24 monthly partitions, then 100,000 of them again, where the kernel allows 128 MiB."""
    sink = {"incremental-strategy": "merge", "partition-by": [{"column": "created", "type": "month"}]}
    with simulator("--span-days", "730", objects={"charge": 1_000_000, "default": 100}) as stripe, \
            tempfile.TemporaryDirectory() as folder, control_group(128 * MEBIBYTE, 100) as group:
        job = Job(folder, stripe.address, KEY)
        first = job.run(manifest("charge", sink=sink), prefix=group.prefix)
        merge = job.run(manifest("charge", sink=sink, source={"yield-limit": 1_000}), prefix=group.prefix)
        partitions = {file.parent for file in job.warehouse.glob("stripe/charge/data/*/*.parquet")}
    assert len(partitions) == 24, partitions
    assert merge.endpoint["commit"]["rowsReplaced"] == 100_000, merge.endpoint
    for what, finished in (("1,000,000 into 24 months", first), ("merge of 100,000 into them", merge)):
        peak = finished.peak_bytes
        report.add(f"{what}, in 128 MiB: resident", f"{peak / MEBIBYTE:.1f}", "MiB", "<= 80", peak <= 80 * MEBIBYTE)


# Runs a command and prints the bytes that it held at most. (`ru_maxrss` of a large parent would count: it outlives exec.)
WATCHED = """
import resource, subprocess, sys
done = subprocess.run(sys.argv[1:], stdout=sys.stderr)
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024)
sys.exit(done.returncode)
"""


def measure_compaction(report):
    """200,000 charges in files of 1,000 rows, half of them merged again, written anew where the kernel allows 128 MiB."""
    sink = {"incremental-strategy": "merge", "loader-file-size": 1_000}
    with simulator(objects={"charge": 200_000, "default": 100}) as stripe, tempfile.TemporaryDirectory() as folder, \
            control_group(128 * MEBIBYTE, 100) as group:
        job = Job(folder, stripe.address, KEY)
        job.run(manifest("charge", sink=sink))
        job.run(manifest("charge", sink=sink, source={"yield-limit": 1_000}))
        lakehouse = LocalLakehouse(job.warehouse)
        before = json.loads(lakehouse.command("describe", "stripe.charge", "-o", "json"))
        address, _ = lakehouse.address
        done = subprocess.run(
            [*group.prefix, sys.executable, "-c", WATCHED, NILUS, "table", "compact", address, "stripe.charge"],
            capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        after = json.loads(lakehouse.command("describe", "stripe.charge", "-o", "json"))
        count = lakehouse.count("stripe.charge")
    assert (before["dataFiles"], before["deletedRows"]) == (300, 100_000), before
    assert (count, after["deletedRows"]) == (200_000, 0) and after["dataFiles"] < 10, after
    peak = int(done.stdout)
    report.add(f"compaction of {before['dataFiles']} files into {after['dataFiles']}, in 128 MiB: resident",
               f"{peak / MEBIBYTE:.1f}", "MiB", "<= 80", peak <= 80 * MEBIBYTE)


def main():
    report = Report()
    measure_start(report)
    with simulator(objects={"charge": 1_000_000, "customer": 20_000, "default": 1_000}) as stripe:
        measure_requests(report, stripe.address)
        measure_throughput(report, stripe.address)
        measure_storage(report, stripe.address)
        measure_merge(report, stripe.address)
    measure_partitions(report)
    measure_compaction(report)
    sys.exit(1 if report.missed else 0)


if __name__ == "__main__":
    main()
