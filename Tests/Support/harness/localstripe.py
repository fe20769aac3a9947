"""localstripe, the stand-in for Stripe that others wrote (PyPI), on the loopback address and filled with objects."""
import contextlib
import json
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request

from .programs import free_port, stopped, wait_for

# Its own start function listens on every address of the machine.
START = "import sys; from aiohttp import web; from localstripe.server import app; " \
        "web.run_app(app, host='127.0.0.1', port=int(sys.argv[1]), access_log=None, print=None)"


class LocalStripe:
    """Creates objects as Stripe's clients do."""

    def __init__(self, address):
        self.address = address

    def ask(self, method, path, **fields):
        data = urllib.parse.urlencode(fields).encode() if method == "POST" else None
        request = urllib.request.Request(
            f"{self.address}/v1/{path}", data=data, method=method, headers={"Authorization": "Bearer sk_test_1"})
        try:
            with urllib.request.urlopen(request, timeout=10) as answer:
                return json.load(answer)
        except urllib.error.HTTPError as error:
            raise AssertionError(f"{method} {path}: {error.code} {error.read().decode()}") from error

    def create(self, path, **fields):
        return self.ask("POST", path, **fields)

    def ids(self, path):
        """All ids that it lists, asked as plainly as can be."""
        return [found["id"] for found in self.ask("GET", f"{path}{'&' if '?' in path else '?'}limit=100000")["data"]]


@contextlib.contextmanager
def localstripe():
    port = free_port()
    process = subprocess.Popen([sys.executable, "-c", START, str(port)], stderr=subprocess.DEVNULL)
    with stopped(process):
        wait_for(port)
        yield LocalStripe(f"http://127.0.0.1:{port}")


def wait_for_the_next_second():
    """Objects of the running second are the next run's: Stripe may still add to them."""
    now = int(time.time())
    while int(time.time()) <= now:
        time.sleep(0.05)
