"""The tables of a lakehouse as independent readers see them."""
import pathlib

import duckdb
from pyiceberg.catalog.sql import SqlCatalog


def duckdb_connection():
    """A DuckDB connection that reads Iceberg tables without a network."""
    connection = duckdb.connect()
    for name in ("avro", "httpfs", "iceberg"):
        package = __import__(f"duckdb_extension_{name}")
        extension = pathlib.Path(package.__path__[0]) / "extensions" / f"v{duckdb.__version__}" / (
            f"{name}.duckdb_extension")
        connection.execute(f"LOAD '{extension}'")
    connection.execute("SET TimeZone = 'UTC'")
    return connection


class LocalLakehouse:
    """A folder with an SQLite catalog, as `--warehouse` makes it."""

    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
        self.catalog_file = self.folder / "catalog.db"

    @property
    def catalog(self):
        return SqlCatalog("nilus", uri=f"sqlite:///{self.catalog_file}", warehouse=f"file://{self.folder}")

    @property
    def address(self):
        """A sink address for commands, and the variables that it names."""
        return f"iceberg+sqlite://{self.catalog_file}?warehouse={self.folder}", {}

    def connection(self):
        """A DuckDB connection that reaches the files."""
        return duckdb_connection()

    def table(self, name):
        return self.catalog.load_table(name)

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

    def ids(self, name):
        """The ids in the table, sorted, duplicates included."""
        return sorted(self.by_duckdb(name, "id").column("id").to_pylist())

    def count(self, name):
        return self.by_duckdb(name, "count(*) AS n").column("n").to_pylist()[0]

    def snapshots(self, name):
        return self.table(name).metadata.snapshots
