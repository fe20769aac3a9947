"""What the program says and leaves behind when there is nothing to run, little to read, or something to look at."""
import json
import os

import pytest
import yaml
from harness.job import manifest
from harness.programs import ROOT
from harness.simulator import simulator

SECRET = ROOT / "manifests" / "secret-stripe.yaml"


# Loads nothing.
@pytest.mark.local
def test_a_file_that_cannot_be_read_is_a_fault_like_others(account):
    job = account.job()
    (job.folder / "large.yaml").write_text("#" * 1_048_578)
    (job.folder / "faulty.yaml").write_text("name: x\n")
    unread = "cannot read manifest 'nope.yaml': no such file or directory"

    text = job.command("validate", "-f", "nope.yaml", "large.yaml", "faulty.yaml", expect=78)
    document = job.command("validate", "-f", "nope.yaml", "-o", "json", expect=78)

    assert text.stdout.splitlines() == [
        unread, "cannot read manifest 'large.yaml': it is larger than 1 MiB",
        "faulty.yaml:1:1: missing key 'type'; expected 'type: workflow' or 'type: nilus'"]
    assert json.loads(document.stdout) == [{
        "file": "nope.yaml", "valid": False, "workflows": [], "faults": [{"severity": "error", "message": unread}]}]


# Loads nothing.
@pytest.mark.local
@pytest.mark.parametrize("verb", ["apply", "delete"])
def test_other_commands_refuse_such_a_file_with_the_same_code(account, verb):
    done = account.job().command("resource", verb, "-f", "nope.yaml", expect=78)

    assert done.stderr == "cannot read manifest 'nope.yaml': no such file or directory\n"


# Loads nothing.
@pytest.mark.local
def test_several_files_may_follow_one_option(account):
    done = account.job().command("validate", "-f", *sorted((ROOT / "manifests").glob("*.yaml")), "-f", SECRET)

    assert done.stdout.count(f"{SECRET}: valid, no workflow in it\n") == 2


# Loads nothing.
@pytest.mark.local
def test_a_run_without_a_workflow_is_refused(account):
    finished = account.job().run(SECRET, expect=78)

    message = f"cannot run '{SECRET}': it holds no workflow; expected 'type: workflow'"
    assert (finished.stdout, finished.stderr) == ("", f"{message}\n")
    run, found = finished.status, finished.status["status"]
    assert (found["phase"], found["reason"], found["message"]) == ("Failed", "ManifestInvalid", message)
    assert (found["exitCode"], run["spec"]["manifest"]["file"]) == (78, str(SECRET))


def test_a_resource_beside_a_workflow_is_no_fault(account, small_stripe):
    job = account.job(small_stripe)

    finished = job.run(manifest("coupon"), "-f", str(SECRET))

    assert finished.status["status"]["phase"] == "Succeeded"


# Loads nothing.
@pytest.mark.local
def test_a_manifest_that_cannot_be_read_leaves_a_status(account, small_stripe):
    """In the work folder of the platform, and for the good manifest beside it too, which is not run."""
    job = account.job(small_stripe)
    job.environment["DATAOS_WORK_DIR"] = str(job.folder)
    (job.folder / "good.yaml").write_text(manifest("coupon", source={"requests-per-second": 20}))
    small_stripe.reset_stats()

    done = job.command("run", "-f", "nope.yaml", "good.yaml", "--warehouse", job.warehouse, expect=78)

    message = "cannot read manifest 'nope.yaml': no such file or directory"
    assert (done.stdout, done.stderr) == ("", f"{message}\n")
    unread, good = yaml.safe_load_all((job.folder / "status.yaml").read_text())
    assert unread["spec"] == {"workflowRef": {"name": "nope.yaml"}, "manifest": {"file": "nope.yaml"}}
    assert good["spec"]["workflowRef"]["name"] == "test" and len(good["spec"]["manifest"]["sha256"]) == 64
    for run in (unread, good):
        assert (run["status"]["phase"], run["status"]["reason"]) == ("Failed", "ManifestInvalid")
        assert (run["status"]["message"], run["status"]["exitCode"]) == (message, 78)
    assert small_stripe.stats()["total"]["requests"] == 0 and not job.warehouse.exists()


# Loads nothing.
@pytest.mark.local
def test_faults_are_records_in_a_json_log(account):
    job = account.job()
    (job.folder / "faulty.yaml").write_text(manifest("coupon").replace('"source"', '"soruce"'))

    done = job.command("run", "-f", "faulty.yaml", "nope.yaml", "--log-format", "json", expect=78)

    records = [json.loads(line) for line in done.stderr.splitlines()]
    assert {(record.pop("level"), record.pop("message")) for record in records[:-1]} == {
        ("error", "manifest has a fault"), ("warning", "manifest has a fault")}
    assert all(set(record) == {"time", "file", "line", "column", "fault"} for record in records[:-1])
    assert records[-1] == {"time": records[-1]["time"], "level": "error", "message": "run refused",
                           "code": "manifestInvalid",
                           "error": "cannot read manifest 'nope.yaml': no such file or directory"}


# Loads nothing.
@pytest.mark.local
@pytest.mark.parametrize("option", ["--warehouse", "--status", "--secret-dir", "--depot-dir"])
def test_an_empty_path_is_not_the_current_folder(account, option):
    job = account.job()
    (job.folder / "good.yaml").write_text(manifest("coupon"))

    done = job.command("run", "-f", "good.yaml", option, "", expect=64)

    assert done.stderr.splitlines()[0] == f"Error: '{option}' names no path: its value is empty"
    assert [path.name for path in job.folder.iterdir()] == ["good.yaml"]


@pytest.mark.parametrize("name", ["status.yaml", "status.json"])
def test_a_status_that_cannot_be_written_goes_to_standard_output(account, small_stripe, name):
    job = account.job(small_stripe)
    path = job.folder / "missing" / name

    finished = job.run(manifest("coupon, product"), "--status", str(path))

    warnings = [line for line in finished.stderr.splitlines() if "status not written" in line]
    assert len(warnings) == 1
    assert warnings[0].endswith(
        f'warning  status not written error="no such file or directory" path={path}')
    read = json.loads if name.endswith(".json") else yaml.safe_load
    assert read(finished.stdout)["status"]["phase"] == "Succeeded"


def test_a_status_goes_through_links_and_into_pipes(account, small_stripe):
    job = account.job(small_stripe)
    target, link, pipe = job.folder / "target.json", job.folder / "link.json", job.folder / "pipe.json"
    link.symlink_to(target.name)
    target.write_text("old")
    os.mkfifo(pipe)

    job.run(manifest("coupon"), "--status", str(link))
    process = job.start(manifest("coupon"), "--status", str(pipe))
    piped = pipe.read_text()
    job.finish(process).expected(0)

    assert link.is_symlink() and pipe.is_fifo()
    for text in (target.read_text(), piped):
        assert json.loads(text)["status"]["phase"] == "Succeeded"
    assert not list(job.folder.glob("*.tmp"))


def test_warnings_are_logged_once_and_kept(account, small_stripe):
    job = account.job(small_stripe)

    finished = job.run(manifest("coupon, product", "Stripe.{endpoint}", source={"yield-limit": 1, "page-size": 500}),
                       "--log-format", "json")

    records = [json.loads(line) for line in finished.stderr.splitlines()]
    noticed = [record["what"] for record in records if record["message"] == "noticed"]
    assert noticed == finished.status["status"]["warnings"]
    assert {record["level"] for record in records if record["message"] == "noticed"} == {"warning"}
    assert noticed.count("table 'Stripe.coupon' is named 'stripe.coupon'") == 1
    assert len(noticed) == len(set(noticed)) >= 3


REFUSED = {
    401: ("KeyRefused", 77), 403: ("PermissionMissing", 77), 404: ("SourceRefused", 69),
}


# Stripe refuses, and nothing is loaded.
@pytest.mark.local
@pytest.mark.parametrize("answer", REFUSED)
def test_the_request_that_was_refused_is_named(account, answer):
    reason, code = REFUSED[answer]
    with simulator(objects={"default": 10}) as stripe:
        stripe.faults({"match": {"path": "/v1/charges"}, "do": {
            "kind": "status", "status": answer, "headers": {"Request-Id": "req_refused"}}})
        job = account.job(stripe)

        finished = job.run(manifest("charge"), expect=code)

    status = finished.status["status"]
    (node,) = status["nodes"]
    for place in (status, node, finished.endpoint):
        assert (place["reason"], place["requestID"]) == (reason, "req_refused")
    assert "request-id=req_refused" in finished.stderr


def test_a_run_that_is_committed_says_that_it_did_nothing(account, small_stripe):
    job = account.job(small_stripe)
    job.run(manifest("coupon, product"), "--run-id", "nightly")

    finished = job.run(manifest("coupon, product"), "--run-id", "nightly")

    status = finished.status["status"]
    for place in (status, status["nodes"][0], *finished.endpoints.values()):
        assert (place["reason"], place["message"]) == ("AlreadyCommitted", "run 'nightly' is committed")
    assert status["rowsCommitted"] == 500, "the run with this id did commit them"
    lines = finished.stderr.splitlines()
    assert sum(" already committed " in line for line in lines) == 2
    assert "reason=AlreadyCommitted rows=0" in lines[-1]
    assert not any("table committed" in line for line in lines)


def test_every_request_is_counted(account, small_stripe):
    """That for the account of the key too."""
    small_stripe.reset_stats()
    job = account.job(small_stripe)

    finished = job.run(manifest("coupon, customer"))

    (node,) = finished.status["status"]["nodes"]
    assert node["requests"] == small_stripe.stats()["total"]["requests"] == 1 + 3 + 5


def test_the_window_that_was_read_is_told(account, small_stripe):
    job = account.job(small_stripe)

    first = job.run(manifest("charge:sync:incremental"))
    second = job.run(manifest("charge:sync:incremental"))

    assert set(first.endpoint["window"]) == {"end"}
    assert second.endpoint["window"]["start"] == first.endpoint["window"]["end"]
