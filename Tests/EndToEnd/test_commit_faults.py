"""The network and the services fail at the worst moments: the table is right or untouched, and the status says which.

The job loads into a SeaweedFS (S3 and REST catalog) through a proxy that injects each fault at each moment, once or for
ever. A first load without faults makes the table; the load under test merges changes into it.
"""
import os
import pathlib
import subprocess

import pytest
from harness.fault_proxy import FAULTS, fault_proxy
from harness.job import manifest
from harness.simulator import simulator
from pyiceberg.catalog.rest import RestCatalog

# Each test brings the lakehouse that it is about.
pytestmark = pytest.mark.local

ROOT = pathlib.Path(__file__).resolve().parents[2]
CHANGED = 40
FOREVER = 1_000

# The moments: a request that the load under test makes, by method and path.
COMMIT = ("POST", r"/tables/charge$")
LOAD = ("GET", r"/tables/charge$")
DATA = ("PUT", r"/data/[^/]*\.parquet")
MANIFEST = ("PUT", r"/metadata/.*\.avro")


@pytest.fixture(scope="module")
def services(tmp_path_factory):
    """How to reach a SeaweedFS of this module's own."""
    folder = tmp_path_factory.mktemp("weed")
    script = ROOT / "scripts" / "seaweedfs.sh"
    environment = {**os.environ, "PATH": f"{pathlib.Path(os.sys.executable).parent}:{os.environ['PATH']}"}
    started = subprocess.run([script, "start", folder], capture_output=True, text=True, check=True, env=environment)
    exports = dict(line.removeprefix("export ").split("=", 1) for line in started.stdout.splitlines() if "=" in line)
    yield exports
    subprocess.run([script, "stop", folder], check=True, env=environment)


class World:
    """A table in a lakehouse of services, a job that loads into it through proxies, and what it ought to hold."""

    buckets = 0

    def __init__(self, account, stripe, services, catalog, storage):
        self.account = account
        self.stripe = stripe
        self.services = services
        self.catalog_proxy = catalog
        self.storage_proxy = storage
        self.bucket = f"conformance-{World.buckets:02d}"
        World.buckets += 1

    def run(self, run_id, expect=None):
        key, secret = self.services["NILUS_TEST_S3_ACCESS_KEY_ID"], self.services["NILUS_TEST_S3_SECRET_ACCESS_KEY"]
        address = (
            f"iceberg+rest://{self.catalog_proxy.authority}?warehouse=s3://{self.bucket}"
            f"&endpoint=http://{self.storage_proxy.authority}&region=us-east-1&use_ssl=false"
            f"&access_key_id={key}&secret_access_key={secret}&credential={key}:{secret}")
        job = self.account.job(self.stripe, arguments=[])
        process = job.start(
            manifest("charge", sink={"incremental-strategy": "merge"}, sink_address=address), "--run-id", run_id)
        finished = job.finish(process)
        self.account.jobs.remove(job)
        assert expect is None or finished.code == expect, finished.stderr
        return finished

    def rows(self):
        key, secret = self.services["NILUS_TEST_S3_ACCESS_KEY_ID"], self.services["NILUS_TEST_S3_SECRET_ACCESS_KEY"]
        catalog = RestCatalog(
            "c", uri=self.services["NILUS_TEST_REST_CATALOG"], warehouse=f"s3://{self.bucket}",
            credential=f"{key}:{secret}", **{
                "s3.endpoint": self.services["NILUS_TEST_S3_ENDPOINT"], "s3.access-key-id": key,
                "s3.secret-access-key": secret, "s3.region": "us-east-1"})
        table = catalog.load_table("stripe.charge")
        rows = table.scan(selected_fields=("id", "description")).to_arrow().to_pylist()
        return {row["id"]: row["description"] for row in rows}, len(rows), len(table.metadata.snapshots)


@pytest.fixture
def world(account, services):
    with simulator(objects={"charge": 120, "default": 20}) as stripe, \
            fault_proxy(services["NILUS_TEST_REST_CATALOG"]) as catalog, \
            fault_proxy(services["NILUS_TEST_S3_ENDPOINT"]) as storage:
        yield World(account, stripe, services, catalog, storage)


def outcome(fault, moment, times):
    """What must come of it: the reason that the status gives, and whether the table has the changes."""
    if times == 1 or fault == "slow":
        return "Completed", True
    if moment is COMMIT:
        return {
            "drop the request": ("CommitUnknown", False), "drop the answer": ("Completed", True),
            "500 after it landed": ("Completed", True), "half an answer": ("Completed", True),
            "503": (("SinkUnavailable", "CommitUnknown"), False), "409": ("CommitConflict", False),
        }[fault]
    return "SinkUnavailable", False


CASES = [
    (fault, name, moment, times)
    for name, moment in (("commit", COMMIT), ("manifest", MANIFEST), ("data file", DATA))
    for fault in FAULTS for times in (1, FOREVER)
    # A conflict is an answer to a commit alone; and what is only slow for ever takes too long to wait for.
    if (fault != "409" or moment is COMMIT) and (fault != "slow" or times == 1)
    # Storage is insisted on for a minute; that one lasting fault ends well shows it for all.
    if moment is COMMIT or times == 1 or (fault, name) == ("503", "data file")
]


@pytest.mark.parametrize(
    "fault,name,moment,times", CASES,
    ids=[f"{fault}, {'once' if times == 1 else 'always'}, at the {name}" for fault, name, _, times in CASES])
def test_the_table_is_right_or_untouched(world, capsys, fault, name, moment, times):
    world.run("first", expect=0)
    before, _, snapshots = world.rows()
    for identifier in world.stripe.ids("charge")[:CHANGED]:
        world.stripe.update("charge", identifier, description="changed")
    proxy = world.catalog_proxy if moment is COMMIT else world.storage_proxy
    rule = proxy.inject(fault, *moment, times=times)

    finished = world.run("second")

    assert rule.hits > 0
    reasons, is_visible = outcome(fault, moment, times)
    assert finished.endpoint["reason"] in (reasons if isinstance(reasons, tuple) else (reasons,)), finished.stderr
    assert finished.endpoint["table"] == "stripe.charge"
    rows, count, found = world.rows()
    assert count == len(rows) == 120
    assert found == snapshots + is_visible
    assert sum(text == "changed" for text in rows.values()) == (CHANGED if is_visible else 0)
    if not is_visible:
        assert rows == before
    with capsys.disabled():
        print(f"\n  {fault:<20} {'once' if times == 1 else 'always':<7} at the {name:<10} -> "
              f"{finished.endpoint['reason']:<16} {'changes there' if is_visible else 'table untouched'}", end="")

    # The next attempt of the same run ends well, whatever the first came to.
    rule.left = 0
    assert world.run("second", expect=0).endpoint["reason"] == ("AlreadyCommitted" if is_visible else "Completed")
    rows, count, found = world.rows()
    assert count == len(rows) == 120 and found == snapshots + 1
    assert sum(text == "changed" for text in rows.values()) == CHANGED
