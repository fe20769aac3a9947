"""Gives a catalog service that has no transactions an endpoint for them, as the Iceberg REST protocol has it.

`POST …/transactions/commit` checks the requirements of all tables, answers 409 when one is not met, and else commits
them one after the other. Nobody else may write meanwhile: that is all that it lacks.
"""
import contextlib
import json
import threading

from .fault_proxy import CONFLICT, FaultProxy

ENDPOINT = "POST /v1/{prefix}/transactions/commit"


class TransactionProxy(FaultProxy):
    """Passes everything else on, and injects faults as its base does."""

    def __init__(self, target):
        # The names of the tables of each transaction that arrived.
        self.transactions = []
        self.lock = threading.Lock()
        super().__init__(target)

    def ask(self, request, body, command=None, path=None):
        if command is None and request.path.endswith("/transactions/commit"):
            with self.lock:
                return self.commit(request, json.loads(body)["table-changes"])
        status, headers, content = super().ask(request, body, command, path)
        if request.path.partition("?")[0].endswith("/v1/config"):
            content = json.dumps({**json.loads(content), "endpoints": [ENDPOINT]}).encode()
        return status, headers, content

    def commit(self, request, changes):
        self.transactions.append(sorted(change["identifier"]["name"] for change in changes))
        if not all(self.is_met(request, change) for change in changes):
            return 409, [("Content-Type", "application/json")], json.dumps(CONFLICT).encode()
        for change in changes:
            status, headers, content = super().ask(request, json.dumps(change).encode(), path=self.path(request, change))
            if status != 200:
                return status, headers, content
        return 204, [], b""

    def is_met(self, request, change):
        status, _, content = super().ask(request, b"", "GET", self.path(request, change))
        kinds = {required["type"]: required for required in change["requirements"]}
        if "assert-create" in kinds:
            return status == 404
        return status == 200 and (
            json.loads(content)["metadata"]["current-snapshot-id"] == kinds["assert-ref-snapshot-id"]["snapshot-id"])

    @staticmethod
    def path(request, change):
        name = change["identifier"]
        table = f"/namespaces/{'%1F'.join(name['namespace'])}/tables/{name['name']}"
        return request.path.removesuffix("/transactions/commit") + table


@contextlib.contextmanager
def transaction_proxy(target):
    proxy = TransactionProxy(target)
    try:
        yield proxy
    finally:
        proxy.close()
