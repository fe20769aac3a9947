"""Figures that tests found, printed when all have run: lines, and tables to which several tests add rows.

What a worker of pytest-xdist prints is seen by nobody; a figure goes along with the report of its test to the process
that has the terminal.
"""
import itertools

import pytest

PROPERTY = "figure"


class Figures:
    """What a test has to show, also when it fails afterwards."""

    def __init__(self, properties):
        self.properties = properties

    def line(self, what, value):
        """Shows what was measured and how much it was."""
        self.properties.append((PROPERTY, ["", {"what": f"{what}:", "value": str(value)}]))

    def row(self, title, /, **cells):
        """Shows a row of the table with a title, which has the same columns in all its rows."""
        self.properties.append((PROPERTY, [title, {name: str(cell) for name, cell in cells.items()}]))


@pytest.fixture
def figures(request):
    return Figures(request.node.user_properties)


def pytest_terminal_summary(terminalreporter):
    reports = (report for found in terminalreporter.stats.values() for report in found)
    shown = sorted(
        (title, list(cells.items())) for report in reports if getattr(report, "when", None) == "call"
        for name, (title, cells) in report.user_properties if name == PROPERTY)
    for title, rows in itertools.groupby(shown, key=lambda figure: figure[0]):
        terminalreporter.section(title or "figures")
        for line in aligned([cells for _, cells in rows], has_head=bool(title)):
            terminalreporter.write_line(line)


def aligned(rows, has_head):
    """The lines of a table whose rows are lists of names and cells."""
    lines = [[cell for _, cell in row] for row in rows]
    if has_head:
        lines.insert(0, [name.replace("_", " ") for name, _ in rows[0]])
    widths = [max(map(len, column)) for column in itertools.zip_longest(*lines, fillvalue="")]
    return ["  ".join(cell.ljust(width) for cell, width in zip(line, widths)).rstrip() for line in lines]
