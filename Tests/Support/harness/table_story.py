"""What happens to one table over several loads of an account that changes meanwhile."""
from .expectation import row
from .job import manifest
from .simulator import simulator

OBJECTS = 90
# How much of it a load of the newest objects reads.
NEWEST = {"page-size": 30, "yield-limit": 1}
NAME = "stripe.charge"


def account():
    """A simulated account whose objects fall into many hours, some days, two months and two years."""
    return simulator("--span-days", "20", "--now", "2036-01-08T00:00:00Z",
                     objects={"charge": OBJECTS, "coupon": 12, "default": 10})


class Story:
    """What happens to one table, and what it must hold by now."""

    def __init__(self, job, stripe):
        self.job = job
        self.stripe = stripe
        self.layout = {}

    @property
    def lakehouse(self):
        return self.job.lakehouse

    def load(self, strategy, source_table="charge", source=None):
        text = manifest(source_table, NAME, source=source, sink={"incremental-strategy": strategy, **self.layout})
        return self.job.run(text)

    def load_newest(self):
        """Merges the newest objects, a few of which are new and a few others changed."""
        self.stripe.advance(10)
        self.stripe.create("charge", 3)
        for identifier in self.stripe.ids("charge")[-20:-5:5]:
            self.stripe.update("charge", identifier, description=f"changed {'é' * 40}")
        self.stripe.advance(10)
        self.load("merge", source=NEWEST)

    def load_merged(self):
        """All objects, then twice the newest: rows go that came with the first load, and some that came with the second."""
        self.load("merge")
        self.load_newest()
        self.load_newest()

    def compact(self):
        self.lakehouse.command("compact", NAME)

    def rows(self, endpoint="charge"):
        """The rows of the objects as they are now, by their ids."""
        return {found["id"]: found for found in (row(endpoint, text) for text in self.stripe.truth(endpoint))}
