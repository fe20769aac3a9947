"""Data files and delete files: what manifests tell of them, and what they tell of themselves in their footers."""
import datetime
import io
import math

import pyarrow
import pyarrow.compute as compute
import pyarrow.parquet
from pyiceberg.conversions import from_bytes
from pyiceberg.types import StringType

BOUND_CHARACTERS = 16
EPOCH = datetime.date(1970, 1, 1)
DELETE_COLUMNS = {2147483546: "file_path", 2147483545: "pos"}


def parquet(files, entry):
    content = files.bytes(entry["file_path"])
    assert len(content) == entry["file_size_in_bytes"]
    return pyarrow.parquet.ParquetFile(io.BytesIO(content))


def ids(schema):
    """The names of columns by their field ids."""
    return {int(field.metadata[b"PARQUET:field_id"]): field.name for field in schema}


def by_id(entry, name):
    return {pair["key"]: pair["value"] for pair in entry[name]}


def check_data_file(files, entry):
    """A data file, as a live entry tells of it."""
    file = parquet(files, entry)
    fields = {field.field_id: field for schema in files.table.metadata.schemas for field in schema.fields}
    columns = ids(file.schema_arrow)
    names = {id: {field.name for schema in files.table.metadata.schemas for field in schema.fields
                  if field.field_id == id} for id in columns}
    assert all(columns[id] in names[id] for id in columns)
    check_layout(file, entry)
    rows = file.read()
    for id, name in columns.items():
        check_metrics(entry, id, fields[id].field_type, rows[name])
    check_footer(file)
    check_partition(files, entry, rows, columns)
    check_order(files, entry, rows, columns)
    assert entry["equality_ids"] is None and entry["referenced_data_file"] is None
    return file


def check_layout(file, entry):
    """Counts, sizes and the offsets at which readers may start."""
    metadata = file.metadata
    assert entry["file_format"] == "PARQUET" and entry["record_count"] == metadata.num_rows > 0
    groups = [metadata.row_group(number) for number in range(metadata.num_row_groups)]
    starts = [group.column(0).dictionary_page_offset or group.column(0).data_page_offset for group in groups]
    assert entry["split_offsets"] == starts == sorted(set(starts)) and starts[0] == 4
    sizes = by_id(entry, "column_sizes")
    for number, id in enumerate(ids(file.schema_arrow)):
        assert sizes.pop(id) == sum(group.column(number).total_compressed_size for group in groups), id
    assert not sizes


def check_metrics(entry, id, kind, column):
    """Counts are true and bounds hold every value; text is cut to 16 characters, everything else exact."""
    assert by_id(entry, "value_counts")[id] == len(column)
    assert by_id(entry, "null_value_counts")[id] == column.null_count
    floating = pyarrow.types.is_floating(column.type)
    assert (id in by_id(entry, "nan_value_counts")) == floating
    if floating:
        assert by_id(entry, "nan_value_counts")[id] == (compute.sum(compute.is_nan(column)).as_py() or 0)
    lower, upper = (by_id(entry, name).get(id) for name in ("lower_bounds", "upper_bounds"))
    values = [value for value in column.to_pylist() if value is not None and not (floating and math.isnan(value))]
    if not values:
        assert lower is upper is None
        return
    check_bounds(kind, lower, upper, column.cast(stored(column.type)))


def stored(kind):
    """The type whose values are those of the bounds."""
    return pyarrow.int64() if pyarrow.types.is_timestamp(kind) else kind


def check_bounds(kind, lower, upper, column):
    found = compute.min_max(column).as_py()
    if not isinstance(kind, StringType):
        assert from_bytes(kind, lower) == found["min"] and from_bytes(kind, upper) == found["max"]
        return
    if lower is upper is None:
        # Columns of JSON text have none: nobody compares them.
        assert all(value[0] in "{[" for value in column.to_pylist() if value is not None)
        return
    assert lower.decode() == found["min"][:BOUND_CHARACTERS]
    greatest = found["max"]
    if len(greatest) <= BOUND_CHARACTERS:
        assert upper.decode() == greatest
    else:
        *kept, last = greatest[:BOUND_CHARACTERS]
        assert upper.decode() == "".join([*kept, chr(ord(last) + 1)])


def check_footer(file):
    """Statistics of every column chunk: present, and true of the rows of its row group."""
    metadata = file.metadata
    assert metadata.created_by.startswith("nilus version ")
    for number in range(metadata.num_row_groups):
        rows = file.read_row_group(number)
        group = metadata.row_group(number)
        assert group.num_rows == len(rows)
        for position, column in enumerate(rows.columns):
            chunk = group.column(position)
            statistics = chunk.statistics
            assert chunk.compression == "ZSTD" and chunk.num_values == len(rows) and statistics is not None
            assert statistics.has_null_count and statistics.null_count == column.null_count
            if statistics.has_min_max:
                found = compute.min_max(column).as_py()
                assert statistics.min <= found["min"] and found["max"] <= statistics.max, chunk.path_in_schema
            else:
                assert all(value is None or value[0] in "{[" for value in column.to_pylist())


def check_partition(files, entry, rows, columns):
    """Every row belongs into the partition of its file."""
    by_column = {id: rows[name] for id, name in columns.items()}
    for _, name, source, field in files.spec(entry["spec_id"]):
        transform = field.transform.transform(source)
        column = by_column[field.source_id]
        found = {transform(value) for value in column.cast(stored(column.type)).unique().to_pylist()}
        value = entry["partition"][name]
        assert found == {(value - EPOCH).days if isinstance(value, datetime.date) else value}, name
    assert len(entry["partition"]) == len(files.spec(entry["spec_id"]))


def check_order(files, entry, rows, columns):
    """A file that claims an order of the table has it."""
    order = files.table.sort_orders()[entry["sort_order_id"] or 0]
    if not order.fields:
        return
    fields = [(columns[field.source_id], field) for field in order.fields]
    assert all(str(field.transform) == "identity" and str(field.direction) == "ASC" for _, field in fields)
    keys = [tuple((row[name] is not None, row[name] if row[name] is not None else 0) for name, _ in fields)
            for row in rows.select([name for name, _ in fields]).to_pylist()]
    assert keys == sorted(keys)


def check_deletes(files, entry, live):
    """A position delete file: sorted, each row once, and only rows of files that it may delete from."""
    file = parquet(files, entry)
    assert ids(file.schema_arrow) == DELETE_COLUMNS
    assert all(not field.nullable for field in file.schema_arrow)
    check_layout(file, entry)
    check_footer(file)
    rows = file.read()
    pairs = list(zip(rows["file_path"].to_pylist(), rows["pos"].to_pylist()))
    assert pairs == sorted(set(pairs), key=lambda pair: (pair[0].encode(), pair[1]))
    paths = sorted({path for path, _ in pairs}, key=str.encode)
    lower, upper = (by_id(entry, name)[2147483546].decode() for name in ("lower_bounds", "upper_bounds"))
    assert (lower, upper) == (paths[0], paths[-1]), "bounds of paths stay whole"
    assert entry["referenced_data_file"] == (paths[0] if len(paths) == 1 else None)
    assert entry["sort_order_id"] is None and entry["equality_ids"] is None
    data = {each["file_path"]: each for each in live if each["content"] == 0}
    for path, position in pairs:
        target = data[path]
        assert 0 <= position < target["record_count"]
        assert target["sequence_number"] <= entry["sequence_number"]
        assert (target["spec_id"], target["partition"]) == (entry["spec_id"], entry["partition"])
    return set(pairs)
