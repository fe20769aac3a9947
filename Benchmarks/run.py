#!/usr/bin/env python3
"""Prints the figures of the main job beside their targets; exits 1 when one is missed.

CPU seconds and peak memory are what the kernel counted for the process; wall time is not looked at.
"""
import statistics
import sys
import tempfile

import processes

MEBIBYTE = 1024 * 1024


class Report:
    """Figures as they come, and whether each reaches its target."""

    def __init__(self):
        self.missed = 0

    def add(self, what, value, unit, target, is_reached):
        self.missed += not is_reached
        print(f"{what:<58} {value:>12} {unit:<14} {target:<16} {'ok' if is_reached else 'MISSED'}", flush=True)


def rows_per_cpu_second(result):
    return result["rows"] / result["cpu"]


def measure_throughput(report, address):
    """100,000 and 1,000,000 charges over TLS into Iceberg."""
    peaks = {}
    for name, http2 in (("HTTP/1.1", False), ("HTTP/2", True)):
        with processes.tls_in_front_of(address, http2) as (base, certificate):
            small = [processes.run(base, certificate, yield_limit=1_000) for _ in range(3)]
            large = processes.run(base, certificate)
        speed = statistics.median(map(rows_per_cpu_second, small))
        peaks[name] = (max(result["peak"] for result in small), large["peak"])
        report.add(f"100,000 charges over TLS, {name}", f"{speed:,.0f}", "rows/CPU-s", ">= 25,000", speed >= 25_000)
        speed = rows_per_cpu_second(large)
        report.add(f"1,000,000 charges over TLS, {name}", f"{speed:,.0f}", "rows/CPU-s", ">= 25,000", speed >= 25_000)
    for name, (small, large) in peaks.items():
        report.add(f"peak memory, 100,000 charges, {name}", f"{small / MEBIBYTE:.1f}", "MiB", "<= 64",
                   small <= 64 * MEBIBYTE)
        growth = (large - small) / MEBIBYTE
        report.add(f"1,000,000 charges take more by, {name}", f"{growth:.1f}", "MiB", "<= 8", growth <= 8)


def measure_start(report):
    """CPU from the start of the process to its first request."""
    plain = statistics.median(processes.cpu_until_first_request() for _ in range(9))
    report.add("start to first request, HTTP", f"{plain:.1f}", "ms CPU", "<= 15", plain <= 15)
    with tempfile.TemporaryDirectory() as folder:
        tls = statistics.median(processes.cpu_until_first_request(folder) for _ in range(9))
    report.add("start to first request, TLS", f"{tls:.1f}", "ms CPU", "<= 15", tls <= 15)


def measure_requests(report, address):
    """Requests of a dense and of a small endpoint, against the fewest possible."""
    dense = processes.run(address, table="customer")
    requests = dense["status"]["nodes"][0]["endpoints"][0]["extract"]["requests"]
    fewest = -(-dense["rows"] // 100)
    report.add(f"requests for {dense['rows']:,} customers", f"{requests / fewest:.3f}", "x the fewest", "<= 1.05",
               requests <= 1.05 * fewest)


def main():
    report = Report()
    measure_start(report)
    with processes.simulator("--objects", "charge=1000000,customer=20000,default=1000") as address:
        measure_requests(report, address)
        measure_throughput(report, address)
    sys.exit(1 if report.missed else 0)


if __name__ == "__main__":
    main()
