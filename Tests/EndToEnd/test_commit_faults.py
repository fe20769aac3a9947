"""The network and the services fail at the worst moments: the table is right or untouched, and the status says which.

The job loads into a SeaweedFS (S3 and REST catalog) through a proxy that injects each fault at each moment, once or for
ever. A first load without faults makes the table; the load under test merges changes into it.
"""
import pytest
from harness.fault_proxy import FAULTS, fault_proxy
from harness.job import manifest
from harness.seaweedfs import Buckets, seaweedfs
from harness.simulator import simulator

# Each test brings the lakehouse that it is about.
pytestmark = pytest.mark.local

CHANGED = 40
FOREVER = 1_000

# The moments: a request that the load under test makes, by method and path.
COMMIT = ("POST", r"/tables/charge$")
DATA = ("PUT", r"/data/[^/]*\.parquet")
MANIFEST = ("PUT", r"/metadata/.*\.avro")


@pytest.fixture(scope="module")
def buckets_of_services(tmp_path_factory):
    """The buckets of a SeaweedFS of this module's own."""
    with seaweedfs(tmp_path_factory.mktemp("seaweedfs")) as server:
        yield Buckets(server)


class World:
    """A table in a lakehouse of services, a job that loads into it through proxies, and what it ought to hold."""

    def __init__(self, account, stripe, lakehouse, catalog, storage):
        self.account = account
        self.stripe = stripe
        self.lakehouse = lakehouse
        self.catalog_proxy = catalog
        self.storage_proxy = storage

    def run(self, run_id, expect=None):
        server = self.lakehouse.server.reached_at(
            storage=f"http://{self.storage_proxy.authority}", catalog=f"http://{self.catalog_proxy.authority}")
        job = self.account.job(self.stripe, arguments=[], environment={"S3_SECRET": server.secret})
        job.lakehouse = self.lakehouse
        finished = job.finish(job.start(
            manifest("charge", sink={"incremental-strategy": "merge"},
                     sink_address=server.address(warehouse=self.lakehouse.warehouse)),
            "--run-id", run_id))
        return finished if expect is None else finished.expected(expect)

    def rows(self):
        table = self.lakehouse.table("stripe.charge")
        rows = table.scan(selected_fields=("id", "description")).to_arrow().to_pylist()
        return {row["id"]: row["description"] for row in rows}, len(rows), len(table.metadata.snapshots)


@pytest.fixture
def world(account, buckets_of_services):
    lakehouse = buckets_of_services.lakehouse()
    server = lakehouse.server
    with simulator(objects={"charge": 120, "default": 20}) as stripe, \
            fault_proxy(server.catalog_url) as catalog, fault_proxy(server.endpoint) as storage:
        yield World(account, stripe, lakehouse, catalog, storage)


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
