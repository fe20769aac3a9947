"""200 workflows come, change and go at random while the operator is killed again and again."""
import random
import threading
import time

import pytest
from cluster.client import eventually
from cluster.space import owner, run_name, workflow

WORKFLOWS = 200
STEPS = 420
SEED = 20260101
KILL_SECONDS = (4, 9)


class Crowd:
    """The workflows as they should be: name → the title they have last been given, or None when deleted."""

    def __init__(self, space):
        self.space = space
        self.random = random.Random(SEED)
        self.wanted = {}
        self.uids = set()

    def step(self):
        name = f"flow-{self.random.randrange(WORKFLOWS)}"
        if name not in self.wanted:
            self.create(name)
        elif self.random.random() < 0.35:
            self.space.api.delete("workflows", self.space.name, name, propagationPolicy="Background")
            del self.wanted[name]
        else:
            title = f"edition {self.random.randrange(1 << 30)}"
            self.space.api.merge("workflows", self.space.name, name, {"spec": {"title": title}})
            self.wanted[name] = title

    def create(self, name):
        self.space.put(workflow(name, title="first"))
        self.wanted[name] = "first"


class Witness(threading.Thread):
    """Watches Jobs and notes every one that ever was: a second one for the same spec would be a duplicate run."""

    def __init__(self, space):
        super().__init__(daemon=True)
        self.space, self.seen, self.stopping = space, {}, False
        # Looks that came to an end, and what broke the last one off: a witness that fell asleep has seen nothing.
        self.looks, self.failure = 0, None

    def run(self):
        try:
            while not self.stopping:
                self.look()
                time.sleep(0.3)
        except Exception as failure:
            self.failure = failure

    def look(self):
        for job in self.space.list("jobs"):
            labels = job["metadata"]["labels"]
            group = (labels["nilus.dataos.io/workflow-uid"], labels["nilus.dataos.io/group"])
            self.seen.setdefault(group, set()).add(job["metadata"]["uid"])
        self.looks += 1

    def testify(self):
        """What it saw to the end; fails when it did not see all of it."""
        was_alive, self.stopping = self.is_alive(), True
        self.join()
        assert self.failure is None and was_alive, f"the witness died after {self.looks} looks: {self.failure!r}"
        assert self.looks > 0
        return self.seen


def kill_again_and_again(space, stopping, kills):
    chance = random.Random(SEED + 1)
    while not stopping.is_set():
        with space.operator(identity="operator-0") as operator:
            stopping.wait(chance.uniform(*KILL_SECONDS))
            if not stopping.is_set():
                operator.kill()
                kills.append(time.monotonic())


def test_the_cluster_ends_as_the_workflows_ask(space, figures):
    crowd, witness = Crowd(space), Witness(space)
    for number in range(WORKFLOWS):
        crowd.create(f"flow-{number}")
    stopping, kills = threading.Event(), []
    killer = threading.Thread(target=kill_again_and_again, args=(space, stopping, kills))
    witness.start()
    killer.start()
    for _ in range(STEPS):
        crowd.step()
    deadline = time.monotonic() + 60
    while len(kills) < 3 and time.monotonic() < deadline:
        time.sleep(0.2)
    stopping.set()
    killer.join()

    with space.operator(identity="operator-0"):
        eventually(lambda: settled(space, crowd), seconds=600)
    seen = witness.testify()

    assert len(kills) >= 3
    duplicates = {group: uids for group, uids in seen.items() if len(uids) > 1}
    assert duplicates == {}
    figures.line("operators killed among many workflows",
                 f"{len(kills)}, {len(crowd.wanted)} workflows left, {len(seen)} runs begun")


def test_a_witness_that_dies_is_missed():
    """Without that, nothing would be seen, and nothing seen looks like no duplicate."""
    class Blind:
        def list(self, _):
            return [{"metadata": {"labels": {}}}]
    witness = Witness(Blind())
    witness.start()
    witness.join(timeout=10)

    with pytest.raises(AssertionError, match="the witness died after 0 looks: KeyError"):
        witness.testify()


def settled(space, crowd):
    """Asserts that each workflow has exactly the run of its present spec, and that nothing belongs to nobody."""
    workflows = {item["metadata"]["name"]: item for item in space.list("workflows")}
    jobs, runs = space.list("jobs"), space.list("workflowruns")
    configs = [item for item in space.list("configmaps") if "nilus.dataos.io/type" in item["metadata"].get("labels", {})]
    assert {name: item["spec"]["title"] for name, item in workflows.items()} == crowd.wanted
    uids = {item["metadata"]["uid"] for item in workflows.values()}
    expected = {f"{name}-g{item['metadata']['generation']}" for name, item in workflows.items()}
    names = {job["metadata"]["name"] for job in jobs}
    assert (names - expected, expected - names) == (set(), set()), "Jobs too many, Jobs missing"
    assert [item["metadata"]["name"] for item in jobs + runs + configs if owner(item) not in uids] == [], "orphans"
    told = {run["metadata"]["name"] for run in runs}
    assert [run_name(job) for job in jobs if run_name(job) not in told] == [], "Jobs without a run"
    assert len(configs) == len(workflows), "manifests too many or missing"
    assert [name for name, item in workflows.items() if item.get("status", {}).get("observedGeneration")
            != item["metadata"]["generation"]] == [], "workflows without a present status"
    return True
