"""Reads Iceberg tables with Spark, in the environment that has it, and writes their rows as Parquet.

Reads from standard input a JSON array of pairs: the location of a table's metadata file, and the folder to write to.

Usage: spark_reader.py JAR …
"""
import json
import sys

from spark_session import spark


def main():
    session = spark(sys.argv[1:])
    for location, folder in json.load(sys.stdin):
        session.read.format("iceberg").load(location).coalesce(1).write.parquet(folder)
    session.stop()


if __name__ == "__main__":
    main()
