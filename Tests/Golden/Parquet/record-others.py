#!/usr/bin/env python3
"""Records the small Parquet files of other writers that the room tests read and damage.

Run it only to add a file: readers must go on reading what is recorded. Needs pyarrow.
"""
import decimal
import pathlib

import pyarrow as pa
import pyarrow.parquet as pq

FOLDER = pathlib.Path(__file__).parent
ROWS = 200
# Each value follows from its row, so that the test can tell it too; every fifth row has none.
PRESENT = [row % 5 != 4 for row in range(ROWS)]


def column(make, kind):
    return pa.array([make(row) if is_present else None for row, is_present in enumerate(PRESENT)], kind)


TABLE = pa.table({
    "text": column(lambda row: f"text {row // 3}", pa.string()),
    "word": column(lambda row: f"word {row % 3}", pa.string()),
    "long": column(lambda row: row * row * 1_000_003 - 5_000, pa.int64()),
    "int": column(lambda row: 2**31 - 1 - row if row % 2 else -(2**31) + row, pa.int32()),
    "flag": column(lambda row: row % 3 == 0, pa.bool_()),
    "double": column(lambda row: row / 8 - 3, pa.float64()),
    "decimal": column(lambda row: decimal.Decimal(row * 10**20 - 7).scaleb(-2), pa.decimal128(30, 2)),
    "required": pa.array([f"id_{row:04}" for row in range(ROWS)], pa.string()),
    "list": pa.array([[row] * (row % 3) for row in range(ROWS)], pa.list_(pa.int64())),
})
SCHEMA = TABLE.schema.set(7, pa.field("required", pa.string(), nullable=False))

DELTAS = {
    "text": "DELTA_BYTE_ARRAY", "word": "DELTA_LENGTH_BYTE_ARRAY", "long": "DELTA_BINARY_PACKED",
    "int": "DELTA_BINARY_PACKED", "flag": "RLE", "double": "BYTE_STREAM_SPLIT", "decimal": "DELTA_BYTE_ARRAY",
    "required": "DELTA_BYTE_ARRAY",
}


def record(name, **how):
    pq.write_table(
        TABLE.cast(SCHEMA), FOLDER / f"pyarrow-{name}.parquet", row_group_size=120, data_page_size=300,
        write_batch_size=16, store_schema=False, **how)


record("v1-snappy", compression="snappy")
record("v1-plain", compression="none", use_dictionary=False, write_statistics=False)
record("v2-deltas", compression="none", use_dictionary=False, column_encoding=DELTAS, data_page_version="2.0",
       write_statistics=False)
record("v2-gzip", compression="gzip", data_page_version="2.0", write_statistics=False)
