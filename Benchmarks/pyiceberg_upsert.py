"""Upserts the newest rows of a table by pyiceberg and prints what that took, as JSON; the peer of a merge.

Usage: pyiceberg_upsert.py CATALOG_FILE WAREHOUSE TABLE ROWS
"""
import json
import resource
import sys

import pyarrow.compute
from pyiceberg.catalog.sql import SqlCatalog


def main():
    catalog_file, warehouse, name, count = sys.argv[1:]
    table = SqlCatalog("nilus", uri=f"sqlite:///{catalog_file}", warehouse=f"file://{warehouse}").load_table(name)
    created = table.scan(selected_fields=("created",)).to_arrow()["created"]
    limit = pyarrow.compute.sort_indices(created, sort_keys=[("created", "descending")])[:int(count)]
    oldest = pyarrow.compute.min(created.take(limit)).as_py().isoformat()
    rows = table.scan(row_filter=f"created >= '{oldest}'").to_arrow()
    description = pyarrow.array(["changed"] * len(rows), pyarrow.string())
    rows = rows.set_column(rows.schema.get_field_index("description"), "description", description)
    result = table.upsert(rows, join_cols=["id"])
    used = resource.getrusage(resource.RUSAGE_SELF)
    print(json.dumps({
        "updated": result.rows_updated, "cpuSeconds": used.ru_utime + used.ru_stime, "peakBytes": used.ru_maxrss * 1024}))


if __name__ == "__main__":
    main()
