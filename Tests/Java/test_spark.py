"""Spark with Java Iceberg, the strictest reader there is, finds in every kind of table what was served."""
import json
import os
import pathlib
import subprocess

import pyarrow.parquet
import pytest
from harness.job import Job
from harness.lakehouse import LocalLakehouse
from harness.programs import ROOT
from harness.table_kinds import KINDS, make_table

HERE = pathlib.Path(__file__).parent
PYTHON = pathlib.Path(os.environ.get("NILUS_SPARK_PYTHON", ROOT / ".build" / "venv-java" / "bin" / "python"))


def jars(folder):
    """The Iceberg runtime that ICEBERG_SPARK_RUNTIME names, or that of PyPI with what it lacks."""
    given = os.environ.get("ICEBERG_SPARK_RUNTIME")
    if given:
        assert pathlib.Path(given).is_file(), (
            f"ICEBERG_SPARK_RUNTIME names no file, '{given}': fetch iceberg-spark-runtime-3.5_2.12 from Maven Central")
        return [given]
    (packages,) = PYTHON.parents[1].glob("lib/python*/site-packages")
    (runtime,) = packages.glob("snowpark_connect_deps_iceberg/jars/iceberg-spark-runtime-3.5_2.12-*.jar")
    jackson = folder / "iceberg-jackson.jar"
    subprocess.run([PYTHON, HERE / "shaded_jackson.py", packages / "pyspark" / "jars", jackson], check=True)
    return [str(runtime), str(jackson)]


class LocalJob(Job):
    """A job that loads into a folder; its lakehouse is that folder."""

    @property
    def lakehouse(self):
        return LocalLakehouse(self.warehouse)


@pytest.fixture(scope="module")
def read(tmp_path_factory):
    """A table of every kind, and the rows of each as one run of Spark read them."""
    folder = tmp_path_factory.mktemp("spark")
    made = {kind: make_table(kind, LocalJob(folder / f"{number}", None, "sk_test_spark"))
            for number, kind in enumerate(KINDS)}
    outputs = {kind: folder / f"{number}-rows" for number, kind in enumerate(KINDS)}
    work = [(made[kind].table.metadata_location, str(outputs[kind])) for kind in KINDS]
    finished = subprocess.run(
        [PYTHON, HERE / "spark_reader.py", *jars(folder)], input=json.dumps(work), capture_output=True, text=True)
    assert finished.returncode == 0, finished.stderr
    return {kind: (made[kind], pyarrow.parquet.read_table(outputs[kind])) for kind in KINDS}


@pytest.mark.parametrize("kind", KINDS)
def test_spark_finds_what_was_served(read, kind):
    made, rows = read[kind]

    made.check(rows)
    assert rows.sort_by("id").to_pylist() == made.read("pyiceberg").sort_by("id").to_pylist()
