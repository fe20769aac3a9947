"""What all tests in Python share: the harness, and the figures that they show at the end."""
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent / "Support"))

pytest_plugins = ["harness.figures"]
