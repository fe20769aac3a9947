"""Makes Iceberg tables with Spark, in the environment that has it, in a catalog of folders.

Reads from standard input a JSON object: `warehouse` (a folder), `rows` (a file of JSON lines, known to the statements
as `given`), and `statements` (SQL, one after another).

Usage: spark_writer.py JAR …
"""
import json
import sys

from spark_session import spark


def main():
    work = json.load(sys.stdin)
    session = spark(sys.argv[1:], type="hadoop", warehouse=work["warehouse"])
    session.read.json(work["rows"]).createOrReplaceTempView("given")
    for statement in work["statements"]:
        session.sql(statement)
    session.stop()


if __name__ == "__main__":
    main()
