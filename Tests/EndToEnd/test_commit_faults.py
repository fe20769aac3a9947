"""The network and the services fail at the worst moments: the table is right or untouched, and the status says which.

The job loads into a SeaweedFS (S3 and REST catalog) through proxies that inject each fault at each moment, once or for
ever. What came of each is printed as one table.
"""
import base64
import secrets

import pytest
from harness.fault_proxy import FAULTS, fault_proxy
from harness.job import manifest
from harness.seaweedfs import Buckets, seaweedfs
from harness.simulator import simulator

# Each test brings the lakehouse that it is about.
pytestmark = pytest.mark.local

OBJECTS = 120
CHANGED = 20
FOREVER = 1_000
# A storage is insisted on for two minutes unless the job is told otherwise.
IMPATIENT = {"NILUS_STORAGE_RETRY_SECONDS": "1"}
# So much about each changed object that their rows are sent in two parts, the first of 5 MiB: chance compresses badly.
LARGE_BYTES = 300_000


class Moment:
    """A request of the load under test, by method and path, to the catalog or the storage."""

    def __init__(self, name, service, method, path, makes_table=False, text_bytes=0):
        self.name = name
        self.service = service
        self.method = method
        self.path = path
        # Whether the load makes the table; else it merges into one.
        self.makes_table = makes_table
        # How much is written about each changed object.
        self.text_bytes = text_bytes


COMMIT = Moment("commit", "catalog", "POST", r"/tables/charge$")
STAGED_CREATE = Moment("staged create", "catalog", "POST", r"/tables$", makes_table=True)
MOMENTS = [
    COMMIT,
    Moment("commit of a new table", "catalog", "POST", r"/tables/charge$", makes_table=True),
    STAGED_CREATE,
    Moment("create of a namespace", "catalog", "POST", r"/namespaces$", makes_table=True),
    Moment("settings of the catalog", "catalog", "GET", r"/v1/config"),
    Moment("token", "catalog", "POST", r"/oauth/tokens$"),
    Moment("load of the table", "catalog", "GET", r"/tables/charge$"),
    Moment("write of a data file", "storage", "PUT", r"/data/[^/]*(?<!deletes)\.parquet"),
    Moment("begin of a data file in parts", "storage", "POST", r"\.parquet\?uploads", makes_table=True, text_bytes=LARGE_BYTES),
    Moment("part of a data file", "storage", "PUT", r"\.parquet\?.*partNumber=", makes_table=True, text_bytes=LARGE_BYTES),
    Moment("end of a data file in parts", "storage", "POST", r"\.parquet\?uploadId=", makes_table=True, text_bytes=LARGE_BYTES),
    Moment("write of a delete file", "storage", "PUT", r"deletes.*\.parquet"),
    Moment("write of a manifest file", "storage", "PUT", r"/metadata/.*-m\d+\.avro"),
    Moment("write of a manifest list", "storage", "PUT", r"/metadata/snap-.*\.avro"),
    Moment("read of a manifest list", "storage", "GET", r"/metadata/snap-.*\.avro"),
    Moment("read of a manifest file", "storage", "GET", r"/metadata/.*-m\d+\.avro"),
    Moment("read of keys", "storage", "GET", r"/data/.*\.parquet"),
]


def comes_of(fault, moment, times):
    """What must come of it: the reason that the status gives, and whether the table has the changes."""
    if times == 1:
        return "Completed", True
    if moment.name.startswith("commit"):
        return {
            "drop the request": ("CommitUnknown", False), "drop the answer": ("Completed", True),
            "500 after it landed": ("Completed", True), "half an answer": ("Completed", True),
            "503": ("CommitUnknown", False), "409": ("CommitConflict", False),
        }[fault]
    return "SinkUnavailable", False


def cases():
    """The moments, each with faults that are tried one after the other; those that take long by themselves."""
    for moment in MOMENTS:
        takes_conflicts = moment in (COMMIT, STAGED_CREATE)
        once = [(fault, 1) for fault in FAULTS if fault != "409" or takes_conflicts]
        if moment is COMMIT:
            yield moment, once
            # What is only slow for ever takes too long to wait for.
            yield from ((moment, [(fault, FOREVER)]) for fault in FAULTS if fault != "slow")
        else:
            # One that is not answered and one that is stand for all: whatever passes is tried again by one loop.
            yield moment, once + [("drop the answer", FOREVER), ("503", FOREVER)]


def title(value):
    """How a moment or its faults are named in the name of a test."""
    if isinstance(value, Moment):
        return value.name
    return f"{value[0][0]} always" if len(value) == 1 else "all"


@pytest.fixture(scope="module")
def buckets_of_services(tmp_path_factory):
    """The buckets of a SeaweedFS of this module's own."""
    with seaweedfs(tmp_path_factory.mktemp("seaweedfs")) as server:
        yield Buckets(server)


class Trial:
    """A job that loads into a lakehouse of services through proxies, and what its tables ought to hold."""

    def __init__(self, account, stripe, lakehouse, proxies, moment):
        self.stripe = stripe
        self.lakehouse = lakehouse
        self.proxies = proxies
        self.moment = moment
        self.server = lakehouse.server.reached_at(
            **{service: f"http://{proxy.authority}" for service, proxy in proxies.items()})
        self.job = account.job(stripe, arguments=[], environment={"S3_SECRET": self.server.secret, **IMPATIENT})
        self.job.lakehouse = lakehouse
        self.table = "stripe.charge"
        self.number = 0

    def prepare(self):
        """Makes the table, or names one that is not there, and changes some objects; returns the mark of the changes."""
        self.number += 1
        if self.moment.makes_table:
            self.table = f"stripe{self.number}.charge"
        elif self.number == 1:
            assert self.run("first").code == 0
        for identifier in self.stripe.ids("charge")[:CHANGED]:
            chance = base64.b64encode(secrets.token_bytes(self.moment.text_bytes)).decode()
            self.stripe.update("charge", identifier, description=f"change {self.number}: {chance}")
        return f"change {self.number}: "

    def run(self, run_id, job=None):
        job = job or self.job
        return job.finish(self.start(run_id, job))

    def start(self, run_id, job):
        job.status_path.unlink(missing_ok=True)
        return job.start(
            manifest("charge", self.table, source={"page-size": 10 if self.moment.text_bytes else 100},
                     sink={"incremental-strategy": "merge"},
                     sink_address=self.server.address(warehouse=self.lakehouse.warehouse)),
            "--run-id", run_id)

    def inject(self, fault, times):
        return self.proxies[self.moment.service].inject(fault, self.moment.method, self.moment.path, times=times)

    def found(self):
        """The rows of the table and the number of its snapshots; nothing where there is none."""
        if not self.lakehouse.exists(self.table):
            return {}, 0
        table = self.lakehouse.table(self.table)
        rows = table.scan(selected_fields=("id", "description")).to_arrow().to_pylist()
        texts = {row["id"]: row["description"] for row in rows}
        assert len(rows) == len(texts) == OBJECTS
        return texts, len(table.metadata.snapshots)


@pytest.fixture
def trial(account, buckets_of_services, moment):
    lakehouse = buckets_of_services.lakehouse()
    server = lakehouse.server
    with simulator(objects={"charge": OBJECTS, "default": 10}) as stripe, \
            fault_proxy(server.catalog_url) as catalog, fault_proxy(server.endpoint) as storage:
        yield Trial(account, stripe, lakehouse, {"catalog": catalog, "storage": storage}, moment)


@pytest.mark.parametrize("moment,faults", cases(), ids=title)
def test_the_table_is_right_or_untouched(trial, figures, moment, faults):
    after = None
    for fault, times in faults:
        mark = trial.prepare()
        before, snapshots = (after, made) if after and not moment.makes_table else trial.found()
        rule = trial.inject(fault, times)

        finished = trial.run(f"run-{trial.number}")

        assert rule.hits > 0, fault
        rule.left = 0
        after, made = trial.found()
        changed = sum(text.startswith(mark) for text in after.values() if text)
        is_visible = changed == CHANGED and made == snapshots + 1
        is_untouched = (after, made) == (before, snapshots)
        often = "once" if times == 1 else "always"
        figures.row(
            "fault table", moment=moment.name, fault=fault, how_often=often, reason=finished.endpoint["reason"],
            table="changed" if is_visible else "untouched" if is_untouched else "NEITHER")
        assert is_visible or is_untouched, (fault, often)
        assert (finished.endpoint["reason"], is_visible) == comes_of(fault, moment, times), (fault, often, finished.stderr)
        assert finished.endpoint["table"] == trial.table

        if is_visible and moment is not COMMIT:
            continue
        # The next attempt of the same run ends well, whatever the first came to.
        again = trial.run(f"run-{trial.number}").expected(0)
        assert again.endpoint["reason"] == ("AlreadyCommitted" if is_visible else "Completed")
        after, made = trial.found()
        assert made == snapshots + 1
        assert sum(text.startswith(mark) for text in after.values() if text) == CHANGED


@pytest.mark.parametrize("moment", [COMMIT], ids=title)
def test_a_commit_that_comes_after_the_job_gave_up_on_it_changes_nothing(trial, moment):
    """It hangs in the network for longer than the job waits, which sends it again; then both have come."""
    mark = trial.prepare()
    _, snapshots = trial.found()
    rule = trial.proxies["catalog"].hold(moment.method, moment.path)
    trial.job.environment["NILUS_CATALOG_TIMEOUT_SECONDS"] = "2"

    finished = trial.run("nightly").expected(0)
    rule.may_go_on.set()

    assert rule.is_answered.wait(60), "it never came"
    assert finished.endpoint["reason"] == "Completed"
    rows, made = trial.found()
    assert made == snapshots + 1
    assert sum(text.startswith(mark) for text in rows.values() if text) == CHANGED
    live = {path.split("/data/")[1] for path in trial.lakehouse.table(trial.table).inspect.files()["file_path"].to_pylist()}
    assert trial.lakehouse.data_files(trial.table) == live


@pytest.mark.parametrize("moment", [COMMIT], ids=title)
def test_of_two_processes_of_one_run_the_slower_does_nothing(account, trial, moment):
    """Each has read the table before the other commits, as after a pod that was thought dead."""
    mark = trial.prepare()
    _, snapshots = trial.found()
    rule = trial.proxies["catalog"].hold(moment.method, moment.path)
    slower = trial.start("nightly", trial.job)
    assert rule.has_come.wait(60), "it never committed"

    won = trial.run("nightly", account.twin(trial.job)).expected(0)
    rule.may_go_on.set()
    lost = trial.job.finish(slower).expected(0)

    assert (won.endpoint["reason"], lost.endpoint["reason"]) == ("Completed", "AlreadyCommitted")
    rows, made = trial.found()
    assert made == snapshots + 1
    assert sum(text.startswith(mark) for text in rows.values() if text) == CHANGED
    live = {path.split("/data/")[1] for path in trial.lakehouse.table(trial.table).inspect.files()["file_path"].to_pylist()}
    assert trial.lakehouse.data_files(trial.table) == live
