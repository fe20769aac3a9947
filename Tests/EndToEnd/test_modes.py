"""What a run does to a table: replace and append, full and incremental, intervals, trial runs, repeated runs."""
import datetime
import json

import pytest
from harness.job import manifest
from harness.simulator import simulator


def iso(seconds):
    return datetime.datetime.fromtimestamp(seconds, datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


@pytest.fixture
def stripe():
    with simulator(objects={"charge": 330, "coupon": 40, "default": 20}) as stripe:
        yield stripe


def test_a_replace_replaces(account, stripe):
    job = account.job(stripe)
    job.run(manifest("charge"))
    stripe.advance(100)
    stripe.create("charge", 7)
    stripe.advance(100)

    finished = job.run(manifest("charge"))

    assert job.lakehouse.ids("stripe.charge") == sorted(stripe.ids("charge"))
    assert finished.endpoint["commit"]["rowsInTable"] == 337


def test_an_empty_endpoint_empties_the_table(account, stripe):
    job = account.job(stripe)
    job.run(manifest("coupon"))
    for identifier in stripe.ids("coupon"):
        stripe.delete("coupon", identifier)

    job.run(manifest("coupon"))

    assert job.lakehouse.count("stripe.coupon") == 0
    assert len(job.lakehouse.snapshots("stripe.coupon")) == 2


def test_incremental_runs_read_each_object_once(account, stripe):
    """First everything, then what is new; a second that had only begun is read by the next run."""
    job = account.job(stripe)
    text = manifest("charge:sync:incremental", sink={"incremental-strategy": "append"})
    job.run(text)
    for _ in range(3):
        stripe.advance(50)
        stripe.create("charge", 12)
        job.run(text)
    stripe.advance(50)

    finished = job.run(text)

    assert job.lakehouse.ids("stripe.charge") == sorted(stripe.ids("charge"))
    assert finished.endpoint["extract"]["requests"] <= 2


def test_incremental_needs_a_checkpoint_on_a_table_with_rows(account, stripe):
    job = account.job(stripe)
    job.run(manifest("charge", sink={"incremental-strategy": "append"}, source={"yield-limit": 1}))

    finished = job.run(
        manifest("charge:sync:incremental", sink={"incremental-strategy": "append"}), expect=65)

    assert finished.endpoint["message"] == (
        "cannot load endpoint 'charge' incrementally into 'stripe.charge': the table has rows but no checkpoint of "
        "ours; use 'incremental-strategy: merge', or replace them with 'full-refresh: true' once")
    assert job.lakehouse.count("stripe.charge") == 100


def test_a_full_refresh_of_an_appended_table_replaces_it_and_says_so(account, stripe):
    job = account.job(stripe)
    text = manifest("charge:sync:incremental", sink={"incremental-strategy": "append", "full-refresh": True})
    job.run(text)

    finished = job.run(text)

    assert job.lakehouse.ids("stripe.charge") == sorted(stripe.ids("charge"))
    assert (f"{job.folder}/workflow.yaml:25:25: warning: 'full-refresh' with 'incremental-strategy' 'append' replaces "
            "the table, and rows that the source no longer gives are gone; 'merge' keeps them"
            ) in finished.status["status"]["warnings"]


def test_a_full_refresh_of_a_merged_table_keeps_what_the_source_forgot(account, stripe):
    """As it does with events, which Stripe lists for 30 days."""
    job = account.job(stripe)
    job.run(manifest("coupon:sync:incremental"))
    before = stripe.ids("coupon")
    for identifier in before[:15]:
        stripe.delete("coupon", identifier)

    finished = job.run(manifest("coupon:sync:incremental", sink={"full-refresh": True}))

    assert job.lakehouse.ids("stripe.coupon") == sorted(before)
    assert finished.endpoint["rows"]["written"] == 25


def test_a_table_that_begins_with_an_interval_is_completed_later(account, stripe):
    """The checkpoint knows where the table begins, so that nothing before it is forgotten for ever."""
    job = account.job(stripe)
    moments = sorted(found["created"] for found in map(json.loads, stripe.truth("charge")))
    start = {"interval-start": iso(moments[200])}
    job.run(manifest("charge", source=start))
    assert job.lakehouse.count("stripe.charge") == sum(moment >= moments[200] for moment in moments)

    job.run(manifest("charge:sync:incremental", source=start))
    assert job.lakehouse.count("stripe.charge") == sum(moment >= moments[200] for moment in moments)
    finished = job.run(manifest("charge:sync:incremental"))

    assert job.lakehouse.ids("stripe.charge") == sorted(stripe.ids("charge"))
    assert ("the rows of table 'stripe.charge' begin at the 'interval-start' of earlier runs: everything is read once "
            "and merged into them") in finished.status["status"]["warnings"]


@pytest.mark.parametrize("endpoint", ["charge", "payment_method", "subscription_item"])
def test_an_interval_bounds_creation(account, stripe, endpoint):
    """[start, end) in UTC, also for endpoints that cannot filter by it."""
    job = account.job(stripe)
    created = {found["id"]: found["created"] for found in map(json.loads, stripe.truth(endpoint))}
    moments = sorted(created.values())
    start, end = moments[len(moments) // 4], moments[len(moments) // 2]

    finished = job.run(manifest(endpoint, source={"interval-start": iso(start), "interval-end": iso(end)}))

    expected = sorted(identifier for identifier, moment in created.items() if start <= moment < end)
    assert expected and job.lakehouse.ids(f"stripe.{endpoint}") == expected
    for line, option in ((18, "interval-start"), (19, "interval-end")):
        place = f"{job.folder}/workflow.yaml:{line}:{len(option) + 13}"
        assert (f"{place}: warning: '{option}' with 'incremental-strategy' 'replace' leaves only a part of the data in the "
                "table") in finished.warnings


def test_a_trial_reads_so_many_pages(account, stripe):
    job = account.job(stripe)

    finished = job.run(manifest("charge", source={"yield-limit": 2, "page-size": 50}))

    assert job.lakehouse.count("stripe.charge") == 100
    assert finished.endpoint["extract"]["pages"] == 2
    assert finished.endpoint["commit"].get("checkpoint") is None


def test_page_size_is_at_most_stripes_own(account, stripe):
    job = account.job(stripe)

    finished = job.run(manifest("charge", source={"page-size": 5000}))

    assert finished.endpoint["extract"]["pages"] == 4
    assert (f"{job.folder}/workflow.yaml:18:22: warning: 'page-size' is cut to 100, the most that Stripe puts on a page"
            in finished.warnings)


def test_a_run_that_is_committed_does_nothing(account, stripe):
    job = account.job(stripe)
    text = manifest("charge", sink={"incremental-strategy": "append"})
    job.run(text, "--run-id", "nightly-1")

    finished = job.run(text, "--run-id", "nightly-1")

    assert finished.endpoint["reason"] == "AlreadyCommitted"
    assert len(job.lakehouse.snapshots("stripe.charge")) == 1


def test_a_run_id_belongs_to_one_manifest(account, stripe):
    job = account.job(stripe)
    job.run(manifest("charge"), "--run-id", "nightly-1")

    finished = job.run(manifest("charge", source={"page-size": 50}), "--run-id", "nightly-1", expect=65)

    assert finished.reason == "RunConflict"
    assert finished.message == (
        f"cannot run 'nightly-1' on table at '{job.lakehouse.table('stripe.charge').location()}': a run of this id was "
        "committed there from another manifest; give the run another id")
    assert len(job.lakehouse.snapshots("stripe.charge")) == 1


def halves(stripe):
    """Two workflows that load the halves of one table; their nodes have one name."""
    moments = sorted(json.loads(row)["created"] for row in stripe.truth("charge"))
    middle = iso(moments[len(moments) // 2])
    address = {"source": "stripe://?api_key={STRIPE_API_KEY}", "sink": "dataos://lakehouse"}

    def workflow(name, bound, strategy):
        node = {"name": "load", "spec": {"stack": "nilus:1.0", "stackSpec": {
            "source": {"address": address["source"], "options": {"source-table": "charge", bound: middle}},
            "sink": {"address": address["sink"],
                     "options": {"dest-table": "stripe.charge", "incremental-strategy": strategy}}}}}
        return json.dumps({"name": name, "version": "v1", "type": "workflow", "workflow": {"dag": [node]}})

    return workflow("first", "interval-end", "replace"), workflow("second", "interval-start", "append")


def test_workflows_of_one_run_are_loads_of_their_own(account, stripe):
    job = account.job(stripe)

    job.run("\n---\n".join(halves(stripe)))

    assert job.lakehouse.count("stripe.charge") == 330


def test_manifests_of_one_run_are_loads_of_their_own(account, stripe):
    job = account.job(stripe)
    first, second = halves(stripe)
    (job.folder / "second.yaml").write_text(second)

    for _ in range(2):
        job.run(first, "-f", "second.yaml", "--run-id", "nightly-1")

    assert job.lakehouse.count("stripe.charge") == 330
    assert len(job.lakehouse.snapshots("stripe.charge")) == 2


def test_a_workflow_is_in_one_manifest_of_a_run(account, stripe):
    job = account.job(stripe)
    (job.folder / "again.yaml").write_text(manifest("charge"))

    finished = job.run(manifest("charge"), "-f", "again.yaml", expect=64)

    assert {run["status"]["message"] for run in finished.status["items"]} == {
        f"cannot run workflow 'test' of '{job.folder}/workflow.yaml' and of 'again.yaml' in one run: both have this "
        "name; give each its own, or run them one after the other"}
    assert not job.lakehouse.exists("stripe.charge")


@pytest.mark.parametrize("run_id", ["", "two words", "x" * 201], ids=["empty", "a space", "too long"])
def test_a_run_id_that_cannot_be_one_is_refused(account, stripe, run_id):
    job = account.job(stripe)

    finished = job.run(manifest("charge"), "--run-id", run_id, expect=64)

    assert finished.message == "cannot use the run id: expected 1 to 200 printable characters without spaces"
    assert finished.stderr.splitlines()[-1] == finished.message


def test_test_and_live_rows_are_not_mixed(account, stripe):
    job = account.job(stripe)
    job.run(manifest("charge"))

    finished = job.run(manifest("charge"), expect=65, environment={"STRIPE_API_KEY": account.key_of_kind("sk_live_")})

    assert finished.endpoint["message"] == (
        "cannot load live-mode rows into table 'stripe.charge': it holds test-mode rows; use another table")


def test_accounts_are_not_mixed(account, stripe):
    job = account.job(stripe)
    job.run(manifest("charge"))

    with simulator("--account", "acct_another", objects={"default": 10}) as other:
        finished = job.run(manifest("charge"), expect=65, environment={"NILUS_STRIPE_API_BASE": other.address})

    assert finished.reason == "TableConflict"
    assert finished.message == (
        "cannot load rows of account 'acct_another' into table 'stripe.charge': it holds rows of account 'acct_1SimuLat0rNiLuS1'; "
        "use another table")


def test_endpoints_are_named_in_any_spelling(account, stripe):
    job = account.job(stripe)

    finished = job.run(manifest("Charges, invoice-items, TaxRate, payment_methods:sync"))

    assert sorted(finished.endpoints) == [
        "stripe.charge", "stripe.invoice_item", "stripe.payment_method", "stripe.tax_rate"]


def test_a_destination_is_normalized_and_the_rename_is_shown(account, stripe):
    job = account.job(stripe)

    finished = job.run(manifest("coupon", dest_table="Stripe-Data.A-test-01"))

    assert list(finished.endpoints) == ["stripe_data.a_test_01"]
    assert "table 'Stripe-Data.A-test-01' is named 'stripe_data.a_test_01'" in finished.warnings


# It is --warehouse that makes one place of two.
@pytest.mark.local
def test_nodes_that_end_in_one_table_are_refused(account, stripe):
    """Two depots, which '--warehouse' makes one: nothing is read, nothing is made."""
    def node(name, depot):
        return {"name": name, "spec": {"stack": "nilus:1.0", "stackSpec": {
            "source": {"address": "stripe://?api_key={STRIPE_API_KEY}", "options": {"source-table": "coupon"}},
            "sink": {"address": f"dataos://{depot}:stripe/coupon"}}}}
    job = account.job(stripe)
    text = json.dumps({"name": "rivals", "version": "v1", "type": "workflow",
                       "workflow": {"dag": [node("a", "one"), node("b", "other")]}})

    finished = job.run(text, expect=78)

    assert finished.status["status"]["message"].partition(": ")[2] == (
        "node 'b' may write table 'stripe.coupon' at the same time as node 'a'; let one depend on the other, or name "
        "another table")
    assert not job.warehouse.exists()


def test_unknown_fields_become_columns(account, stripe):
    stripe.faults({"do": {"kind": "unknownField", "name": "brand_new", "value": {"a": 1}, "every": 10}})
    job = account.job(stripe)

    finished = job.run(manifest("charge"))

    values = job.lakehouse.by_duckdb("stripe.charge", "brand_new", "brand_new IS NOT NULL").column(0).to_pylist()
    assert values == ['{"a": 1}'] * 33
    assert finished.endpoint["rows"]["written"] == 330


def test_values_that_do_not_fit_are_kept_aside(account, stripe):
    stripe.faults({"do": {"kind": "setField", "name": "amount", "value": "a lot", "every": 10}})
    job = account.job(stripe)

    finished = job.run(manifest("charge"))

    extra = job.lakehouse.by_duckdb("stripe.charge", "_nilus_extra", "amount IS NULL").column(0).to_pylist()
    assert extra == ['{"amount":"a lot"}'] * 33
    assert finished.endpoint["rows"]["misfits"] == {"amount": 33}
