"""Reads Iceberg tables with Spark, in the environment that has it, and writes their rows as Parquet.

Reads from standard input a JSON array of pairs: the location of a table's metadata file, and the folder to write to.

Usage: spark_reader.py JAR …
"""
import json
import sys

from pyspark.sql import SparkSession


def main():
    session = (
        SparkSession.builder.master("local[2]").appName("nilus-interop")
        .config("spark.jars", ",".join(sys.argv[1:])).config("spark.driver.extraClassPath", ":".join(sys.argv[1:]))
        .config("spark.driver.memory", "1g").config("spark.driver.host", "127.0.0.1")
        .config("spark.driver.bindAddress", "127.0.0.1").config("spark.ui.enabled", "false")
        .config("spark.sql.session.timeZone", "UTC").config("spark.sql.parquet.outputTimestampType", "TIMESTAMP_MICROS")
        .config("spark.sql.shuffle.partitions", "1").getOrCreate())
    session.sparkContext.setLogLevel("ERROR")
    for location, folder in json.load(sys.stdin):
        session.read.format("iceberg").load(location).coalesce(1).write.parquet(folder)
    session.stop()


if __name__ == "__main__":
    main()
