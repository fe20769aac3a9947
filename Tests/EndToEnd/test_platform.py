"""The job as DataOS, Kubernetes and people start it: which manifest, which status, which words."""
import contextlib
import json
import os
import pty
import threading
import time

import pytest
import yaml
from harness.expectation import NAMES
from harness.job import manifest
from harness.programs import ROOT

SAMPLES = ROOT / "manifests"


# Its address names a folder.
@pytest.mark.local
@pytest.mark.parametrize("variable", ["BASE_CONFIG_FILE_DIR", "DATAOS_CONFIG_DIR"])
def test_a_mounted_stack_spec_is_run(account, small_stripe, variable):
    """As the platform does: no arguments, config.yaml in a folder, the status in the work folder."""
    job = account.job(small_stripe)
    config, work = job.folder / "config", job.folder / "work"
    config.mkdir()
    work.mkdir()
    (config / "config.yaml").write_text(f"""
source:
  address: stripe://?api_key={{STRIPE_API_KEY}}
  options: {{source-table: coupon}}
sink:
  address: iceberg+sqlite://{job.lakehouse.catalog_file}?warehouse={job.warehouse}
  options: {{dest-table: stripe.coupon}}
""")
    job.warehouse.mkdir()

    job.command("run", environment={"DATAOS_NAME": "nightly", "DATAOS_WORK_DIR": str(work), variable: str(config)})

    status = yaml.safe_load((work / "status.yaml").read_text())
    assert status["status"]["rowsCommitted"] == job.lakehouse.count("stripe.coupon") == 250
    assert status["spec"]["workflowRef"]["name"] == "nightly"


def test_standard_input_and_output(account, small_stripe):
    """Without --status the resource goes to standard output, and logs never do."""
    job = account.job(small_stripe)

    finished = job.command("run", "-f", "-", *job.arguments, input=manifest("coupon"))

    status = yaml.safe_load(finished.stdout)
    assert (status["kind"], status["status"]["phase"]) == ("WorkflowRun", "Succeeded")
    assert "run ended" in finished.stderr


# Loads nothing.
@pytest.mark.local
def test_a_manifest_that_is_nowhere(account, small_stripe):
    finished = account.job(small_stripe).command("run", expect=64)

    assert finished.stderr == ("cannot find a manifest: neither '-f FILE' nor BASE_CONFIG_FILE_DIR nor "
                               "DATAOS_CONFIG_DIR names one\n")


# Loads nothing.
@pytest.mark.local
@pytest.mark.parametrize(("kind", "found"), [("folder", "is a directory"), ("large", "it is larger than 1 MiB"),
                                             ("loop", "too many levels of symbolic links")])
def test_a_mounted_manifest_that_cannot_be_read_is_not_passed_over(account, small_stripe, kind, found):
    job = account.job(small_stripe)
    first, second = job.folder / "first", job.folder / "second"
    first.mkdir()
    second.mkdir()
    (second / "config.yaml").write_text(manifest("coupon"))
    config = first / "config.yaml"
    if kind == "folder":
        config.mkdir()
    elif kind == "large":
        config.write_text("#" * 1_048_578)
    else:
        config.symlink_to("config.yaml")

    finished = job.command("run", expect=78, environment={
        "BASE_CONFIG_FILE_DIR": str(first), "DATAOS_CONFIG_DIR": str(second)})

    assert f"cannot read manifest '{config}': {found}\n" in finished.stderr
    assert "run started" not in finished.stderr


FAULTY = """name: faulty
version: v1alpha
type: nilus
spec:
  type: batch
  source:
    address: stripe://?api_key=<api-key-here>
    options:
      source_tabel: customer
      page-size: many
  sink:
    address: dataos://lakehouse
    options:
      dest_table: stripe.customer
      incremental-strategy: upsert
"""


# Loads nothing.
@pytest.mark.local
def test_all_faults_of_a_manifest_in_one_pass(account, small_stripe):
    """Each with its place, in the order of the file."""
    job = account.job(small_stripe)

    finished = job.run(FAULTY, expect=78)

    assert finished.stderr.splitlines() == [f"{job.folder}/workflow.yaml:{fault}" for fault in (
        "7:32: parameter 'api_key' of the source address is a blank, '<…>'; write the value, or '{NAME}' with the name "
        "of a secret",
        "9:7: unknown key 'source_tabel' in 'source.options'; did you mean 'source_table'?",
        "10:18: 'page-size' must be a whole number; found text",
        "15:29: 'incremental-strategy' cannot be 'upsert'; expected 'replace', 'append', 'merge', 'delete+insert' or "
        "'scd2'",
    )]
    assert finished.reason == "ManifestInvalid"


# Loads nothing.
@pytest.mark.local
@pytest.mark.parametrize("sample", sorted(SAMPLES.glob("*.yaml")), ids=lambda path: path.stem)
def test_samples_are_valid(account, sample):
    account.job().command("validate", "-f", sample)


# Loads nothing.
@pytest.mark.local
def test_faults_for_machines(account):
    finished = account.job().command(
        "validate", "-f", "-", "-o", "json", input="name: x\nversion: v1\ntype: workflow\n", expect=78)

    assert json.loads(finished.stdout) == [{"file": "standard input", "valid": False, "workflows": [], "faults": [
        {"severity": "error", "line": 1, "column": 1, "message": "missing key 'workflow' in 'the resource'"}]}]


# Loads nothing.
@pytest.mark.local
def test_endpoints_are_listed(account):
    table = account.job().command("endpoints").stdout
    document = json.loads(account.job().command("endpoints", "-o", "json").stdout)

    listed = [line.split()[0] for line in table.splitlines() if line.startswith("  ")]
    assert sorted(listed) == sorted(entry["name"] for entry in document) == NAMES


# Loads nothing.
@pytest.mark.local
@pytest.mark.parametrize("arguments", [["run", "--no-such-option"], ["validate"]], ids=" ".join)
def test_usage_errors_have_their_own_code(account, arguments):
    account.job().command(*arguments, expect=64)


# About what is said, which no lakehouse changes.
@pytest.mark.local
@pytest.mark.parametrize(("arguments", "variables", "level"), [
    (["--log-level", "error"], {}, None), ([], {"DATAOS_LOG_LEVEL": "ERROR"}, None), ([], {"LOG_LEVEL": "warn"}, None),
    ([], {}, "info")])
def test_the_log_level_is_honoured(account, small_stripe, arguments, variables, level):
    job = account.job(small_stripe, environment=variables)

    finished = job.run(manifest("coupon"), *arguments)

    assert ("run started" in finished.stderr) == (level == "info")


def test_a_json_log_is_one_object_a_line(account, small_stripe):
    job = account.job(small_stripe)

    finished = job.run(manifest("coupon", source={"requests-per-second": 20}), "--log-format", "json")

    lines = [json.loads(line) for line in finished.stderr.splitlines()]
    assert [line["message"] for line in lines] == ["run started", "table committed", "run ended"]


@contextlib.contextmanager
def terminal(shown):
    """The side of a terminal that a program writes to; what it shows is gathered in `shown` until the block ends."""
    ours, theirs = pty.openpty()

    def read():
        with contextlib.suppress(OSError):  # the other side is closed
            while data := os.read(ours, 65_536):
                shown.extend(data)

    reader = threading.Thread(target=read)
    reader.start()
    try:
        yield theirs
    finally:
        os.close(theirs)
        reader.join()
        os.close(ours)


def test_a_terminal_shows_progress_and_a_summary(account, small_stripe):
    job = account.job(small_stripe)
    shown = bytearray()

    with terminal(shown) as screen:
        job.run(manifest("charge, coupon"), stderr=screen)

    job.seen.append(("the terminal", bytes(shown)))
    text = shown.decode()
    assert "run started" not in text, "log lines would tear the display"
    for word in ("charge", "coupon", "250", "Succeeded"):
        assert word in text, text


# About what is said, which no lakehouse changes.
@pytest.mark.local
def test_a_terminal_shows_what_the_manifest_wants_logged_and_the_warnings(account, small_stripe):
    job = account.job(small_stripe)
    shown = bytearray()
    wanted = json.loads(manifest("coupon", "Stripe.{endpoint}"))
    wanted["spec"]["logLevel"] = "INFO"

    with terminal(shown) as screen:
        job.run(json.dumps(wanted), stderr=screen)

    job.seen.append(("the terminal", bytes(shown)))
    text = shown.decode().replace("\r\n", "\n")
    renamed = "table 'Stripe.coupon' is named 'stripe.coupon'"
    assert "info     run started " in text
    assert f'noticed what="{renamed}"' in text
    assert f"  {renamed}\n" in text[text.index("\nWarnings:\n"):]


def test_a_status_tells_every_phase(account, small_stripe):
    """The file exists from the start and is replaced as a whole."""
    job = account.job(small_stripe)
    process = job.start(manifest("customer", source={"requests-per-second": 2}))
    while process.poll() is None and not job.status_path.exists():
        time.sleep(0.01)

    running = json.loads(job.status_path.read_text())["status"]
    finished = job.finish(process)

    assert (running["phase"], finished.status["status"]["phase"]) == ("Running", "Succeeded")
    assert running["conditions"][0]["status"] == "Unknown"


@pytest.mark.parametrize("word", ["true", "1", "Yes", "ON"])
def test_a_dry_run_reads_and_writes_nothing(account, small_stripe, word):
    small_stripe.reset_stats()
    job = account.job(small_stripe, environment={"DATAOS_IS_DRY_RUN": word})

    finished = job.run(manifest("coupon"))

    assert finished.endpoint["reason"] == "DryRun"
    assert not job.warehouse.exists() and not job.lakehouse.tables()
    assert small_stripe.stats()["total"]["requests"] == 0


@pytest.mark.parametrize("word", ["", "False", "0"])
def test_a_run_that_is_no_dry_run_loads(account, small_stripe, word):
    job = account.job(small_stripe, environment={"DATAOS_IS_DRY_RUN": word})

    assert job.run(manifest("coupon")).endpoint["rows"]["written"] == 250


def test_a_word_that_tells_of_no_dry_run_nor_of_a_run_is_refused(account, small_stripe):
    job = account.job(small_stripe, environment={"DATAOS_IS_DRY_RUN": "maybe"})

    finished = job.run(manifest("coupon"), expect=78)

    assert (finished.reason, finished.status["status"]["message"]) == (
        "ConfigurationInvalid",
        "cannot read variable 'DATAOS_IS_DRY_RUN': found 'maybe'; expected 'true', '1', 'yes' or 'on', or 'false', '0', "
        "'no' or 'off'")
    assert not job.lakehouse.tables()


# The depot is a folder.
@pytest.mark.local
def test_a_depot_of_this_machine(account, small_stripe):
    job = account.job(small_stripe)
    depots = job.folder / "depots"
    depots.mkdir()
    (depots / "lakehouse.yaml").write_text(
        f"name: lakehouse\nversion: v2alpha\ntype: depot\ndepot:\n  type: LOCAL\n  local:\n    path: {job.warehouse}\n")
    job.arguments = ["--depot-dir", str(depots)]

    finished = job.run(manifest("coupon"))

    assert finished.endpoint["commit"]["metadataLocation"] == job.lakehouse.table("stripe.coupon").metadata_location
    assert job.lakehouse.count("stripe.coupon") == 250


def test_a_node_that_fails_skips_its_dependents_only(account, small_stripe):
    def node(name, table, needs=()):
        return {"name": name, "dependencies": list(needs), "spec": {"stack": "nilus:1.0", "stackSpec": {
            "source": {"address": "stripe://?api_key={STRIPE_API_KEY}&api_version=" + table[1],
                       "options": {"source-table": table[0]}},
            "sink": {"address": "dataos://lakehouse", "options": {"dest-table": f"stripe.{name}"}}}}}
    good, bad = "2026-05-27.dahlia", "1999-01-01"
    text = json.dumps({"name": "graph", "version": "v1", "type": "workflow", "workflow": {"dag": [
        node("a", ("coupon", good)), node("b", ("product", bad)), node("c", ("coupon", good), ["b"]),
        node("d", ("coupon", good), ["a"])]}})
    job = account.job(small_stripe)

    finished = job.run(text, expect=69)

    phases = {found["name"]: found["phase"] for found in finished.status["status"]["nodes"]}
    assert phases == {"a": "Succeeded", "b": "Failed", "c": "Skipped", "d": "Succeeded"}
    assert job.lakehouse.exists("stripe.d") and not job.lakehouse.exists("stripe.c")
