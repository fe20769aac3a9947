"""Where the key may be, what it must look like, and what is said when it is not there."""
import array
import base64
import fcntl
import json
import os
import pathlib
import stat
import subprocess
import termios
import time

import pytest
from harness.job import manifest
from harness.programs import NILUS, ROOT
from harness.simulator import simulator



def secret_file(job, name, content, mode=0o440):
    folder = job.folder / "secrets"
    folder.mkdir(exist_ok=True)
    path = folder / name
    path.write_text(content)
    path.chmod(mode)
    return ["--secret-dir", str(folder)]


@pytest.mark.parametrize(("name", "content"), [
    ("STRIPE_API_KEY", "{key}"),
    ("STRIPE_API_KEY", "{key}\n"),
    ("stripe-secret_STRIPE_API_KEY", "{key}\n"),
    ("STRIPE_API_KEY", "STRIPE_API_KEY={key}\n"),
    ("stripe-secret_properties", "other=1\nSTRIPE_API_KEY={key}\n"),
    ("STRIPE_API_KEY", "{base64}"),
    ("stripe-secret_properties", "STRIPE_API_KEY={base64}\n"),
])
def test_a_mounted_file_holds_the_key(account, small_stripe, name, content):
    job = account.job(small_stripe)
    encoded = base64.b64encode(account.key.encode()).decode()
    arguments = secret_file(job, name, content.format(key=account.key, base64=encoded))

    job.run(manifest("coupon"), *arguments, environment={"STRIPE_API_KEY": None})

    assert job.lakehouse.count("stripe.coupon") == 250


# On REST the folder of secrets holds those of the depot.
@pytest.mark.local
@pytest.mark.parametrize("variable", ["--secret-dir", "DATAOS_SECRET_DIR"])
def test_a_kubernetes_mount_is_followed(account, small_stripe, variable):
    """key -> ..data/key -> ..2026_01_01/key, as the kubelet lays a Secret out."""
    job = account.job(small_stripe)
    folder = job.folder / "secrets"
    (folder / "..2026_01_01").mkdir(parents=True)
    (folder / "..2026_01_01" / "STRIPE_API_KEY").write_text(account.key)
    (folder / "..2026_01_01" / "STRIPE_API_KEY").chmod(0o440)
    (folder / "..data").symlink_to("..2026_01_01")
    (folder / "STRIPE_API_KEY").symlink_to("..data/STRIPE_API_KEY")
    arguments = ["--secret-dir", str(folder)] if variable == "--secret-dir" else []

    finished = job.run(manifest("coupon"), *arguments,
                       environment={"STRIPE_API_KEY": None, "DATAOS_SECRET_DIR": str(folder)})

    assert finished.endpoint["rows"]["written"] == 250


def test_without_api_key_the_usual_name_is_looked_up(account, small_stripe):
    job = account.job(small_stripe)

    finished = job.run(manifest("coupon", address="stripe://"))

    assert finished.endpoint["rows"]["written"] == 250


def test_a_literal_key_works_with_a_warning(account, small_stripe):
    job = account.job(small_stripe)

    finished = job.run(manifest("coupon", address=f"stripe://?api_key={account.key}"),
                       environment={"STRIPE_API_KEY": None})

    assert (f"{job.folder}/workflow.yaml:14:37: warning: the Stripe key stands in the manifest, where others can read it; "
            "put it into an instance secret and write 'api_key={STRIPE_API_KEY}'") in finished.warnings


# Refused before any lakehouse is looked at.
@pytest.mark.local
def test_a_key_in_the_place_of_its_name_is_refused_and_not_shown(account, small_stripe):
    """In braces it would be looked for by its own text, which every message about it would tell."""
    job = account.job(small_stripe)

    finished = job.run(manifest("coupon", address=f"stripe://?api_key={{{account.key}}}"), expect=78,
                       environment={"STRIPE_API_KEY": None})

    assert finished.reason == "ManifestInvalid"
    assert finished.status["status"]["message"] == (
        f"{job.folder}/workflow.yaml:14:37: parameter 'api_key' of the source address holds a key between '{{' and "
        "'}'; write the name of the secret, such as '{STRIPE_API_KEY}'")
    assert finished.status["status"]["message"] in finished.stderr.splitlines()


def test_places_that_differ_are_both_named(account, small_stripe):
    job = account.job(small_stripe)
    arguments = secret_file(job, "STRIPE_API_KEY", account.key_of_kind("sk_test_another"))

    finished = job.run(manifest("coupon"), *arguments, expect=78)

    path = job.folder / "secrets" / "STRIPE_API_KEY"
    assert finished.message == (
        f"cannot choose a value for secret 'STRIPE_API_KEY': file '{path}' and "
        "environment variable 'STRIPE_API_KEY' differ; remove one of them")


# On REST a folder of secrets is named already.
@pytest.mark.local
def test_a_missing_key_says_where_it_was_looked_for(account, small_stripe):
    job = account.job(small_stripe)

    finished = job.run(manifest("coupon"), "--secret-dir", "/nowhere", expect=78,
                       environment={"STRIPE_API_KEY": None})

    assert finished.reason == "SecretMissing"
    assert finished.message == (
        "cannot find secret 'STRIPE_API_KEY': looked in files under '/nowhere', files under '/etc/dataos/secret', "
        "environment variable 'STRIPE_API_KEY'; mount it there or set the variable")


# What is done with a key of these characters is said by the tests of the room; here each kind of place and of refusal once.
UNUSABLE = {
    "": "cannot use the secret in {place}: it is empty; put the key there",
    "   ": "cannot use the secret in {place}: it holds only white space; put the key there",
    "{key}\n{key}":
        "cannot use the secret in {place}: it has several lines; expected one line with the value, or lines of 'key=value'",
    "rk_test_{canary}":
        "cannot use the Stripe key in {place}: it is a restricted key ('rk_…'), whose permissions may hide rows without a "
        "word; use a secret key, which starts with 'sk_'",
    "{canary}": "cannot use the Stripe key in {place}: it does not start with 'sk_' as a Stripe secret key does",
    "sk_org_test_{canary}":
        "cannot use the Stripe key in {place}: it is an organization key ('sk_org_…'), which acts on no account by itself; "
        "add 'context=acct_…' to the source address",
}


@pytest.mark.parametrize("value", UNUSABLE)
def test_an_unusable_key_is_explained(account, small_stripe, value):
    """Each kind of wrong key has its own words, and never the key itself."""
    job = account.job(small_stripe)
    key = value.format(key=account.key, canary=account.canary)

    finished = job.run(manifest("coupon"), expect=78, environment={"STRIPE_API_KEY": key})

    assert finished.reason == "SecretRefused"
    assert finished.message == UNUSABLE[value].format(place="environment variable 'STRIPE_API_KEY'")
    assert not job.lakehouse.exists("stripe.coupon")


def test_an_organization_key_works_with_a_context(account):
    with simulator(objects={"default": 10}) as stripe:
        job = account.job(stripe)

        job.run(manifest("coupon", address="stripe://?api_key={STRIPE_API_KEY}&context=acct_123"),
                environment={"STRIPE_API_KEY": account.key_of_kind("sk_org_test_")})

        assert stripe.stats()["headers"]["Stripe-Context"] == ["acct_123"]


def test_a_key_file_for_everybody_is_remarked(account, small_stripe):
    job = account.job(small_stripe)
    arguments = secret_file(job, "STRIPE_API_KEY", account.key, mode=0o644)

    finished = job.run(manifest("coupon"), *arguments, environment={"STRIPE_API_KEY": None})

    path = job.folder / "secrets" / "STRIPE_API_KEY"
    assert f"file '{path}' can be read by every user of the machine; narrow its mode" in finished.warnings


def test_each_key_file_for_everybody_is_remarked(account, small_stripe):
    job = account.job(small_stripe)
    arguments = secret_file(job, "STRIPE_API_KEY", account.key)
    secret_file(job, "other_STRIPE_API_KEY", account.key, mode=0o644)

    finished = job.run(manifest("coupon"), *arguments, environment={"STRIPE_API_KEY": None})

    assert [warning for warning in finished.warnings if "every user" in warning] == [
        f"file '{job.folder}/secrets/other_STRIPE_API_KEY' can be read by every user of the machine; narrow its mode"]


@pytest.mark.parametrize("parameter", ["account", "context"])
def test_a_key_in_the_place_of_an_account_is_refused_and_not_shown(account, small_stripe, parameter):
    """The table tells of which account its rows are, and so does the refusal of another one's."""
    job = account.job(small_stripe)
    job.run(manifest("coupon"))
    found = {"account": "is no account; expected 'acct_' with letters, digits or '_' after it",
             "context": "is no path of accounts; expected letters, digits, '_' and '/', such as 'acct_…', and no key"}

    for value in ["{STRIPE_API_KEY}", account.key]:
        finished = job.run(manifest("coupon", address=f"stripe://?{parameter}={value}"), expect=78)

        assert finished.message.endswith(
            f"/workflow.yaml:14:{30 + len(parameter)}: parameter '{parameter}' of the source address {found[parameter]}")
        assert account.key not in finished.stdout + finished.stderr + json.dumps(finished.status)


def test_a_manifest_cannot_send_the_key_elsewhere(account, small_stripe):
    """Neither by the address nor by variables of its own."""
    job = account.job(small_stripe)
    address = "stripe://?api_key={STRIPE_API_KEY}&api_base=https://collector.example.com"

    finished = job.run(manifest("coupon", address=address), expect=78,
                       environment={"NILUS_STRIPE_API_BASE": None})

    assert (f"{job.folder}/workflow.yaml:14:63: parameter 'api_base' may only name this machine, because a manifest must "
            "not send the key elsewhere; set NILUS_STRIPE_API_BASE in the job's environment instead"
            ) in finished.stderr.splitlines()
    assert finished.reason == "ManifestInvalid"


PROXY, TRUST = "route requests through a proxy", "choose which certificates are trusted"


@pytest.mark.parametrize(("variable", "deed"), [
    ("HTTPS_PROXY", PROXY), ("https_proxy", PROXY), ("ALL_PROXY", PROXY), ("SSL_CERT_FILE", TRUST), ("SSL_CERT_DIR", TRUST),
    ("NILUS_STRIPE_API_BASE", "choose where the key is sent"), ("LD_PRELOAD", "load code into the job")])
def test_a_manifest_cannot_set_what_guides_connections(account, small_stripe, variable, deed):
    job = account.job(small_stripe)
    text = (ROOT / "manifests" / "seed-stripe.yaml").read_text()
    text = text.replace("envs:\n", f"envs:\n          - {variable}: http://127.0.0.1:9\n")

    finished = job.run(text, expect=78)

    assert finished.stderr == (
        f"{job.folder}/workflow.yaml:16:13: variable '{variable}' is refused in 'envs': a manifest must not {deed}; set it "
        "in the job's own environment\n")


def wait_until_empty(pipe):
    unread = array.array("i", [0])
    for _ in range(1_000):
        fcntl.ioctl(pipe, termios.FIONREAD, unread)
        if unread[0] == 0:
            return
        time.sleep(0.01)
    pytest.fail("nobody reads the pipe")


def assert_hardened(process):
    limits = pathlib.Path(f"/proc/{process.pid}/limits").read_text()
    owner = os.stat(f"/proc/{process.pid}/mem")
    assert [line.split()[4:6] for line in limits.splitlines() if line.startswith("Max core file size")] == [["0", "0"]]
    # The kernel gives the files of a process that cannot be dumped to root.
    assert owner.st_uid == 0 and stat.S_IMODE(owner.st_mode) == 0o600


def test_cores_and_debuggers_are_kept_away(account, small_stripe):
    """While the key is in memory: no core file, no attaching by other processes of the user."""
    job = account.job(small_stripe)
    process = job.start(manifest("customer", source={"requests-per-second": 2}))
    job.hear(process, "run started")

    assert_hardened(process)
    process.terminate()
    job.finish(process)


# Loads nothing.
@pytest.mark.local
def test_a_check_keeps_them_away_too(account):
    """A manifest may hold the key: what reads it for `validate` is no less careful."""
    text = manifest("charge", address=f"stripe://?api_key={account.key}")
    process = subprocess.Popen([str(NILUS), "validate", "-f", "-"], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                               stderr=subprocess.PIPE, text=True)
    # A little of the text, for which the process waits when it has begun to read.
    process.stdin.write(text[:10])
    process.stdin.flush()
    wait_until_empty(process.stdin)

    assert_hardened(process)
    stdout, stderr = process.communicate(text[10:])

    assert process.returncode == 0 and "put it into an instance secret" in stdout
    assert account.key not in stdout + stderr
