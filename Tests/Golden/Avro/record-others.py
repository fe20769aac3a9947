#!/usr/bin/env python3
"""Records the small Avro files of fastavro that the room tests read and damage, one for each codec.

Run it only to add a file: readers must go on reading what is recorded. Needs fastavro with cramjam and zstandard.
"""
import pathlib

import fastavro

FOLDER = pathlib.Path(__file__).parent
SCHEMA = {"type": "record", "name": "row", "fields": [
    {"name": "number", "type": "long"}, {"name": "text", "type": "string"}, {"name": "maybe", "type": ["null", "double"]}]}
# Each value follows from its row, so that the test can tell it too.
ROWS = [{"number": row * row - 7, "text": f"row {row % 10}", "maybe": None if row % 3 == 0 else row / 8}
        for row in range(300)]

for codec in ("snappy", "zstandard", "bzip2", "xz"):
    with open(FOLDER / f"fastavro-{codec}.avro", "wb") as file:
        # Blocks of a kilobyte, so that there are several.
        fastavro.writer(file, SCHEMA, ROWS, codec=codec, sync_interval=1_000, sync_marker=bytes(range(16)))
