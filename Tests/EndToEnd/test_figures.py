"""What tests have to show is seen, whichever process ran them."""
import os
import subprocess
import sys

import pytest
from harness.programs import ROOT

# About the tests themselves.
pytestmark = pytest.mark.local

TESTS = """
import pytest

@pytest.mark.parametrize("fault", ["late", "early"])
def test_fault(figures, fault):
    figures.row("fault table", fault=fault, table="untouched")

def test_size(figures):
    figures.line("size", "3 MiB")
    assert False
"""


def test_figures_of_workers_are_printed_as_one_table(tmp_path):
    (tmp_path / "test_some.py").write_text(TESTS)

    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-n", "2", "-p", "harness.figures", "--rootdir", tmp_path, tmp_path],
        cwd=tmp_path, env={**os.environ, "PYTHONPATH": str(ROOT / "Tests" / "Support")}, capture_output=True, text=True)

    lines = [line.strip("= ") for line in done.stdout.splitlines()]
    assert lines[lines.index("fault table"):][:4] == ["fault table", "fault  table", "early  untouched", "late   untouched"]
    assert lines[lines.index("figures") + 1] == "size:  3 MiB"
