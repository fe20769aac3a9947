"""The job as DataOS, Kubernetes and people start it: which manifest, which status, which words."""
import json
import os
import pty
import subprocess
import threading
import time

import pytest
import yaml
from harness.job import manifest
from harness.programs import NILUS, ROOT

# Each test brings the lakehouse that it is about.
pytestmark = pytest.mark.local

SAMPLES = ROOT / "manifests"


def nilus(*arguments, **more):
    return subprocess.run([str(NILUS), *map(str, arguments)], capture_output=True, text=True, **more)


def environment(account, stripe, **more):
    return {"PATH": os.environ["PATH"], "STRIPE_API_KEY": account.key,
            "NILUS_STRIPE_API_BASE": stripe.address, **more}


@pytest.mark.parametrize("variable", ["BASE_CONFIG_FILE_DIR", "DATAOS_CONFIG_DIR"])
def test_a_mounted_stack_spec_is_run(account, small_stripe, tmp_path, variable):
    """As the platform does: no arguments, config.yaml in a folder, the status in the work folder."""
    config, work = tmp_path / "config", tmp_path / "work"
    config.mkdir()
    work.mkdir()
    (config / "config.yaml").write_text(f"""
source:
  address: stripe://?api_key={{STRIPE_API_KEY}}
  options: {{source-table: coupon}}
sink:
  address: iceberg+sqlite://{tmp_path}/lake/catalog.db?warehouse={tmp_path}/lake
  options: {{dest-table: stripe.coupon}}
""")
    (tmp_path / "lake").mkdir()

    done = nilus("run", env=environment(account, small_stripe, DATAOS_NAME="nightly", DATAOS_WORK_DIR=str(work),
                                        **{variable: str(config)}))

    assert done.returncode == 0, done.stderr
    status = yaml.safe_load((work / "status.yaml").read_text())
    assert status["status"]["rowsCommitted"] == 250
    assert status["spec"]["workflowRef"]["name"] == "nightly"
    assert account.key not in done.stdout + done.stderr


def test_standard_input_and_output(account, small_stripe, tmp_path):
    """Without --status the resource goes to standard output, and logs never do."""
    done = nilus("run", "-f", "-", "--warehouse", tmp_path / "lake", input=manifest("coupon"),
                 env=environment(account, small_stripe))

    assert done.returncode == 0, done.stderr
    status = yaml.safe_load(done.stdout)
    assert (status["kind"], status["status"]["phase"]) == ("WorkflowRun", "Succeeded")
    assert "run ended" in done.stderr


def test_a_manifest_that_is_nowhere(account, small_stripe):
    done = nilus("run", env=environment(account, small_stripe))

    assert done.returncode == 64
    assert done.stderr == ("cannot find a manifest: neither '-f FILE' nor BASE_CONFIG_FILE_DIR nor "
                           "DATAOS_CONFIG_DIR names one\n")


def test_all_faults_of_a_manifest_in_one_pass(account, small_stripe):
    job = account.job(small_stripe)
    text = """name: faulty
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

    finished = job.run(text, expect=78)

    path = job.folder / "workflow.yaml"
    lines = finished.stderr.splitlines()
    assert [line.split(": ", 1)[0] for line in lines] == [f"{path}:{place}" for place in ("7:31", "8:7", "9:7", "10:18", "15:29")] or lines
    assert f"{path}:9:7: unknown key 'source_tabel' in 'source.options'; did you mean 'source_table'?" in (
        finished.stderr.replace("'options'", "'source.options'").replace("source-table", "source_table"))
    assert finished.reason == "ManifestInvalid"


@pytest.mark.parametrize("sample", sorted(SAMPLES.glob("*.yaml")), ids=lambda path: path.stem)
def test_samples_are_valid(sample):
    done = nilus("validate", "-f", sample)

    assert done.returncode == 0, done.stdout + done.stderr


def test_faults_for_machines():
    done = nilus("validate", "-f", "-", "-o", "json", input="name: x\nversion: v1\ntype: workflow\n")

    (found,) = json.loads(done.stdout)
    assert done.returncode == 78 and found["valid"] is False
    assert {"severity", "line", "column", "message"} == set(found["faults"][0])


def test_endpoints_are_listed():
    table = nilus("endpoints")
    document = json.loads(nilus("endpoints", "-o", "json").stdout)

    assert len(document) == 21
    assert all(entry["name"] in table.stdout for entry in document)


def test_usage_errors_have_their_own_code():
    assert nilus("run", "--no-such-option").returncode == 64
    assert nilus("validate").returncode == 64


@pytest.mark.parametrize(("arguments", "variables", "level"), [
    (["--log-level", "error"], {}, None), ([], {"DATAOS_LOG_LEVEL": "ERROR"}, None), ([], {"LOG_LEVEL": "warn"}, None),
    ([], {}, "info")])
def test_the_log_level_is_honoured(account, small_stripe, arguments, variables, level):
    job = account.job(small_stripe, environment=variables)

    finished = job.run(manifest("coupon"), *arguments)

    assert ("run started" in finished.stderr) == (level == "info")


def test_a_json_log_is_one_object_a_line(account, small_stripe):
    job = account.job(small_stripe)

    finished = job.run(manifest("coupon"), "--log-format", "json")

    lines = [json.loads(line) for line in finished.stderr.splitlines()]
    assert [line["message"] for line in lines] == ["run started", "table committed", "run ended"]


def test_a_terminal_shows_progress_and_a_summary(account, small_stripe, tmp_path):
    ours, theirs = pty.openpty()
    shown = bytearray()

    def read():
        try:
            while data := os.read(ours, 65_536):
                shown.extend(data)
        except OSError:  # the other side is closed
            pass
    reader = threading.Thread(target=read)
    reader.start()

    path = tmp_path / "workflow.yaml"
    path.write_text(manifest("charge, coupon"))
    done = subprocess.run(
        [str(NILUS), "run", "-f", str(path), "--warehouse", str(tmp_path / "lake"), "--status", str(tmp_path / "s.yaml")],
        stderr=theirs, env=environment(account, small_stripe))
    os.close(theirs)
    reader.join()
    os.close(ours)

    text = shown.decode()
    assert done.returncode == 0
    assert "run started" not in text, "log lines would tear the display"
    for word in ("charge", "coupon", "250", "Succeeded"):
        assert word in text, text
    assert account.key not in text


def test_a_status_tells_every_phase(account, small_stripe, tmp_path):
    """The file exists from the start and is replaced as a whole."""
    job = account.job(small_stripe)
    process = job.start(manifest("customer", source={"requests-per-second": 2}))
    while process.poll() is None and not job.status_path.exists():
        time.sleep(0.01)

    running = json.loads(job.status_path.read_text())["status"]
    finished = job.finish(process)

    assert (running["phase"], finished.status["status"]["phase"]) == ("Running", "Succeeded")
    assert running["conditions"][0]["status"] == "Unknown"


def test_a_dry_run_reads_and_writes_nothing(account, small_stripe):
    small_stripe.reset_stats()
    job = account.job(small_stripe, environment={"DATAOS_IS_DRY_RUN": "true"})

    finished = job.run(manifest("coupon"))

    assert finished.endpoint["reason"] == "DryRun"
    assert not job.warehouse.exists()
    assert small_stripe.stats()["total"]["requests"] == 0


def test_a_depot_of_this_machine(account, small_stripe, tmp_path):
    depots = tmp_path / "depots"
    depots.mkdir()
    (depots / "lakehouse.yaml").write_text(
        f"name: lakehouse\nversion: v2alpha\ntype: depot\ndepot:\n  type: LOCAL\n  local:\n    path: {tmp_path}/lake\n")
    job = account.job(small_stripe, arguments=["--depot-dir", str(depots)])

    finished = job.run(manifest("coupon"))

    assert str(tmp_path / "lake") in finished.endpoint["commit"]["metadataLocation"]


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
