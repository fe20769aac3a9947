#!/usr/bin/env python3
"""Records the small Parquet files of Spark, that is of parquet-java, that the room tests read and damage.

The rows are those of record-others.py. Run it only to add a file: readers must go on reading what is recorded.
Needs Java and pyspark 3.5.7.
"""
import pathlib
import shutil
import tempfile

from pyspark.sql import SparkSession
from pyspark.sql import functions as F

FOLDER = pathlib.Path(__file__).parent
ROWS = 200


def rows(session):
    row = F.col("id")
    is_present = row % 5 != 4

    def column(value, name):
        return F.when(is_present, value).alias(name)

    return session.range(0, ROWS, 1, 1).select(
        column(F.concat(F.lit("text "), F.floor(row / 3).cast("string")), "text"),
        column(F.concat(F.lit("word "), (row % 3).cast("string")), "word"),
        column(row * row * 1_000_003 - 5_000, "long"),
        column(F.when(row % 2 == 1, F.lit(2**31 - 1) - row).otherwise(row - F.lit(2**31)).cast("int"), "int"),
        column(row % 3 == 0, "flag"),
        column(row / 8 - 3, "double"),
        column(F.expr("cast((cast(id as decimal(8, 0)) * cast('100000000000000000000' as decimal(21, 0)) - 7) * 0.01 "
                      "as decimal(30, 2))"), "decimal"),
        F.concat(F.lit("id_"), F.lpad(row.cast("string"), 4, "0")).alias("required"),
        F.array_repeat(row, (row % 3).cast("int")).alias("list"),
    )


def record(frame, name, version, compression):
    with tempfile.TemporaryDirectory() as folder:
        frame.write.option("parquet.writer.version", version).option("compression", compression).option(
            "parquet.page.size", "300").option("parquet.page.row.count.limit", "60").option(
            "parquet.bloom.filter.enabled#required", "true").option(
            "parquet.bloom.filter.expected.ndv#required", str(ROWS)).mode("overwrite").parquet(folder)
        written = next(pathlib.Path(folder).glob("*.parquet"))
        shutil.copy(written, FOLDER / f"spark-{name}.parquet")


session = SparkSession.builder.master("local[1]").config("spark.ui.enabled", "false").getOrCreate()
frame = rows(session)
record(frame, "v1-snappy", "PARQUET_1_0", "snappy")
record(frame, "v2-plain", "PARQUET_2_0", "uncompressed")
session.stop()
