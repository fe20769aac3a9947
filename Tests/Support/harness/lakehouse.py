"""The tables of a lakehouse as independent readers see them."""
import contextlib
import functools
import os
import pathlib
import sqlite3
import subprocess
import unittest.mock

import duckdb
import polars
from pyiceberg.catalog.sql import SqlCatalog

from .programs import NILUS


@functools.cache
def duckdb_connection():
    """The DuckDB connection of this process, which reads Iceberg tables without a network; opening one takes long."""
    connection = duckdb.connect()
    for name in ("avro", "httpfs", "iceberg"):
        package = __import__(f"duckdb_extension_{name}")
        extension = pathlib.Path(package.__path__[0]) / "extensions" / f"v{duckdb.__version__}" / (
            f"{name}.duckdb_extension")
        connection.execute(f"LOAD '{extension}'")
    connection.execute("SET TimeZone = 'UTC'")
    # Every test sees files as they are now.
    connection.execute("SET enable_external_file_cache = false")
    return connection


class LocalLakehouse:
    """A folder with an SQLite catalog, as `--warehouse` makes it."""

    # Whether nilus writes the tables' metadata files; a catalog service does it by itself.
    writes_metadata = True

    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
        self.catalog_file = self.folder / "catalog.db"

    @property
    def catalog(self):
        self.folder.mkdir(parents=True, exist_ok=True)
        return SqlCatalog("nilus", uri=f"sqlite:///{self.catalog_file}", warehouse=f"file://{self.folder}")

    @property
    def address(self):
        """A sink address for commands, and the variables that it names."""
        return f"iceberg+sqlite://{self.catalog_file}?warehouse={self.folder}", {}

    def command(self, verb, *arguments, expect=0):
        """Runs `nilus table` on the lakehouse; returns what it printed, or how it refused."""
        address, variables = self.address
        finished = subprocess.run(
            [NILUS, "table", verb, address, *arguments], capture_output=True, text=True, env={**os.environ, **variables})
        assert finished.returncode == expect, finished.stderr
        return finished.stdout if expect == 0 else finished.stderr

    def connection(self):
        """A DuckDB connection that reaches the files."""
        return duckdb_connection()

    def table(self, name):
        return self.catalog.load_table(name)

    def create_table(self, name, schema, **more):
        """Makes a table by pyiceberg, as another engine would have."""
        catalog = self.catalog
        catalog.create_namespace_if_not_exists(name.split(".")[0])
        return catalog.create_table(name, schema=schema, **more)

    @contextlib.contextmanager
    def locked(self):
        """While it lasts, commits wait for the catalog; it can be read."""
        with contextlib.closing(sqlite3.connect(self.catalog_file, isolation_level=None)) as catalog:
            catalog.execute("BEGIN IMMEDIATE")
            yield

    def exists(self, name):
        return self.catalog_file.exists() and self.catalog.table_exists(name)

    def tables(self):
        """The names of all tables; none where there is no catalog."""
        if not self.catalog_file.exists():
            return []
        return [".".join(name) for namespace in self.catalog.list_namespaces()
                for name in self.catalog.list_tables(namespace)]

    def data_files(self, name):
        """The names of the files under a table's data folder, those of no snapshot included."""
        folder = pathlib.Path(self.table(name).location().removeprefix("file://")) / "data"
        return {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}

    def by_pyiceberg(self, name):
        """All rows as pyiceberg reads them, an Arrow table."""
        return self.table(name).scan().to_arrow()

    def by_duckdb(self, name, columns="*", where="true"):
        """All rows as DuckDB reads them from the table's current metadata, an Arrow table."""
        location = self.table(name).metadata_location
        return self.connection().sql(f"SELECT {columns} FROM iceberg_scan('{location}') WHERE {where}").to_arrow_table()

    def by_polars(self, name, is_alone=True):
        """All rows as polars reads them, an Arrow table.

        Alone: polars' own code finds and reads the files from the metadata file on, and fails where it cannot.
        Otherwise polars chooses as it does for everybody, and may let pyiceberg find or read the files.
        """
        planner = {"POLARS_ICEBERG_PLANNER": "plugin"} if is_alone else {}
        with unittest.mock.patch.dict(os.environ, planner):
            return polars.scan_iceberg(self.table(name)).collect().to_arrow()

    def ids(self, name):
        """The ids in the table, sorted, duplicates included."""
        return sorted(self.by_duckdb(name, "id").column("id").to_pylist())

    def count(self, name):
        return self.by_duckdb(name, "count(*) AS n").column("n").to_pylist()[0]

    def snapshots(self, name):
        return self.table(name).metadata.snapshots
