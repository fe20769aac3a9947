"""A SeaweedFS of its own: S3 and an Iceberg REST catalog, and its tables as independent readers see them."""
import contextlib
import copy
import functools
import itertools
import json
import os
import pathlib
import re
import subprocess

import pyarrow.fs
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

    def reached_at(self, storage=None, catalog=None):
        """The same one, whose storage or catalog is reached at another address."""
        other = copy.copy(self)
        other.endpoint = storage or self.endpoint
        other.catalog_url = catalog or self.catalog_url
        return other

    def address(self, **changes):
        """The sink address, in which {S3_SECRET} stands for the secret; `None` leaves a parameter out."""
        parameters = {
            "warehouse": self.warehouse, "endpoint": self.endpoint, "region": self.region,
            "access_key_id": self.key_id, "secret_access_key": "{S3_SECRET}",
            "credential": f"{self.key_id}:{{S3_SECRET}}", **changes,
        }
        query = "&".join(f"{name}={value}" for name, value in parameters.items() if value is not None)
        return f"{self.catalog_url.replace('http://', 'iceberg+rest://')}?{query}"


class Buckets:
    """Hands out the buckets that the script made, each a catalog of its own."""

    def __init__(self, server):
        self.server = server
        self.names = (f"conformance-{number:02}" for number in itertools.cycle(range(60)))

    def lakehouse(self):
        lakehouse = RestLakehouse(self.server, f"s3://{next(self.names)}")
        lakehouse.clear()
        return lakehouse


class RestLakehouse(LocalLakehouse):
    """The tables of a SeaweedFS."""

    writes_metadata = False

    def __init__(self, server, warehouse=None):
        self.server = server
        self.warehouse = warehouse or server.warehouse

    def mount(self, folder):
        """Lays out what a pod finds mounted: depots under the names of the samples, and their secret.

        Returns the job's arguments and the folder of secrets.
        """
        depots, secrets = folder / "depots", folder / "secrets"
        for made in (depots, secrets):
            made.mkdir(parents=True)
        server = self.server
        for name in ("lakehouse", "testawslh"):
            (depots / f"{name}.yaml").write_text(json.dumps({
                "name": name, "version": "v2alpha", "type": "depot",
                "depot": {"type": "S3", "external": True, "secrets": [{"name": "lake-rw", "allkeys": True}],
                          "s3": {"scheme": "s3a", "bucket": self.warehouse.removeprefix("s3://"), "format": "iceberg",
                                 "icebergCatalogType": "rest", "metastoreType": "rest",
                                 "metastoreUrl": server.catalog_url, "region": server.region,
                                 "endpoint": server.endpoint}}}))
        (secrets / "lake-rw").write_text(
            f"accesskeyid={server.key_id}\nsecretkey={server.secret}\ncredential={server.key_id}:{server.secret}\n")
        (secrets / "lake-rw").chmod(0o440)
        return ["--depot-dir", str(depots)], secrets

    @property
    def address(self):
        return self.server.address(warehouse=self.warehouse), {"S3_SECRET": self.server.secret}

    def tables(self):
        return [".".join(name) for namespace in self.catalog.list_namespaces()
                for name in self.catalog.list_tables(namespace)]

    def clear(self):
        """Drops what an earlier test left in the bucket."""
        for name in self.tables():
            self.catalog.drop_table(name)

    def data_files(self, name):
        server = self.server
        files = pyarrow.fs.S3FileSystem(
            access_key=server.key_id, secret_key=server.secret, region=server.region,
            endpoint_override=server.endpoint.removeprefix("http://"), scheme="http")
        folder = self.table(name).location().removeprefix("s3://") + "/data"
        found = files.get_file_info(pyarrow.fs.FileSelector(folder, recursive=True, allow_not_found=True))
        return {info.path.removeprefix(f"{folder}/") for info in found if info.is_file}

    @functools.cached_property
    def catalog(self):
        server = self.server
        return RestCatalog(
            "test", uri=server.catalog_url, warehouse=self.warehouse, credential=f"{server.key_id}:{server.secret}",
            **{"oauth2-server-uri": f"{server.catalog_url}/v1/oauth/tokens", "s3.endpoint": server.endpoint,
               "s3.access-key-id": server.key_id, "s3.secret-access-key": server.secret, "s3.region": server.region})

    def exists(self, name):
        return self.catalog.table_exists(name)

    def connection(self):
        server, connection = self.server, duckdb_connection()
        connection.execute(
            # In place of that of another server: one lakehouse is read at a time.
            f"CREATE OR REPLACE SECRET storage (TYPE s3, KEY_ID '{server.key_id}', SECRET '{server.secret}', "
            f"REGION '{server.region}', ENDPOINT '{server.endpoint.removeprefix('http://')}', URL_STYLE 'path', USE_SSL false)")
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
