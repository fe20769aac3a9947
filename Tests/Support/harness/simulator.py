"""A running stripe-simulator: its address, its truth, and the changes and faults that a test asks of it."""
import contextlib
import json
import re
import subprocess
import urllib.parse
import urllib.request

from .programs import SIMULATOR, stopped

TRUTH_PAGE = 10_000


class Simulator:
    """What a test says to a simulator; every call names the admin route that it uses."""

    def __init__(self, address):
        self.address = address

    def ask(self, path, body=None, **query):
        url = f"{self.address}/__simulator/{path}" + (f"?{urllib.parse.urlencode(query)}" if query else "")
        data = None if body is None and path.startswith(("stats", "objects")) else json.dumps(body or {}).encode()
        with urllib.request.urlopen(urllib.request.Request(url, data=data), timeout=60) as answer:
            return answer.read()

    def truth(self, endpoint):
        """The JSON text of every object of an endpoint, oldest first."""
        texts, offset = [], 0
        while True:
            answer = self.ask(f"objects/{endpoint}", offset=offset, limit=TRUTH_PAGE).decode()
            found = element_texts(answer[answer.index('"data":[') + len('"data":['):])
            texts += found
            offset += len(found)
            if len(found) < TRUTH_PAGE:
                return texts

    def ids(self, endpoint):
        return [json.loads(text)["id"] for text in self.truth(endpoint)]

    def stats(self):
        return json.loads(self.ask("stats"))

    def reset_stats(self):
        self.ask("reset-stats")

    def create(self, endpoint, count=1, **query):
        return json.loads(self.ask("create", endpoint=endpoint, count=count, **query))["ids"]

    def delete(self, endpoint, identifier):
        self.ask("delete", endpoint=endpoint, id=identifier)

    def update(self, endpoint, identifier, **members):
        self.ask("update", members, endpoint=endpoint, id=identifier)

    def advance(self, seconds):
        self.ask("clock", advance=seconds)

    def faults(self, *rules):
        self.ask("faults", list(rules))

    def keys(self, *keys):
        """Accepts no others from now on."""
        self.ask("keys", list(keys))


def element_texts(text):
    """Splits the inside of a JSON array into the texts of its elements, byte for byte."""
    decoder, texts, position = json.JSONDecoder(), [], 0
    while text[position] != "]":
        _, end = decoder.raw_decode(text, position)
        texts.append(text[position:end])
        position = end + 1 if text[end] == "," else end
    return texts


@contextlib.contextmanager
def simulator(*arguments, objects=None):
    """Runs stripe-simulator and yields a `Simulator`."""
    counts = ["--objects", ",".join(f"{name}={count}" for name, count in objects.items())] if objects else []
    process = subprocess.Popen(
        [str(SIMULATOR), "--port", "0", *counts, *arguments], stdout=subprocess.PIPE, text=True)
    with stopped(process):
        line = process.stdout.readline()
        assert line, "stripe-simulator did not start"
        yield Simulator(re.search(r"http://\S+", line).group())
