"""A key that is replaced while a run reads with it, in a Secret as Kubernetes mounts one."""
import os

import pytest
from harness.job import manifest
from harness.programs import until
from harness.simulator import simulator

# About the key, whatever the lakehouse is.
pytestmark = pytest.mark.local

REFUSED = "Stripe does not accept the key: Invalid API Key provided: <redacted>"
NO_OTHER = "Stripe does not accept the key any more, and there is no other: "
# What stands in the mounted file when the old key ends, and what the run says of it.
UNUSABLE = {
    "the old key": ("{old}", REFUSED),
    "nothing": ("", NO_OTHER + "cannot use the secret in file '{file}': it is empty; put the key there"),
    "a live key": ("{live}", NO_OTHER + "cannot use the Stripe key in file '{file}': it is not of the kind, live or test, "
                   "with which the run began; run it again"),
}


class MountedSecret:
    """As the kubelet does it: key → ..data/key → ..VERSION/key, and a new version by swapping '..data' in one step."""

    def __init__(self, folder):
        self.folder = folder
        self.file = folder / "STRIPE_API_KEY"
        self.versions = 0
        folder.mkdir()
        self.file.symlink_to("..data/STRIPE_API_KEY")

    def put(self, value):
        self.versions += 1
        version = self.folder / f"..2026_06_0{self.versions}"
        version.mkdir()
        (version / "STRIPE_API_KEY").write_text(value)
        (version / "STRIPE_API_KEY").chmod(0o440)
        (self.folder / "..data_tmp").symlink_to(version.name)
        os.replace(self.folder / "..data_tmp", self.folder / "..data")


class Rotation:
    """A run of twenty pages, of which some are read with the old key."""

    def __init__(self, account, stripe):
        self.stripe = stripe
        self.old, self.new, self.live = map(account.key_of_kind, ("sk_test_old", "sk_test_new", "sk_live_"))
        self.job = account.job(stripe)
        self.secret = MountedSecret(self.job.folder / "secrets")

    def run(self, mounted, expect, variable=None):
        self.stripe.keys(self.old)
        self.secret.put(self.old)
        process = self.job.start(
            manifest("charge"), "--secret-dir", self.secret.folder, environment={"STRIPE_API_KEY": variable})
        until(lambda: self.stripe.stats()["total"]["rows"] >= 300)
        self.secret.put(mounted)
        self.stripe.keys(self.new)
        finished = self.job.finish(process).expected(expect)
        assert self.stripe.stats()["total"]["statuses"].get("401") == 1, "one request found the old key ended"
        return finished


@pytest.fixture
def rotation(account):
    with simulator("--latency-ms", "50", objects={"charge": 2_000, "default": 10}) as stripe:
        yield Rotation(account, stripe)


@pytest.mark.parametrize("is_variable_too", [False, True])
def test_a_run_goes_on_with_the_new_key_of_the_file(rotation, is_variable_too):
    """Also where a variable, which no process ever sees change, still holds the old one."""
    rotation.run(rotation.new, expect=0, variable=rotation.old if is_variable_too else None)

    assert rotation.job.lakehouse.ids("stripe.charge") == sorted(rotation.stripe.ids("charge"))


@pytest.mark.parametrize("found", UNUSABLE)
def test_a_run_without_another_key_ends_and_says_what_it_found(rotation, found):
    mounted, said = UNUSABLE[found]

    finished = rotation.run(mounted.format(old=rotation.old, live=rotation.live), expect=77)

    assert finished.reason == "KeyRefused"
    assert said.format(file=rotation.secret.file) in finished.message
    assert not rotation.job.lakehouse.exists("stripe.charge")
