"""`nilus operator` and schedules: CronJobs keep the time, the operator says what is next and runs the nodes that are due."""
import datetime
import time

import pytest
from cluster.client import eventually
from cluster.space import workflow

NODES = ("first", "second")
# Far away, so that no CronJob of a real cluster comes before the test.
NEW_YEAR = "0 0 1 1 *"


def status(space, name="loads"):
    return space.get("workflows", name).get("status", {})


def condition(space, kind):
    return next((item for item in status(space).get("conditions", []) if item["type"] == kind), None)


def scheduled(**spec):
    return workflow(nodes=NODES, execution="pod-per-node", **spec)


def cron_job(space, name="loads"):
    return eventually(lambda: space.api.find("cronjobs", space.name, name))


def this_minute():
    return int(time.time()) // 60


def names(space, plural="jobs"):
    return sorted(item["metadata"]["name"] for item in space.list(plural))


def gone(space, name):
    return eventually(lambda: space.api.find("jobs", space.name, name) is None)


@pytest.mark.needs("cron jobs", "time zones", "pod failure policy")
def test_a_schedule_becomes_a_cron_job(space):
    with space.operator():
        space.put(workflow(schedule={"cron": "30 3 * * *", "timezone": "Europe/Berlin"}))
        cron = cron_job(space)
        space.api.merge("workflows", space.name, "loads", {"spec": {"suspend": True}})
        eventually(lambda: space.get("cronjobs", "loads")["spec"]["suspend"] is True)
        space.api.merge("workflows", space.name, "loads", {"spec": {"schedule": None, "suspend": False}})
        eventually(lambda: space.api.find("cronjobs", space.name, "loads") is None)
        space.job("loads-g3")

    assert cron["spec"]["schedule"] == "30 3 * * *" and cron["spec"]["timeZone"] == "Europe/Berlin"
    assert cron["spec"]["concurrencyPolicy"] == "Forbid" and cron["spec"]["suspend"] is False
    assert cron["spec"]["startingDeadlineSeconds"] == 3600
    rules = cron["spec"]["jobTemplate"]["spec"]["podFailurePolicy"]["rules"]
    assert rules[0]["action"] == "Ignore"
    assert rules[1]["onExitCodes"]["values"] == [64, 65, 69, 70, 77, 78, 132, 133, 134, 139]


@pytest.mark.needs("cron jobs", "time zones")
def test_the_next_run_is_told_in_the_words_of_dataos(space):
    with space.operator():
        space.put(workflow(schedule={"cron": NEW_YEAR, "timezone": "America/New_York"}))
        shown = eventually(lambda: status(space).get("nextScheduleTime") and status(space))
        table = space.resource("get", "-w", space.name)
        text = space.resource("describe", "-w", space.name, "-n", "loads")
        space.api.merge("workflows", space.name, "loads", {"spec": {"suspend": True}})
        eventually(lambda: "nextScheduleTime" not in status(space))

    year = datetime.datetime.now(datetime.timezone(datetime.timedelta(hours=-5))).year + 1
    assert shown["nextScheduleTime"] == f"{year}-01-01T05:00:00Z"
    assert shown["runtime"] == f"next:{year}-01-01T00:00:00-05:00"
    assert f"| next:{year}-01-01T00:00:00-05:00 |" in table
    assert f"Next run: {year}-01-01T05:00:00Z" in text
    assert status(space)["runtime"] == "pending"


@pytest.mark.needs("cron jobs", "time zones")
def test_a_cron_job_of_somebody_else_is_not_taken_over(space):
    spec = {"schedule": NEW_YEAR, "jobTemplate": {"spec": {"template": {"spec": {
        "restartPolicy": "Never", "containers": [{"name": "theirs", "image": "theirs:1"}]}}}}}
    theirs = space.api.create("cronjobs", space.name, {
        "apiVersion": "batch/v1", "kind": "CronJob", "metadata": {"name": "loads"}, "spec": spec})
    with space.operator():
        space.put(workflow(schedule={"cron": "30 3 * * *"}))
        stalled = eventually(lambda: condition(space, "Stalled"))

    assert "cannot make CronJob 'loads': there is one already" in stalled["message"]
    assert space.get("cronjobs", "loads")["metadata"]["resourceVersion"] == theirs["metadata"]["resourceVersion"]


@pytest.mark.needs("cron jobs", "time zones")
def test_no_run_begins_after_the_end_of_a_schedule(space):
    with space.operator():
        space.put(workflow(schedule={"cron": "30 3 * * *", "endOn": "2020-01-01T00:00:00Z"}))
        cron = cron_job(space)
        eventually(lambda: condition(space, "Ready")["reason"] == "ScheduleEnded")

    assert cron["spec"]["suspend"] is True


def test_a_schedule_is_refused_where_the_server_knows_none(space, server):
    if server.has("cron jobs"):
        pytest.skip("this API server has cron jobs")
    with space.operator():
        space.put(scheduled(schedule={"cron": "30 3 * * *"}))
        stalled = eventually(lambda: condition(space, "Stalled"))

    assert stalled["reason"] == "ConfigurationInvalid" and "1.21" in stalled["message"]


@pytest.mark.needs("cron jobs", "time zones")
def test_what_the_server_refuses_is_stalled_until_it_is_mended(space):
    with space.operator():
        space.put(workflow(schedule={"cron": NEW_YEAR, "timezone": "Europe/Atlantis"}))
        stalled = eventually(lambda: condition(space, "Stalled"))
        space.api.merge("workflows", space.name, "loads", {"spec": {"schedule": {"timezone": "Europe/Berlin"}}})
        eventually(lambda: status(space)["runtime"].startswith("next:") and condition(space, "Stalled") is None)

    assert "unknown time zone Europe/Atlantis" in stalled["message"]


@pytest.mark.needs("cron jobs", "time zones", "suspended jobs")
def test_a_tick_runs_the_nodes_in_their_order_and_then_goes(space):
    minute = this_minute()
    with space.operator():
        space.put(scheduled(schedule={"cron": NEW_YEAR}))
        cron_job(space)
        tick = space.tick("loads", minute)
        first = space.job(f"loads-t{minute}-first")
        eventually(lambda: status(space)["runtime"] == "running")
        assert names(space) == [f"loads-{minute}", f"loads-t{minute}-first"]
        space.succeed(first)
        second = space.job(f"loads-t{minute}-second")
        space.succeed(second)
        gone(space, tick["metadata"]["name"])
        eventually(lambda: status(space)["runtime"].startswith("next:"))
        eventually(lambda: len(status(space)["history"]) == 2)

    # The tick had no pod and no run.
    assert len(space.list("pods")) == len(space.list("workflowruns")) == 2
    assert names(space) == [f"loads-t{minute}-first", f"loads-t{minute}-second"]


@pytest.mark.needs("cron jobs", "time zones", "suspended jobs")
def test_an_operator_that_is_killed_between_two_nodes_repeats_none(space):
    minute = this_minute()
    with space.operator(identity="operator-0") as operator:
        space.put(scheduled(schedule={"cron": NEW_YEAR}))
        cron_job(space)
        space.tick("loads", minute)
        first = space.job(f"loads-t{minute}-first")
        operator.kill()
    space.succeed(first)
    with space.operator(identity="operator-0"):
        space.succeed(space.job(f"loads-t{minute}-second"))
        gone(space, f"loads-{minute}")

    assert space.get("jobs", f"loads-t{minute}-first")["metadata"]["uid"] == first["metadata"]["uid"]


@pytest.mark.needs("cron jobs", "time zones", "suspended jobs")
def test_a_tick_that_is_replaced_takes_its_nodes_with_it(space):
    minute = this_minute()
    with space.operator():
        space.put(scheduled(schedule={"cron": NEW_YEAR, "concurrencyPolicy": "Replace"}))
        cron_job(space)
        space.tick("loads", minute - 1)
        space.job(f"loads-t{minute - 1}-first")
        space.api.delete("jobs", space.name, f"loads-{minute - 1}", propagationPolicy="Background")
        space.tick("loads", minute)
        gone(space, f"loads-t{minute - 1}-first")
        space.job(f"loads-t{minute}-first")

    assert names(space) == [f"loads-{minute}", f"loads-t{minute}-first"]


@pytest.mark.needs("cron jobs", "time zones", "suspended jobs")
def test_ticks_that_nobody_could_follow_in_time_are_left_out(space):
    minute = this_minute()
    with space.operator(identity="operator-0") as operator:
        space.put(scheduled(schedule={"cron": NEW_YEAR, "concurrencyPolicy": "Allow"}))
        cron_job(space)
        operator.kill()
    for late in (500, 70, 5):
        space.tick("loads", minute - late)
    with space.operator(identity="operator-0"):
        space.job(f"loads-t{minute - 5}-first")
        gone(space, f"loads-{minute - 500}")
        gone(space, f"loads-{minute - 70}")
        missed = eventually(lambda: [event for event in space.list("events") if event.get("reason") == "Missed"])

    assert names(space) == [f"loads-{minute - 5}", f"loads-t{minute - 5}-first"]
    assert len(missed) == 2


@pytest.mark.needs("cron jobs", "time zones", "suspended jobs")
def test_a_schedule_that_is_taken_away_stops_what_it_began(space):
    minute = this_minute()
    with space.operator():
        space.put(scheduled(schedule={"cron": NEW_YEAR}))
        cron_job(space)
        space.tick("loads", minute)
        space.job(f"loads-t{minute}-first")
        space.api.merge("workflows", space.name, "loads", {"spec": {"schedule": None}})
        space.job("loads-g2-first")
        gone(space, f"loads-t{minute}-first")

    assert names(space) == ["loads-g2-first"] and space.list("cronjobs") == []
