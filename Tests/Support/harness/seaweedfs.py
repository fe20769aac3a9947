"""A SeaweedFS of its own: S3 and an Iceberg REST catalog, and its tables as independent readers see them."""
import contextlib
import os
import pathlib
import re
import subprocess

from pyiceberg.catalog.rest import RestCatalog

from .lakehouse import LocalLakehouse, duckdb_connection
from .programs import ROOT

SCRIPT = ROOT / "scripts" / "seaweedfs.sh"


class SeaweedFS:
    """A running one; what it is reached with goes by the names of the script's exports."""

    def __init__(self, exports):
        found = dict(re.findall(r"^export (\w+)=(.*)$", exports, re.MULTILINE))
        self.catalog_url = found["NILUS_TEST_REST_CATALOG"]
        self.warehouse = found["NILUS_TEST_REST_WAREHOUSE"]
        self.endpoint = found["NILUS_TEST_S3_ENDPOINT"]
        self.region = found["NILUS_TEST_S3_REGION"]
        self.key_id = found["NILUS_TEST_S3_ACCESS_KEY_ID"]
        self.secret = found["NILUS_TEST_S3_SECRET_ACCESS_KEY"]

    def address(self, **changes):
        """The sink address, in which {S3_SECRET} stands for the secret; `None` leaves a parameter out."""
        parameters = {
            "warehouse": self.warehouse, "endpoint": self.endpoint, "region": self.region,
            "access_key_id": self.key_id, "secret_access_key": "{S3_SECRET}",
            "credential": f"{self.key_id}:{{S3_SECRET}}", **changes,
        }
        query = "&".join(f"{name}={value}" for name, value in parameters.items() if value is not None)
        return f"{self.catalog_url.replace('http://', 'iceberg+rest://')}?{query}"


class RestLakehouse(LocalLakehouse):
    """The tables of a SeaweedFS."""

    def __init__(self, server):
        self.server = server

    @property
    def catalog(self):
        server = self.server
        return RestCatalog(
            "test", uri=server.catalog_url, warehouse=server.warehouse, credential=f"{server.key_id}:{server.secret}",
            **{"oauth2-server-uri": f"{server.catalog_url}/v1/oauth/tokens", "s3.endpoint": server.endpoint, "s3.access-key-id": server.key_id,
               "s3.secret-access-key": server.secret, "s3.region": server.region})

    def exists(self, name):
        return self.catalog.table_exists(name)

    def connection(self):
        server, connection = self.server, duckdb_connection()
        connection.execute(
            f"CREATE SECRET (TYPE s3, KEY_ID '{server.key_id}', SECRET '{server.secret}', REGION '{server.region}', "
            f"ENDPOINT '{server.endpoint.removeprefix('http://')}', URL_STYLE 'path', USE_SSL false)")
        return connection


@contextlib.contextmanager
def seaweedfs(folder):
    """Starts one with its state in a folder, and ends it with the block."""
    folder = pathlib.Path(folder)
    started = subprocess.run([str(SCRIPT), "start", str(folder)], capture_output=True, text=True, env=os.environ.copy())
    assert started.returncode == 0, started.stderr
    try:
        yield SeaweedFS(started.stdout)
    finally:
        subprocess.run([str(SCRIPT), "stop", str(folder)], check=True)
