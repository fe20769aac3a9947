"""Finds the harness and the fixtures that the end-to-end tests share."""
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "Support"))
