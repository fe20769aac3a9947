"""The whole job against a production lakehouse: an Iceberg REST catalog and S3, both of a SeaweedFS."""
import fnmatch
import itertools
import json

import pytest
from harness.expectation import row
from harness.fault_proxy import fault_proxy
from harness.job import manifest
from harness.programs import free_port
from harness.seaweedfs import RestLakehouse, seaweedfs
from harness.transactions import transaction_proxy

# Each test brings the lakehouse that it is about.
pytestmark = pytest.mark.local

NAMES = itertools.count(1)


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    with seaweedfs(tmp_path_factory.mktemp("seaweedfs")) as server:
        yield server


@pytest.fixture
def schema():
    """A namespace that no other test uses."""
    return f"stripe{next(NAMES)}"


@pytest.fixture
def lake(server):
    return RestLakehouse(server)


@pytest.fixture
def job(account, server, small_stripe):
    """A job that loads into the server; its secret is looked for afterwards like the key."""
    job = account.job(small_stripe, arguments=[], environment={"S3_SECRET": server.secret})
    job.lakehouse = RestLakehouse(server)
    yield job
    for place, text in job.traces():
        assert server.secret.encode() not in text, f"the secret of the storage stands in {place}"


def through(proxy, server):
    """The address of the sink by way of a proxy before the catalog."""
    return server.reached_at(catalog=f"http://{proxy.authority}").address()


def test_rows_equal_the_objects(job, server, lake, small_stripe, schema):
    finished = job.run(manifest("charge,customer", f"{schema}.{{endpoint}}", sink_address=server.address()))

    for endpoint in ["charge", "customer"]:
        name = f"{schema}.{endpoint}"
        expected = {found["id"]: found for found in (row(endpoint, text) for text in small_stripe.truth(endpoint))}
        by_duckdb = lake.by_duckdb(name).sort_by("id")
        rows = {found["id"]: found for found in by_duckdb.to_pylist()}
        assert rows.keys() == expected.keys() and by_duckdb.num_rows == len(expected)
        for identifier, wanted in expected.items():
            assert {name: rows[identifier][name] for name in wanted} == wanted
        assert lake.by_pyiceberg(name).sort_by("id").to_pylist() == by_duckdb.to_pylist()
        commit = finished.endpoints[name]["commit"]
        assert commit["metadataLocation"] == lake.table(name).metadata_location
        assert commit["snapshotID"] == lake.snapshots(name)[-1].snapshot_id


def test_later_runs_replace_append_and_know_themselves(job, server, lake, small_stripe, schema):
    """One snapshot for each run, the same table throughout, and nothing for a run that was committed."""
    address, table = server.address(), f"{schema}.coupon"
    ids = sorted(small_stripe.ids("coupon"))

    job.run(manifest("coupon", table, sink_address=address), "--run-id", "one")
    job.run(manifest("coupon", table, sink_address=address), "--run-id", "two")
    assert lake.ids(table) == ids
    again = job.run(manifest("coupon", table, sink_address=address), "--run-id", "two")
    assert again.endpoint["reason"] == "AlreadyCommitted"
    job.run(
        manifest("coupon", table, sink={"incremental-strategy": "append"}, sink_address=address), "--run-id", "three")

    assert lake.ids(table) == sorted(ids * 2)
    assert [snapshot.summary["nilus.run-id"] for snapshot in lake.snapshots(table)] == ["one", "two", "three"]


def test_a_partitioned_and_sorted_table(job, server, lake, small_stripe, schema):
    table = f"{schema}.charge"
    layout = {"partition-by": [{"column": "created", "type": "month"}], "cluster-by": "id"}

    job.run(manifest("charge", table, sink=layout, sink_address=server.address()))

    assert lake.ids(table) == sorted(small_stripe.ids("charge"))
    assert lake.by_pyiceberg(table).num_rows == lake.count(table)
    assert [str(field.transform) for field in lake.table(table).spec().fields] == ["month"]
    assert lake.table(table).inspect.partitions().num_rows > 1
    (field,) = lake.table(table).sort_order().fields
    assert lake.table(table).schema().find_column_name(field.source_id) == "id"


def test_rows_are_merged(job, server, lake, small_stripe, schema):
    """Old versions go by position deletes, found by reading key columns on S3."""
    table, ids = f"{schema}.coupon", sorted(small_stripe.ids("coupon"))
    merging = manifest("coupon", table, sink={"incremental-strategy": "merge"}, sink_address=server.address())

    job.run(merging)
    loads = {job.run(merging).status["status"]["loadID"]}

    assert lake.ids(table) == ids
    assert set(lake.by_duckdb(table, "DISTINCT _nilus_load_id").column(0).to_pylist()) == loads
    assert lake.by_pyiceberg(table).num_rows == len(ids)
    assert int(lake.snapshots(table)[-1].summary["added-position-deletes"]) == len(ids)


def test_a_depot(job, server, lake, small_stripe, schema):
    """The manifest names a depot; its catalog, its storage and their secrets are mounted."""
    depots, secrets = job.folder / "depots", job.folder / "secrets"
    depots.mkdir()
    secrets.mkdir()
    (depots / "lake.yaml").write_text(json.dumps({
        "name": "lake", "version": "v2alpha", "type": "depot",
        "depot": {"type": "S3", "external": True, "secrets": [{"name": "lake-rw", "allkeys": True}],
                  "s3": {"scheme": "s3a", "bucket": "warehouse", "format": "iceberg", "icebergCatalogType": "rest",
                         "metastoreType": "rest", "metastoreUrl": server.catalog_url, "region": server.region,
                         "endpoint": server.endpoint}}}))
    (secrets / "lake-rw").write_text(
        f"accesskeyid={server.key_id}\nsecretkey={server.secret}\ncredential={server.key_id}:{server.secret}\n")

    job.run(manifest("coupon", sink_address=f"dataos://lake:{schema}/coupon?acl=rw", dest_table=f"{schema}.coupon"),
            "--depot-dir", str(depots), "--secret-dir", str(secrets))

    assert lake.ids(f"{schema}.coupon") == sorted(small_stripe.ids("coupon"))


def test_keys_of_the_environment_fill_what_is_missing(job, server, lake, small_stripe, schema):
    address = server.address(endpoint=None, region=None, access_key_id=None, secret_access_key=None)

    job.run(manifest("coupon", f"{schema}.coupon", sink_address=address),
            environment={"AWS_ACCESS_KEY_ID": server.key_id, "AWS_SECRET_ACCESS_KEY": server.secret,
                         "AWS_REGION": server.region, "AWS_ENDPOINT_URL_S3": server.endpoint})

    assert lake.ids(f"{schema}.coupon") == sorted(small_stripe.ids("coupon"))


WRONG = {"WRONG": "hush-hush"}


@pytest.mark.parametrize("changes, environment, told", [
    ({"credential": "nobody:{WRONG}"}, WRONG,
     "cannot fetch a token: '{catalog}' answered 401 invalid_client (Invalid client credentials); check the client's "
     "name and password in 'credential'"),
    ({"token": "{WRONG}", "credential": None}, WRONG,
     "cannot load table '{table}': the catalog at '{catalog}' answered 401 NotAuthorizedException "
     "(Bearer token is invalid or expired); check the token or credential of the catalog"),
    ({"secret_access_key": "{WRONG}"}, WRONG,
     "cannot write 's3://warehouse/{path}/data/*.parquet': the proof by key id 'testkey' does not match "
     "(403 SignatureDoesNotMatch); check the secret that belongs to it and the region"),
    ({"credential": None}, {},
     "cannot load table '{table}': the catalog at '{catalog}' answered 403 ForbiddenException (Access Denied.); "
     "the catalog knows the job and does not let it do this"),
], ids=["client", "token", "key", "nobody"])
def test_what_is_refused_is_told_without_the_secret(job, server, schema, changes, environment, told):
    finished = job.run(manifest("coupon", f"{schema}.coupon", sink_address=server.address(**changes)),
                       environment=environment, expect=69)

    message = told.format(catalog=server.catalog_url, table=f"{schema}.coupon", path=f"{schema}/coupon")
    assert fnmatch.fnmatchcase(finished.message, message), finished.message
    for place, text in job.traces():
        assert b"hush-hush" not in text, f"the wrong secret stands in {place}"


def test_a_catalog_that_is_not_there_is_for_another_try(job, server, schema):
    port = free_port()
    address = server.reached_at(catalog=f"http://127.0.0.1:{port}").address()

    finished = job.run(manifest("coupon", f"{schema}.coupon", sink_address=address), expect=75)

    assert finished.reason == "SinkUnavailable"
    message = (f"cannot fetch a token: no answer from the catalog at 'http://127.0.0.1:{port}', failed to connect to "
               f"127.0.0.1 port {port} after * ms: Couldn't connect to server; run again later")
    assert fnmatch.fnmatchcase(finished.message, message), finished.message


def test_an_unknown_parameter_is_told_with_its_place(job, server):
    address = server.address(warehose="x")

    finished = job.run(manifest("coupon", sink_address=address), expect=78)

    column = len('      "address": "') + address.index("warehose") + 1
    assert (f"{job.folder}/workflow.yaml:21:{column}: unknown parameter 'warehose' in a 'iceberg+rest' address; did you "
            "mean 'warehouse'?") in finished.stderr.splitlines()


def test_a_commit_whose_answer_is_lost_is_found(job, server, lake, small_stripe, schema):
    with fault_proxy(server.catalog_url) as proxy:
        lost = proxy.inject("drop the answer", "POST", r"/tables/coupon$")
        finished = job.run(manifest("coupon", f"{schema}.coupon", sink_address=through(proxy, server)))

    assert lost.hits == 1
    assert lake.ids(f"{schema}.coupon") == sorted(small_stripe.ids("coupon"))
    assert len(lake.snapshots(f"{schema}.coupon")) == 1
    assert finished.endpoint["commit"]["snapshotID"] == lake.snapshots(f"{schema}.coupon")[0].snapshot_id


def test_tables_of_a_node_are_committed_in_one_step_where_the_catalog_can(job, server, lake, small_stripe, schema):
    """New tables and old ones; without transactions each is committed by itself."""
    tables = {name: f"{schema}.{name}" for name in ["coupon", "customer", "product"]}
    with transaction_proxy(server.catalog_url) as proxy:
        load = manifest(",".join(tables), f"{schema}.{{endpoint}}", sink_address=through(proxy, server))
        runs = [job.run(load), job.run(load)]

    assert proxy.transactions == [sorted(tables)] * 2
    for name, table in tables.items():
        assert lake.ids(table) == sorted(small_stripe.ids(name))
        found = lake.snapshots(table)
        assert [run.endpoints[table]["commit"]["snapshotID"] for run in runs] == [made.snapshot_id for made in found]
        assert [run.endpoints[table]["commit"]["tablesTogether"] for run in runs] == [3, 3]
    alone = job.run(manifest(",".join(tables), f"{schema}.{{endpoint}}", sink_address=server.address()))
    assert all("tablesTogether" not in endpoint["commit"] for endpoint in alone.endpoints.values())


@pytest.mark.parametrize("fault", ["drop the request", "drop the answer", "500 after it landed", "409"])
def test_a_transaction_through_faults(job, server, lake, small_stripe, schema, fault):
    """Every table has the rows once, and one snapshot for the run."""
    tables = {name: f"{schema}.{name}" for name in ["coupon", "product"]}
    with transaction_proxy(server.catalog_url) as proxy:
        load = manifest(",".join(tables), f"{schema}.{{endpoint}}", sink={"incremental-strategy": "merge"},
                        sink_address=through(proxy, server))
        job.run(load)
        rule = proxy.inject(fault, "POST", "/transactions/commit$")
        finished = job.run(load)

    assert rule.hits == 1
    for name, table in tables.items():
        assert lake.ids(table) == sorted(small_stripe.ids(name))
        assert len(lake.snapshots(table)) == 2
        assert finished.endpoints[table]["commit"]["snapshotID"] == lake.snapshots(table)[-1].snapshot_id
