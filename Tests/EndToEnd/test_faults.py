"""Stripe misbehaves: every row still comes once, or the run says precisely why not and leaves the table alone."""
import json

import pytest
from harness.job import manifest
from harness.simulator import simulator


@pytest.fixture
def stripe():
    with simulator(objects={"charge": 730, "price": 230, "subscription": 120, "default": 20}) as stripe:
        yield stripe


TRAPS = {
    "500 twice": {"match": {"path": "/v1/charges", "nth": 3}, "times": 2, "do": {"kind": "status", "status": 500}},
    "409": {"match": {"path": "/v1/charges", "nth": 2}, "do": {"kind": "status", "status": 409}},
    "429 with a wait": {"match": {"path": "/v1/charges", "nth": 2}, "do": {
        "kind": "status", "status": 429, "headers": {"Retry-After": "1", "Stripe-Rate-Limited-Reason": "global-rate"}}},
    "429 without": {"match": {"path": "/v1/charges", "nth": 4}, "times": 2, "do": {
        "kind": "status", "status": 429, "headers": {"Stripe-Rate-Limited-Reason": "endpoint-concurrency"}}},
    "connection cut": {"match": {"path": "/v1/charges", "nth": 2}, "do": {"kind": "cut"}},
    "connection cut in a body": {"match": {"path": "/v1/charges", "nth": 2}, "do": {"kind": "cut", "after": 5_000}},
    "half the JSON": {"match": {"path": "/v1/charges", "nth": 3}, "do": {"kind": "garbage", "as": "truncated"}},
    "HTML": {"match": {"path": "/v1/charges", "nth": 3}, "do": {"kind": "garbage", "as": "html", "status": 502}},
    "nothing": {"match": {"path": "/v1/charges", "nth": 3}, "do": {"kind": "garbage", "as": "empty"}},
    "lost cursor": {"match": {"path": "/v1/charges", "nth": 4}, "do": {"kind": "lostCursor"}},
    "false empty page": {"match": {"path": "/v1/charges", "nth": 4}, "do": {"kind": "emptyPage"}},
    "repeated page": {"match": {"path": "/v1/charges", "nth": 4}, "do": {"kind": "repeat"}},
    "rows of the future": {"match": {"path": "/v1/charges", "nth": 1}, "do": {"kind": "futureRows", "count": 3}},
    "rows appear": {"match": {"path": "/v1/charges"}, "times": 4, "do": {
        "kind": "create", "endpoint": "charge", "count": 9}},
    "the cursor's object disappears": {"match": {"path": "/v1/charges", "nth": 3}, "do": {
        "kind": "delete", "endpoint": "charge", "object": 430}},
}


@pytest.mark.parametrize("trap", TRAPS)
def test_every_row_comes_once(account, stripe, trap):
    before = set(stripe.ids("charge"))
    stripe.faults(TRAPS[trap])
    job = account.job(stripe)

    finished = job.run(manifest("charge"))

    found = job.lakehouse.ids("stripe.charge")
    assert len(found) == len(set(found))
    # An object deleted while it was read may be there or not; all others are.
    assert before & set(stripe.ids("charge")) <= set(found) <= before
    rows = finished.endpoint["rows"]
    assert rows["received"] == rows["written"] + sum(rows.get("dropped", {}).values())


def test_objects_that_move_between_passes_come_once(account, stripe):
    """A price that becomes inactive after the active ones were listed is in both passes."""
    stripe.faults(*({"match": {"path": "/v1/prices", "nth": n}, "do": {"kind": "flip", "object": 30 * n}}
                    for n in (1, 2, 3)))
    job = account.job(stripe)

    job.run(manifest("price"))

    assert job.lakehouse.ids("stripe.price") == sorted(stripe.ids("price"))


@pytest.mark.parametrize("strategy", ["replace", "delete+insert"])
def test_prices_that_are_switched_during_a_run_stay(account, stripe, strategy):
    """Both ways, between any two requests, younger and older than what was read by then."""
    job = account.job(stripe)
    loading = manifest("price", sink={"incremental-strategy": strategy})
    job.run(loading)
    stripe.faults(*({"match": {"path": "/v1/prices", "nth": n}, "do": {"kind": "flip", "object": 25 * n + offset}}
                    for n in range(1, 9) for offset in (0, 9)))

    job.run(loading)

    assert job.lakehouse.ids("stripe.price") == sorted(stripe.ids("price"))


def test_a_subscription_canceled_while_it_is_the_cursor(account, stripe):
    stripe.faults({"match": {"path": "/v1/subscriptions", "nth": 1}, "do": {"kind": "cancel", "object": 20}})
    job = account.job(stripe)

    job.run(manifest("subscription, subscription_item"))

    assert job.lakehouse.ids("stripe.subscription") == sorted(stripe.ids("subscription"))
    assert job.lakehouse.ids("stripe.subscription_item") == sorted(stripe.ids("subscription_item"))


def test_truncated_embedded_lists_are_completed(account, stripe):
    job = account.job(stripe)

    job.run(manifest("subscription_item"))

    assert stripe.stats()["paths"]["/v1/subscription_items"]["requests"] > 0
    assert job.lakehouse.ids("stripe.subscription_item") == sorted(stripe.ids("subscription_item"))


REFUSALS = {
    "pages that are always empty": (
        {"kind": "emptyPage"}, 75, "LedgerOpen",
        "cannot read endpoint 'charge' to its end: Stripe keeps answering an empty page and says that more rows follow; "
        "run again"),
    "a redirect": (
        {"kind": "redirect", "location": "http://127.0.0.1:9/"}, 69, "SourceRefused",
        "cannot read page 1 of endpoint 'charge': answered 302, a redirect, which is not followed with a key; check the "
        "API base"),
    "an endless body": (
        {"kind": "endless"}, 69, "SourceRefused",
        "cannot read page 1 of endpoint 'charge': one object alone is larger than 8 MiB, more than a page may take"),
    "a refusal that names itself final": (
        {"kind": "status", "status": 500, "headers": {"Stripe-Should-Retry": "false"}}, 75, "SourceUnavailable",
        "cannot read page 1 of endpoint 'charge': answered 500 1 time in 0 s; run later"),
    "404": (
        {"kind": "status", "status": 404}, 69, "SourceRefused",
        "cannot read page 1 of endpoint 'charge': Stripe refused with 404: This answer was asked for by a fault rule"),
}


@pytest.mark.parametrize("fault", REFUSALS)
def test_a_failed_endpoint_leaves_its_table_alone(account, stripe, fault):
    """The other endpoints of the run are loaded all the same."""
    job = account.job(stripe)
    job.run(manifest("charge"))
    before = job.lakehouse.table("stripe.charge").metadata_location
    done, code, reason, message = REFUSALS[fault]
    stripe.faults({"match": {"path": "/v1/charges"}, "do": done})

    finished = job.run(manifest("charge, coupon"), expect=code)

    refused = finished.endpoints["stripe.charge"]
    assert (refused["reason"], refused["message"]) == (reason, message)
    assert finished.endpoints["stripe.coupon"]["phase"] == "Succeeded"
    assert job.lakehouse.table("stripe.charge").metadata_location == before
    # Data files of the load that failed are gone.
    live = {task.file.file_path.rsplit("/", 1)[1] for task in job.lakehouse.table("stripe.charge").scan().plan_files()}
    assert job.lakehouse.data_files("stripe.charge") == live


def test_a_rejected_key_fails_with_stripes_words(account):
    with simulator("--key", "sk_test_theirs", objects={"default": 10}) as stripe:
        job = account.job(stripe)

        finished = job.run(manifest("charge"), expect=77)

    assert finished.reason == "KeyRefused"
    assert finished.message == (
        "cannot read the account of the key: Stripe does not accept the key: Invalid API Key provided: <redacted>")
    assert not job.lakehouse.exists("stripe.charge")


def test_a_missing_permission_is_named_and_the_others_finish(account):
    with simulator("--forbid", "charge,account", objects={"default": 10}) as stripe:
        job = account.job(stripe)

        finished = job.run(manifest("charge, coupon"), expect=77)

    refused = finished.endpoints["stripe.charge"]
    assert (refused["reason"], refused["message"]) == (
        "PermissionMissing",
        "cannot read page 1 of endpoint 'charge': the key may not: The provided key '<redacted>' does not have the required "
        "permissions for this endpoint on account 'acct_1SimuLat0rNiLuS1'. Having the 'rak_charge_read' permission would "
        "allow this request to continue; give it read permission or take the endpoint out")
    assert finished.endpoints["stripe.coupon"]["rows"]["written"] == 10


def test_a_feature_that_is_not_enabled_is_skipped_not_empty(account):
    with simulator("--not-enabled", "coupon", objects={"default": 10}) as stripe:
        job = account.job(stripe)

        finished = job.run(manifest("charge, coupon"))

    skipped = finished.endpoints["stripe.coupon"]
    assert (skipped["phase"], skipped["reason"]) == ("Skipped", "FeatureUnavailable")
    assert skipped["message"] == (
        "cannot read page 1 of endpoint 'coupon': the account does not have it: This API surface is not enabled for 'coupon' "
        "on your account. Visit https://dashboard.stripe.com/settings to enable it")
    assert not job.lakehouse.exists("stripe.coupon")
    assert job.lakehouse.count("stripe.charge") == 10


@pytest.mark.parametrize("limit", ["--requests-per-second", "--endpoint-requests-per-second"])
def test_limits_are_kept_to(account, limit):
    """A server that allows less than the job would ask: few refusals, every row."""
    with simulator(limit, "8", objects={"charge": 3_000, "default": 10}) as stripe:
        job = account.job(stripe)

        finished = job.run(manifest("charge", source={"requests-per-second": 25}))
        stats = stripe.stats()

    assert job.lakehouse.count("stripe.charge") == 3_000
    # It asks three times too fast at first; the rate found then is kept.
    assert finished.endpoint["extract"]["throttled"] == stats["total"]["rateLimited"] <= 20


def test_a_new_connected_account_and_version_are_sent(account, stripe):
    job = account.job(stripe)
    address = "stripe://?api_key={STRIPE_API_KEY}&account=acct_connected&api_version=2025-03-31.basil"

    finished = job.run(manifest("coupon", address=address))

    headers = stripe.stats()["headers"]
    assert (headers["Stripe-Account"], headers["Stripe-Version"]) == (["acct_connected"], ["2025-03-31.basil"])
    assert (f"{job.folder}/workflow.yaml:14:77: warning: 'api_version' replaces 2026-05-27.dahlia, whose fields the tables "
            "are made of; fields of other versions become further columns") in finished.warnings


def test_the_pinned_version_is_sent_always(account, stripe):
    job = account.job(stripe)

    job.run(manifest("coupon"))

    assert stripe.stats()["headers"]["Stripe-Version"] == ["2026-05-27.dahlia"]


def test_transient_failures_are_tried_again_as_the_manifest_says(account, stripe):
    """`retry` begins another attempt of the node; its endpoints that are committed stay so."""
    stripe.faults({"match": {"path": "/v1/charges"}, "times": 1, "do": {
        "kind": "status", "status": 500, "headers": {"Stripe-Should-Retry": "false"}}})
    job = account.job(stripe)
    text = json.dumps({
        "name": "retried", "version": "v1", "type": "workflow", "workflow": {"dag": [{
            "name": "load", "retry": {"count": 2, "strategy": "OnTransientError", "duration": "1s"},
            "spec": {"stack": "nilus:1.0", "stackSpec": {
                "source": {"address": "stripe://?api_key={STRIPE_API_KEY}",
                           "options": {"source-table": "charge, coupon"}},
                "sink": {"address": "dataos://lakehouse", "options": {"dest-table": "stripe.{endpoint}"}}}}}]}})

    finished = job.run(text)

    assert finished.status["status"]["nodes"][0]["attempts"] == 2
    assert job.lakehouse.count("stripe.charge") == 730
    assert len(job.lakehouse.snapshots("stripe.coupon")) == 1
