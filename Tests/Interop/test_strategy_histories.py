"""Random histories of tables loaded with `delete+insert` and with `scd2`, against models of a few lines.

Loads of ours, appends and deletions of pyiceberg and compactions come in a random order that the seed determines.
Needs what test_iceberg_tables.py needs. NILUS_HISTORY_SEEDS runs more of them.
"""
import os
import random

import pyarrow
import pytest
from pyiceberg.expressions import In

from test_iceberg_tables import ordered
from test_merge_histories import COLUMNS, DAY, LAYOUTS, python
from test_table_layouts import LaidOut, manifest

SEEDS = range(int(os.environ.get("NILUS_HISTORY_SEEDS", "4")))
STEP = DAY // 40
FROM, TO = "_nilus_valid_from", "_nilus_valid_to"
ARROW = pyarrow.schema([
    ("id", pyarrow.string()), ("at", pyarrow.timestamp("us", tz="UTC")), ("n", pyarrow.int64()),
    ("currency", pyarrow.string())])


class Strategy:
    """A table that a seed's history happens to."""

    def __init__(self, lake, seed):
        self.lake = lake
        self.chance = random.Random(seed)
        self.layout = LAYOUTS[seed % len(LAYOUTS)]
        self.is_plain = seed % len(LAYOUTS) < 2
        self.count = 0
        self.foreign = 0
        # Half of the histories have keys that outgrow their memory, of which there always is a mebibyte: they go
        # portion by portion.
        self.key_bytes, self.padding = self.chance.choice([(0, "-" * 4_000), (8_388_608, "")])

    def row(self, number):
        """The next version of an object; what it was created with stays the same."""
        self.count += 1
        return {
            "id": f"ch_{number * 7919 % 10007:05}{self.padding}", "at": number * STEP, "n": self.count,
            "currency": self.chance.choice(["eur", "usd", None]),
        }

    def load(self, rows, strategy, columns=COLUMNS, **members):
        LaidOut.runs += 1
        return self.lake.request(
            "load", columns, rows=rows, strategy=strategy, run=f"h{LaidOut.runs}", manifest=manifest(**self.layout),
            key=["id"], created="at", **{
                "key-bytes": self.key_bytes, "batch-rows": self.chance.choice([7, 100]), "file-rows": 150, **members})

    def rows_of_others(self):
        """Rows that another engine appends: one of them without a time of creation."""
        self.foreign += 1
        rows = [self.row(5_000 + self.foreign * 3 + number) for number in range(3)]
        rows[0]["at"] = None
        self.lake.table.append(pyarrow.Table.from_pylist([moments(row) for row in rows], schema=ARROW))
        return rows

    def delete_by_pyiceberg(self, ids):
        self.lake.table.delete(In("id", set(ids)))

    def compact(self):
        self.lake.request("compact", COLUMNS)

    def check(self, expected, done, counts=True):
        found = self.lake.rows()
        assert found == ordered(expected), done
        if counts and "delete" not in done:
            summary = self.lake.table.current_snapshot().summary
            live = int(summary["total-records"]) - int(summary["total-position-deletes"])
            assert live == len(expected), done

    def play(self, steps, rounds):
        done = []
        for _ in range(rounds):
            step = self.chance.choice(steps)
            step()
            done.append(step.__name__)
            self.check(self.expected(), done)


def moments(row):
    """A row as pyiceberg and DuckDB give it."""
    return {name: None if value is None else python({"at": value})["at"] if name in ("at", FROM, TO) else value
            for name, value in row.items()}


class Intervals(Strategy):
    """What `delete+insert` does: rows of the interval go, whether or not they come again."""

    def __init__(self, lake, seed):
        super().__init__(lake, seed)
        self.rows = {}

    def expected(self):
        return [moments(row) for row in self.rows.values()]

    def load_interval(self):
        lower = self.chance.choice([None, self.chance.randrange(1_500)])
        upper = (lower or 0) + self.chance.choice([1, 40, 400, 2_000])
        numbers = range(lower or 0, min(upper, 1_500))
        self.take(lower, upper, [self.row(number) for number in numbers if self.chance.random() < 0.9])

    def load_nothing(self):
        lower = self.chance.randrange(1_500)
        self.take(lower, lower + self.chance.choice([3, 300]), [])

    def take(self, lower, upper, rows):
        def seconds(number):
            return None if number is None else number * STEP // 1_000_000
        def goes(row):
            return row["at"] is not None and (lower or 0) * STEP <= row["at"] < upper * STEP
        scope = {"lower": seconds(lower), "upper": seconds(upper), "moment": 0}
        gone = [id for id, row in self.rows.items() if goes(row)]
        answer = self.load(rows, "delete+insert", scope={name: value for name, value in scope.items() if value is not None})
        assert (answer["added"], answer["deleted"]) == (len(rows), len(gone))
        for id in gone:
            del self.rows[id]
        self.rows.update({row["id"]: row for row in rows})

    def merge(self):
        newest = self.chance.randrange(1, 1_500)
        rows = [self.row(number) for number in range(max(0, newest - 30), newest)]
        self.load(rows, "merge")
        self.rows.update({row["id"]: row for row in rows})

    def append(self):
        self.rows.update({row["id"]: row for row in self.rows_of_others()})

    def delete(self):
        ids = self.chance.sample(sorted(self.rows), min(len(self.rows), 9))
        self.delete_by_pyiceberg(ids)
        for id in ids:
            del self.rows[id]


@pytest.mark.parametrize("seed", SEEDS)
def test_deleting_and_inserting_intervals(tmp_path, seed):
    history = Intervals(LaidOut(tmp_path), seed)
    history.load_interval()
    loads = [history.load_interval] * 4 + [history.load_nothing, history.merge]
    history.play(loads + [history.append, history.compact, history.delete], 12)


class Versions(Strategy):
    """What `scd2` does: the current version of an object ends when it changed, or is gone from a full load."""

    def __init__(self, lake, seed):
        super().__init__(lake, seed)
        self.source = {}
        self.versions = []
        self.moment = 1_700_000_000
        self.columns = {**COLUMNS, "run": "string", FROM: "timestamptz", TO: "timestamptz"}
        self.next = 0

    def expected(self):
        blank = {name: None for name in self.columns}
        return [moments({**blank, **version}) for version in self.versions]

    def change_source(self):
        """Objects appear, change and vanish."""
        for _ in range(self.chance.choice([0, 1, 200])):
            self.put(self.row(self.next))
            self.next += 1
        for number in self.chance.sample(range(self.next), min(self.next, self.chance.choice([0, 2, 60]))):
            row = self.row(number)
            if row["id"] in self.source:
                self.put(row)
        for id in self.chance.sample(sorted(self.source), min(len(self.source), self.chance.choice([0, 0, 5]))):
            del self.source[id]

    def put(self, row):
        if "note" in self.columns and self.chance.random() < 0.5:
            row["note"] = "new"
        self.source[row["id"]] = row

    def load_all(self):
        self.change_source()
        self.take(list(self.source.values()), closes_absent=True)

    def load_again(self):
        """The same data once more makes no versions."""
        self.take(list(self.source.values()), closes_absent=True)
        before = len(self.versions)
        self.take(list(self.source.values()), closes_absent=True)
        assert len(self.versions) == before

    def load_some(self):
        self.change_source()
        rows = list(self.source.values())
        self.take(self.chance.sample(rows, min(len(rows), self.chance.choice([1, 50]))), closes_absent=False)

    def add_column(self):
        self.columns["note"] = "string"
        self.load_all()

    def take(self, rows, closes_absent):
        # Two loads of one second are possible, and so is a clock that was set back.
        self.moment += self.chance.choice([0, 1, 3_600, -5])
        self.chance.shuffle(rows)
        # An object may come twice; its last row counts. Files that are divided or sorted by what differs keep no order.
        early = [{**row, "n": -1} for row in self.chance.sample(rows, min(len(rows), 3))] if self.is_plain else []
        stamp = {"run": f"run {LaidOut.runs}", FROM: self.moment * 1_000_000}
        answer = self.load(
            [{**row, **stamp} for row in early + rows], "scd2", self.columns,
            scope={"upper": 4_000_000_000, "moment": self.moment, "closes-absent": closes_absent},
            history={"valid-from": FROM, "valid-to": TO, "incidental": ["run"]})
        current = {version["id"]: version for version in self.versions if version.get(TO) is None}
        seen = {row["id"] for row in rows}
        ended = [version for id, version in current.items() if closes_absent and id not in seen]
        new = []
        for row in rows:
            version = current.get(row["id"])
            if version is not None and content(version) == content(row):
                continue
            new.append({**row, **stamp})
            if version is not None:
                ended.append(version)
        for version in ended:
            version[TO] = max(self.moment * 1_000_000, version.get(FROM) or 0)
        self.versions += new
        counted = [answer[name] for name in ("added", "closed", "unchanged", "replaced")]
        assert counted == [len(new), len(ended), len(rows) - len(new), len(early)]

    def append(self):
        """Rows of another engine are current versions, from the beginning."""
        self.versions += self.rows_of_others()

    def delete(self):
        ids = {version["id"] for version in self.versions}
        gone = set(self.chance.sample(sorted(ids), min(len(ids), 7)))
        self.delete_by_pyiceberg(gone)
        self.versions = [version for version in self.versions if version["id"] not in gone]


def content(version):
    return {name: value for name, value in version.items() if name not in ("run", FROM, TO) and value is not None}


@pytest.mark.parametrize("seed", SEEDS)
def test_keeping_the_history_of_objects(tmp_path, seed):
    history = Versions(LaidOut(tmp_path), seed)
    if seed % 3 == 2:
        # A table that was there before, without a history.
        history.change_source()
        rows = [history.row(number) for number in range(300)]
        history.next = 300
        history.load(rows, "append")
        history.source = {row["id"]: row for row in rows}
        history.versions = [dict(row) for row in rows]
    history.load_all()
    loads = [history.load_all] * 4 + [history.load_some] * 2 + [history.load_again, history.add_column]
    history.play(loads + [history.append, history.compact, history.delete], 12)


def test_an_interval_of_a_table_that_holds_seconds(tmp_path):
    lake = LaidOut(tmp_path)
    strategy = Strategy(lake, 0)
    old = {"id": "string", "at": "long"}
    strategy.load([{"id": str(second), "at": second} for second in range(100)], "append", old)

    answer = strategy.load(
        [{"id": "new", "at": 12}], "delete+insert", {"id": "string", "at": "timestamptz"},
        scope={"lower": 10, "upper": 20, "moment": 0})

    assert (answer["deleted"], answer["added"]) == (10, 1)
    kept = [second for second in range(100) if not 10 <= second < 20]
    assert lake.rows() == ordered([{"id": str(second), "at": second} for second in kept] + [{"id": "new", "at": 12}])


def test_no_history_of_a_table_with_columns_that_cannot_be_kept(tmp_path):
    lake = LaidOut(tmp_path)
    lake.pyiceberg.create_namespace("s")
    lake.pyiceberg.create_table("s.t", pyarrow.schema([
        ("id", pyarrow.string()), ("tags", pyarrow.list_(pyarrow.string()))]))

    with pytest.raises(AssertionError, match="its column 'tags' of type list.* would be lost when a version ends"):
        Strategy(lake, 0).load(
            [], "scd2", {"id": "string", FROM: "timestamptz", TO: "timestamptz"},
            history={"valid-from": FROM, "valid-to": TO, "incidental": []})
