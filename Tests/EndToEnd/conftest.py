"""What every end-to-end test has: a simulated account, a job with a canary key, and a look for that key afterwards."""
import base64
import pathlib
import secrets

import pytest
from harness.job import Job
from harness.lakehouse import LocalLakehouse
from harness.seaweedfs import Buckets, seaweedfs
from harness.simulator import simulator

# What a person wrote, and so holds the key on purpose.
WRITTEN_BY_THE_USER = {"workflow.yaml", "secrets"}


def pytest_addoption(parser):
    parser.addoption("--lakehouse", choices=["local", "rest"], default="local",
                     help="where jobs load to: a folder, or an Iceberg REST catalog and S3 (SeaweedFS)")


def pytest_configure(config):
    config.addinivalue_line("markers", "local: is about no lakehouse or files of this machine, or brings its own; says why")


def pytest_collection_modifyitems(config, items):
    if config.getoption("--lakehouse") == "local":
        return
    deselected = [item for item in items if item.get_closest_marker("local")]
    config.hook.pytest_deselected(items=deselected)
    items[:] = [item for item in items if item not in deselected]


class Account:
    """One simulated account, one folder, and the jobs that load the one into the other."""

    def __init__(self, folder, canary, buckets):
        self.folder = folder
        self.canary = canary
        self.buckets = buckets
        self.jobs = []

    @property
    def key(self):
        return self.key_of_kind("sk_test_")

    def key_of_kind(self, prefix):
        """A key of another kind, which is looked for as well: all hold the canary."""
        return prefix + self.canary

    def job(self, stripe=None, folder=None, **more):
        base = stripe.address if hasattr(stripe, "address") else stripe
        job = WatchedJob(self.folder / (folder or f"job{len(self.jobs)}"), base, more.pop("key", self.key), **more)
        if self.buckets and "arguments" not in more:
            # The manifests name depots; here they are mounted, with a catalog and a storage of their own.
            job.lakehouse = self.buckets.lakehouse()
            job.arguments, secrets = job.lakehouse.mount(self.folder / f"mounted{len(self.jobs)}")
            job.environment = {"DATAOS_SECRET_DIR": str(secrets), **job.environment}
        self.jobs.append(job)
        return job

    def twin(self, job):
        """Another process that loads into the same lakehouse as a job."""
        twin = WatchedJob(job.folder / "twin", None, job.key, environment=job.environment, arguments=job.arguments)
        twin.lakehouse = job.lakehouse
        self.jobs.append(twin)
        return twin

    def assert_key_is_nowhere(self):
        """Looks for every key in everything that the jobs printed, wrote and showed to other users."""
        for job in self.jobs:
            for place, text in job.traces():
                for form in forms(self.canary):
                    assert form not in text, f"a key stands in {place}"
        for lakehouse in {id(job.lakehouse): job.lakehouse for job in self.jobs}.values():
            for table in lakehouse.tables():
                location = lakehouse.table(table).metadata_location
                found = lakehouse.connection().sql(
                    f"SELECT count(*) FROM iceberg_scan('{location}') t WHERE t::VARCHAR LIKE '%{self.canary}%'")
                assert found.fetchone()[0] == 0, f"a key stands in table {table}"


def forms(canary):
    """The bytes by which a text that holds the canary is known: itself, and Base64 from each place in a group of three."""
    yield canary.encode()
    for skipped in range(3):
        whole = (len(canary) - skipped) // 3 * 3
        yield base64.b64encode(canary.encode()[skipped:skipped + whole])


class WatchedJob(Job):
    """A job of which everything that others can see is kept."""

    def __init__(self, *arguments, **more):
        super().__init__(*arguments, **more)
        self.lakehouse = LocalLakehouse(self.warehouse)
        self.seen = []

    def launch(self, *arguments, **more):
        process = super().launch(*arguments, **more)
        self.seen.append(("a command line", pathlib.Path(f"/proc/{process.pid}/cmdline").read_bytes()))
        return process

    def finish(self, process):
        finished = super().finish(process)
        self.seen.append(("standard output", finished.stdout.encode()))
        self.seen.append(("standard error", finished.stderr.encode()))
        return finished

    def traces(self):
        yield from self.seen
        for path in self.folder.rglob("*"):
            relative = path.relative_to(self.folder)
            if path.is_file() and not WRITTEN_BY_THE_USER & set(relative.parts):
                yield str(relative), path.read_bytes()


@pytest.fixture(scope="session")
def canary():
    """What all keys of the tests hold and nothing else does, so that one look finds every leak."""
    return f"canary{secrets.token_hex(12)}"


@pytest.fixture(scope="session")
def buckets(request, tmp_path_factory):
    """Catalogs and storages for jobs, one for each; `None` where jobs load into folders."""
    if request.config.getoption("--lakehouse") == "local":
        yield None
    else:
        with seaweedfs(tmp_path_factory.mktemp("seaweedfs")) as server:
            yield Buckets(server)


@pytest.fixture
def account(tmp_path, canary, buckets):
    account = Account(tmp_path, canary, buckets)
    yield account
    account.assert_key_is_nowhere()


@pytest.fixture(scope="session")
def small_stripe():
    """An account with a few hundred objects of each kind, which no test changes."""
    with simulator(objects={"default": 250, "customer": 420}) as stripe:
        yield stripe
