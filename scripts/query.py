#!/usr/bin/env python3
"""Runs SQL over the tables of a local lakehouse, with DuckDB: every table is a view named namespace.table.

    query.py 'SELECT count(*) FROM stripe.charge' [warehouse folder]
"""
import pathlib
import sys

import duckdb


def open_lakehouse(folder):
    """Returns a DuckDB connection that knows the tables of a folder, as path-based readers find them."""
    connection = duckdb.connect()
    for name in ("avro", "httpfs", "iceberg"):
        package = __import__(f"duckdb_extension_{name}")
        version = f"v{duckdb.__version__}"
        extension = pathlib.Path(package.__path__[0]) / "extensions" / version / f"{name}.duckdb_extension"
        connection.execute(f"LOAD '{extension}'")
    for hint in sorted(folder.glob("**/metadata/version-hint.text")):
        table = hint.parent.parent
        namespace = ".".join(table.relative_to(folder).parts[:-1])
        connection.execute(f'CREATE SCHEMA IF NOT EXISTS "{namespace}"')
        connection.execute(f"CREATE VIEW \"{namespace}\".\"{table.name}\" AS SELECT * FROM iceberg_scan('{table}')")
    return connection


def main():
    folder = pathlib.Path(sys.argv[2] if len(sys.argv) > 2 else "warehouse").resolve()
    open_lakehouse(folder).sql(sys.argv[1]).show(max_width=160)


if __name__ == "__main__":
    main()
