"""Random histories of a table that is merged into: whatever happened, readers see what a full reload would give.

Merges of ours, appends and deletions of pyiceberg and compactions come in a random order that the seed determines;
a dictionary is told of the same. Needs what test_iceberg_tables.py needs. NILUS_HISTORY_SEEDS runs more of them.
"""
import datetime
import os
import random

import pyarrow
import pytest
from pyiceberg.expressions import In

from test_iceberg_tables import ordered
from test_table_layouts import EPOCH, LaidOut, manifest

COLUMNS = {"id": "string", "at": "timestamptz", "n": "long", "currency": "string"}
DAY = 86_400_000_000
SEEDS = range(int(os.environ.get("NILUS_HISTORY_SEEDS", "6")))

LAYOUTS = [
    {},
    {"partition-by": [{"column": "at", "type": "day"}]},
    {"partition-by": [{"column": "currency", "type": "identity"}]},
    {"partition-by": [{"column": "id", "type": "bucket", "bucket-count": 4}], "cluster-by": ["n"]},
]


class History:
    """A table, and what must be in it by now."""

    def __init__(self, lake, seed):
        self.lake = lake
        self.chance = random.Random(seed)
        self.layout = LAYOUTS[seed % len(LAYOUTS)]
        self.expected = {}
        self.count = 0
        # Some histories have keys that outgrow their memory, of which there always is a mebibyte: they go portion by
        # portion. Not where versions may differ in what divides or sorts the table: files keep no order of arrival.
        is_plain = seed % len(LAYOUTS) < 2
        self.key_bytes, self.padding = (0, "-" * 1_500) if is_plain and self.chance.random() < 0.5 else (8_388_608, "")
        # Half of the histories have manifest files written as one all the time.
        self.merges_manifests = seed % 2 == 1

    def begin(self):
        self.merge()
        if self.merges_manifests:
            with self.lake.table.transaction() as change:
                change.set_properties({"commit.manifest.min-count-to-merge": "2"})

    def row(self, number):
        """The next version of a row; what it was created with stays the same."""
        self.count += 1
        return {
            "id": f"ch_{number * 7919 % 10007:05}{self.padding}", "at": number * DAY // 40, "n": self.count,
            "currency": self.chance.choice(["eur", "usd", None]),
        }

    def merge(self):
        size = self.chance.choice([1, 10, 400, 3000])
        newest = self.chance.randrange(1, 1200)
        rows = [self.row(self.chance.randrange(max(0, newest - size), newest)) for _ in range(size)]
        self.load(rows, "merge")
        self.expected.update({row["id"]: row for row in rows})

    def load(self, rows, strategy):
        LaidOut.runs += 1
        return self.lake.request(
            "load", COLUMNS, rows=rows, strategy=strategy, run=f"h{LaidOut.runs}", manifest=manifest(**self.layout),
            key=["id"], created="at", **{"key-bytes": self.key_bytes, "batch-rows": self.chance.choice([7, 100])})

    def append_by_pyiceberg(self):
        """New rows of another engine, which has no keys: only ids that are not there."""
        absent = [number for number in range(1200, 1260) if self.row(number)["id"] not in self.expected]
        rows = [self.row(number) for number in self.chance.sample(absent, 5)]
        schema = pyarrow.schema([
            ("id", pyarrow.string()), ("at", pyarrow.timestamp("us", tz="UTC")), ("n", pyarrow.int64()),
            ("currency", pyarrow.string())])
        own = {field.name for field in self.lake.table.schema().fields}
        assert own >= set(schema.names)
        self.lake.table.append(pyarrow.Table.from_pylist([python(row) for row in rows], schema=schema))
        self.expected.update({row["id"]: row for row in rows})

    def delete_by_pyiceberg(self):
        if not self.expected:
            return
        ids = self.chance.sample(sorted(self.expected), min(len(self.expected), self.chance.randrange(1, 20)))
        self.lake.table.delete(In("id", set(ids)))
        for id in ids:
            del self.expected[id]

    def compact(self):
        self.lake.request("compact", COLUMNS)

    def replace(self):
        rows = [self.row(number) for number in range(self.chance.randrange(1, 50))]
        self.load(rows, "replace")
        self.expected = {row["id"]: row for row in rows}

    def steps(self, count):
        """What happens, in a random order: each kind of step at least once, merges most often."""
        others = [self.append_by_pyiceberg, self.delete_by_pyiceberg, self.compact]
        steps = [self.merge, *others, self.replace]
        steps += self.chance.choices([self.merge] * 6 + others * 2 + [self.replace], k=count - len(steps))
        self.chance.shuffle(steps)
        return steps

    def check(self, done):
        wanted = ordered([python(row) for row in self.expected.values()])
        assert self.lake.rows() == wanted, done
        if "delete_by_pyiceberg" in done:
            # It rewrites files and leaves their deletions behind, so the totals say nothing any more.
            return
        summary = self.lake.table.current_snapshot().summary
        live = int(summary["total-records"]) - int(summary["total-position-deletes"])
        assert live == len(self.expected), done


def python(row):
    return row | {"at": EPOCH + datetime.timedelta(microseconds=row["at"])}


@pytest.mark.parametrize("seed", SEEDS)
def test_any_history_ends_like_a_full_reload(tmp_path, seed):
    history = History(LaidOut(tmp_path), seed)
    history.begin()
    done = ["begin"]
    history.check(done)
    for step in history.steps(12):
        step()
        done.append(step.__name__)
        history.check(done)
