"""The job against localstripe, an independent stand-in, which keeps stripe-simulator honest.

It lists oldest first and knows fewer filters: to `created` it answers 400, or 500 "Not implemented" for charges, but for
events.
"""
import datetime

import pytest
from harness.expectation import NAMES
from harness.job import manifest
from harness.localstripe import localstripe, wait_for_the_next_second

# One stand-in for all of them, by one worker.
pytestmark = pytest.mark.xdist_group("localstripe")

PATHS = {
    "charge": "charges", "coupon": "coupons", "customer": "customers", "event": "events", "invoice": "invoices",
    "invoice_item": "invoiceitems", "payment_intent": "payment_intents", "payout": "payouts",
    "product": "products", "refund": "refunds", "setup_intent": "setup_intents",
    "subscription": "subscriptions?status=all", "tax_rate": "tax_rates",
    # In the shape of 2019.
    "balance_transaction": "balance_transactions",
}
NOT_LISTED = {
    "payment_method": "its list demands a customer; Stripe's does not",
    **dict.fromkeys(["price", "promotion_code", "subscription_schedule", "credit_note", "webhook_endpoint"],
                    "it has no such list"),
}
# More than one page of 100.
CUSTOMERS = 130
CARD = {"card[number]": "4242424242424242", "card[exp_month]": 12, "card[exp_year]": 2040, "card[cvc]": "123"}


def fill(stripe):
    for number in range(CUSTOMERS):
        customer = stripe.create("customers", email=f"a{number}@example.com")["id"]
    token = stripe.create("tokens", **CARD)["id"]
    stripe.create(f"customers/{customer}/sources", source=token)
    for number in range(3):
        stripe.create("coupons", id=f"ten%off {number}", percent_off=10, duration="once")
        stripe.create("tax_rates", display_name="VAT", percentage=19, inclusive="false")
        product = stripe.create("products", name=f"Product {number}", type="service")["id"]
        plan = stripe.create("plans", product=product, currency="eur", interval="month", amount=900)["id"]
        charge = stripe.create("charges", customer=customer, amount=5_000 + number, currency="eur")["id"]
        stripe.create("refunds", charge=charge, amount=10)
        stripe.create("payment_intents", amount=100, currency="eur")
        stripe.create("payouts", amount=10, currency="eur")
        stripe.create("setup_intents")
        stripe.create("subscriptions", customer=customer, **{"items[0][plan]": plan})
    # The first invoice of a subscription takes the items that wait for one.
    stripe.create("invoiceitems", customer=customer, amount=100, currency="eur", description="Item")


@pytest.fixture(scope="module")
def stripe():
    with localstripe() as stripe:
        fill(stripe)
        wait_for_the_next_second()
        yield stripe


def test_every_endpoint_is_loaded_or_has_a_reason():
    """Subscription items come with subscriptions, in a test of their own."""
    assert sorted([*PATHS, "subscription_item", *NOT_LISTED]) == NAMES


@pytest.mark.parametrize("endpoint", sorted(PATHS))
def test_every_object_is_loaded_once(account, stripe, endpoint):
    job = account.job(stripe.address)

    finished = job.run(manifest(f"{endpoint}:sync"))

    expected = sorted(stripe.ids(PATHS[endpoint]))
    assert expected and job.lakehouse.ids(f"stripe.{endpoint}") == expected
    assert finished.endpoint["rows"]["written"] == len(expected)


def test_subscription_items_come_with_their_subscriptions(account, stripe):
    """Its subscriptions embed all their items and never say `has_more`."""
    job = account.job(stripe.address)

    job.run(manifest("subscription_item:sync"))

    assert job.lakehouse.ids("stripe.subscription_item") == sorted(stripe.ids("subscription_items"))


def test_values_are_those_that_were_created(account, stripe):
    job = account.job(stripe.address)

    job.run(manifest("charge:sync"))

    found = job.lakehouse.by_duckdb("stripe.charge", "amount, currency, created").to_pylist()
    assert sorted(row["amount"] for row in found if row["amount"] >= 5_000) == [5_000, 5_001, 5_002]
    assert {row["currency"] for row in found} == {"eur"}
    assert all(isinstance(row["created"], datetime.datetime) for row in found)


def test_events_are_filtered_by_creation(account, stripe):
    """The one endpoint whose `created` ranges it knows: the interval ends before everything, then after."""
    job = account.job(stripe.address)

    job.run(manifest("event:sync", source={"interval-start": "2020-01-01", "interval-end": "2021-01-01"}))
    assert job.lakehouse.count("stripe.event") == 0
    job.run(manifest("event:sync", source={"interval-start": "2020-01-01"}))

    assert job.lakehouse.ids("stripe.event") == sorted(stripe.ids("events"))


def test_events_are_loaded_incrementally(account, stripe):
    job = account.job(stripe.address)
    text = manifest("event:sync:incremental", sink={"incremental-strategy": "append"})
    job.run(text)
    stripe.create("products", name="Later", type="service")
    wait_for_the_next_second()

    finished = job.run(text)

    assert finished.endpoint["rows"]["written"] == 1
    assert job.lakehouse.ids("stripe.event") == sorted(stripe.ids("events"))
