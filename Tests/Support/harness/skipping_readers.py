"""Readers that are told which rows are wanted, so that they skip files and row groups that cannot hold any."""
import datetime
import decimal

import polars
from pyiceberg.expressions import GreaterThanOrEqual


class SkippingReaders:
    """Each finds the ids of the rows of a table of which a column is not below a value, sorted."""

    def __init__(self, lakehouse, name):
        self.table = lakehouse.table(name)
        self.connection = lakehouse.connection()

    def by_pyiceberg(self, column, value):
        kind = self.table.schema().find_field(column).field_type
        scan = self.table.scan(row_filter=GreaterThanOrEqual(column, literal(kind, value)), selected_fields=("id",))
        return sorted(scan.to_arrow().column("id").to_pylist())

    def by_duckdb(self, column, value):
        rows = self.connection.execute(
            f"SELECT id FROM iceberg_scan('{self.table.metadata_location}') WHERE \"{column}\" >= ?", [value]).fetchall()
        return sorted(identifier for (identifier,) in rows)

    def by_polars(self, column, value):
        rows = polars.scan_iceberg(self.table).filter(polars.col(column) >= value).select("id").collect()
        return sorted(rows["id"].to_list())


def literal(kind, value):
    """A value as pyiceberg's conditions take it: moments as text, decimals with the places of their column."""
    match value:
        case datetime.datetime():
            return value.isoformat()
        case decimal.Decimal():
            return value.quantize(decimal.Decimal(1).scaleb(-kind.scale))
        case _:
            return value
