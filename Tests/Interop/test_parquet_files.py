"""Parquet files of our writer, read by pyarrow and DuckDB.

Each test describes a file, lets the program `parquet-fixtures` write it, and compares what
independent readers find in it, value by value and statistic by statistic, with the description.

    PARQUET_FIXTURES=.build/debug/parquet-fixtures python -m pytest Tests/Interop/test_parquet_files.py

The Python needs pytest, pyarrow and duckdb.
"""

import datetime
import decimal
import json
import math
import os
import random
import struct
import subprocess

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

FIXTURES = os.environ.get("PARQUET_FIXTURES", ".build/debug/parquet-fixtures")
EPOCH = datetime.datetime(1970, 1, 1)
PAGE_BYTES = 64 * 1024
BOUND_CHARACTERS = 16

decimal.getcontext().prec = 60


class Column:
    """A column of a file: its type, and a value or None for each row."""

    def __init__(self, name, kind, values, required=False, whole_bounds=False):
        self.name, self.kind, self.values = name, kind, values
        self.required, self.whole_bounds = required, whole_bounds

    @property
    def present(self):
        return [value for value in self.values if value is not None]

    @property
    def precision_and_scale(self):
        return tuple(int(digits) for digits in self.kind[8:-1].split(","))

    def encoded(self):
        if self.kind in ("double", "float"):
            return [None if value is None else repr(value) for value in self.values]
        if self.kind.startswith("decimal"):
            return [None if value is None else str(value) for value in self.values]
        return self.values

    def as_read(self, value):
        """The value as pyarrow gives it back."""
        if value is None:
            return None
        if self.kind == "float":
            return struct.unpack("<f", struct.pack("<f", value))[0]
        if self.kind.startswith("decimal"):
            return decimal.Decimal(value).scaleb(-self.precision_and_scale[1])
        return value

    def arrow_type(self):
        if self.kind.startswith("decimal"):
            return pa.decimal128(*self.precision_and_scale)
        return {
            "boolean": pa.bool_(), "int": pa.int32(), "long": pa.int64(), "float": pa.float32(),
            "double": pa.float64(), "date": pa.date32(), "timestamp": pa.timestamp("us"),
            "timestamptz": pa.timestamp("us", tz="UTC"), "string": pa.string(), "json": pa.string(),
        }[self.kind]

    def raw(self, array):
        """An arrow array's values, dates and times as numbers."""
        if self.kind == "date":
            array = array.cast(pa.int32())
        if self.kind.startswith("timestamp"):
            array = array.cast(pa.int64())
        return array.to_pylist()


def same(left, right):
    if isinstance(left, float) and isinstance(right, float):
        return struct.pack("<d", left) == struct.pack("<d", right) or (math.isnan(left) and math.isnan(right))
    return left == right and type(left) is type(right)


def write(path, columns, **options):
    """Writes the file and returns what the writer says of it."""
    description = {
        "path": str(path),
        "columns": [
            {"name": c.name, "type": c.kind, "id": 100 + i, "required": c.required, "wholeBounds": c.whole_bounds}
            for i, c in enumerate(columns)
        ],
        "options": options,
        "values": [c.encoded() for c in columns],
    }
    done = subprocess.run([FIXTURES], input=json.dumps(description) + "\n", capture_output=True, text=True, check=True)
    return json.loads(done.stdout)


def check(path, columns, **options):
    """Writes the file and compares everything readers can see of it with the description."""
    summary = write(path, columns, **options)
    assert "error" not in summary, summary
    with pq.ParquetFile(path, page_checksum_verification=True) as file:
        check_values(file, columns)
        check_schema(file, columns)
        check_row_groups(file, columns, summary)
    check_summary(path, columns, summary)
    check_with_duckdb(path, columns)
    return summary


def check_values(file, columns):
    table = file.read()
    assert table.column_names == [c.name for c in columns]
    for column in columns:
        read = column.raw(table.column(column.name))
        expected = [column.as_read(value) for value in column.values]
        assert len(read) == len(expected)
        wrong = [(row, r, e) for row, (r, e) in enumerate(zip(read, expected)) if not same(r, e)]
        assert not wrong, (column.name, wrong[:5])


def check_schema(file, columns):
    assert file.metadata.format_version == "1.0"
    assert file.metadata.created_by == "nilus-fixtures version 1.0.0 (build test)"
    for position, column in enumerate(columns):
        field = file.schema_arrow.field(position)
        assert field.type == column.arrow_type()
        assert field.nullable is not column.required
        assert field.metadata[b"PARQUET:field_id"] == str(100 + position).encode()


def check_row_groups(file, columns, summary):
    offset, row = 4, 0
    offsets = []
    for number in range(file.metadata.num_row_groups):
        group = file.metadata.row_group(number)
        offsets.append(offset)
        for position, column in enumerate(columns):
            chunk = group.column(position)
            first = chunk.dictionary_page_offset if chunk.has_dictionary_page else chunk.data_page_offset
            assert first == offset
            assert chunk.compression == "ZSTD"
            assert chunk.num_values == group.num_rows
            part = Column(column.name, column.kind, column.values[row : row + group.num_rows],
                          whole_bounds=column.whole_bounds)
            check_statistics(chunk, part)
            offset += chunk.total_compressed_size
        assert group.total_byte_size == sum(
            group.column(p).total_uncompressed_size for p in range(len(columns)))
        row += group.num_rows
    assert row == file.metadata.num_rows == summary["rows"]
    assert offsets == summary["splitOffsets"]
    assert offset + summary["footerBytes"] == summary["bytes"] or summary["rows"] == 0


def check_statistics(chunk, column):
    assert chunk.is_stats_set
    statistics = chunk.statistics
    assert statistics.null_count == len(column.values) - len(column.present)
    lower, upper = expected_bounds(column)
    if lower is None and upper is None:
        assert not statistics.has_min_max
        return
    if upper is None:
        return
    assert statistics.has_min_max
    low, high = statistics.min, statistics.max
    if column.kind == "date":
        low, high = ((day - EPOCH.date()).days for day in (low, high))
    if column.kind.startswith("timestamp"):
        low, high = (
            (moment.replace(tzinfo=None) - EPOCH) // datetime.timedelta(microseconds=1) for moment in (low, high))
    if column.kind.startswith("decimal"):
        lower, upper = column.as_read(lower), column.as_read(upper)
    assert same(low, lower) and same(high, upper), (column.name, low, lower, high, upper)


def expected_bounds(column):
    """The bounds in Iceberg's and Parquet's sense, computed from the values."""
    values = [column.as_read(v) if column.kind == "float" else v for v in column.present]
    values = [v for v in values if not (isinstance(v, float) and math.isnan(v))]
    if not values or column.kind == "json":
        return None, None
    if column.kind == "string":
        ordered = sorted(values, key=lambda text: text.encode())
        if column.whole_bounds:
            return ordered[0], ordered[-1]
        return ordered[0][:BOUND_CHARACTERS], upper_bound(ordered[-1])
    low, high = min(values), max(values)
    if column.kind in ("float", "double"):
        return (-0.0 if low == 0 else low), (0.0 if high == 0 else high)
    return low, high


def upper_bound(text):
    if len(text) <= BOUND_CHARACTERS:
        return text
    cut = text[:BOUND_CHARACTERS]
    while cut:
        following = ord(cut[-1]) + 1
        if following == 0xD800:
            following = 0xE000
        if following <= 0x10FFFF:
            return cut[:-1] + chr(following)
        cut = cut[:-1]
    return None


def check_summary(path, columns, summary):
    assert summary["rows"] == len(columns[0].values)
    assert summary["bytes"] == os.path.getsize(path)
    metadata = pq.read_metadata(path)
    assert summary["footerBytes"] == metadata.serialized_size + 8
    for position, (column, told) in enumerate(zip(columns, summary["columns"])):
        assert told["id"] == 100 + position
        assert told["values"] == len(column.values)
        assert told["nulls"] == len(column.values) - len(column.present)
        assert told["bytes"] == sum(
            metadata.row_group(g).column(position).total_compressed_size for g in range(metadata.num_row_groups))
        if column.kind in ("float", "double"):
            assert told["nans"] == sum(math.isnan(v) for v in column.present)
        else:
            assert told["nans"] is None
        for side, expected in zip(("lower", "upper"), expected_bounds(column)):
            check_told_bound(column, told[side], expected)


def check_told_bound(column, told, expected):
    if expected is None:
        assert told is None
    elif column.kind in ("float", "double"):
        assert same(float(told), expected)
    elif column.kind.startswith("decimal"):
        assert int(told) == expected
    elif column.kind == "string":
        assert told["text"] == expected
        assert told["exact"] is (expected in column.present)
    else:
        assert told == int(expected)


def check_with_duckdb(path, columns):
    connection = duckdb.connect()
    connection.execute("SET TimeZone = 'UTC'")
    table = connection.sql(f"SELECT * FROM read_parquet('{path}')").to_arrow_table()
    for column in columns:
        read = column.raw(table.column(column.name))
        expected = [column.as_read(value) for value in column.values]
        wrong = [(row, r, e) for row, (r, e) in enumerate(zip(read, expected)) if not same(r, e)]
        assert not wrong and len(read) == len(expected), (column.name, wrong[:5])


# What values of each type may be; `random` first, then the extremes.

def decimals(precision):
    def make(rnd):
        return rnd.randrange(-(10**precision) + 1, 10**precision)
    return make


def text(rnd):
    return "".join(rnd.choice("abcdefgh0123456789_ é漢😀\0\"\\\n") for _ in range(rnd.randrange(0, 40)))


KINDS = {
    "boolean": (lambda rnd: rnd.random() < 0.5, [True, False]),
    "int": (lambda rnd: rnd.randrange(-(2**31), 2**31), [-(2**31), 2**31 - 1, 0, -1]),
    "long": (lambda rnd: rnd.randrange(-(2**63), 2**63), [-(2**63), 2**63 - 1, 0, -1]),
    "float": (lambda rnd: rnd.uniform(-1e6, 1e6), [0.0, -0.0, math.inf, -math.inf, math.nan, 1.5, 3.4e38]),
    "double": (lambda rnd: rnd.uniform(-1e6, 1e6), [0.0, -0.0, math.inf, -math.inf, math.nan, 5e-324, 1.7e308]),
    "date": (lambda rnd: rnd.randrange(-100_000, 100_000), [0, -1, 1]),
    "timestamp": (lambda rnd: rnd.randrange(-(10**15), 10**16), [0, -1, 1]),
    "timestamptz": (lambda rnd: rnd.randrange(-(10**15), 10**16), [0, -1, 1]),
    "string": (text, ["", "\0", "😀", "a" * 16, "a" * 17, "\U0010ffff" * 17, "\ud7ff" * 17, "x" * 70_000]),
    "json": (lambda rnd: json.dumps({"k": text(rnd)}), ["{}", "[]", "null", "[" + "1," * 50_000 + "1]"]),
    **{
        f"decimal({p}, {s})": (decimals(p), [0, -1, 1, 10**p - 1, -(10**p) + 1])
        for p, s in [(1, 0), (9, 2), (10, 10), (18, 4), (19, 0), (21, 3), (22, 2), (38, 12), (38, 38)]
    },
}

PATTERNS = {
    "none": lambda rnd, row: True,
    "all": lambda rnd, row: False,
    "alternating": lambda rnd, row: row % 2 == 0,
    "runs": lambda rnd, row: (row // 37) % 3 != 0,
    "sevens": lambda rnd, row: row % 7 != 6,
    "late": lambda rnd, row: row >= 130,
    "early": lambda rnd, row: row < 130,
    "random": lambda rnd, row: rnd.random() < 0.6,
}


def some_values(kind, count, seed, distinct=None):
    """Random and extreme values; few different ones if `distinct` says so."""
    rnd = random.Random(f"{kind}{seed}")
    make, extremes = KINDS[kind]
    if distinct:
        choices = [make(rnd) for _ in range(distinct)]
        return [rnd.choice(choices) for _ in range(count)]
    return [rnd.choice(extremes) if rnd.random() < 0.05 else make(rnd) for _ in range(count)]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("distinct", [None, 1, 2, 9], ids=["varied", "constant", "two", "nine"])
def test_every_type_with_nulls_in_every_pattern(tmp_path, kind, distinct):
    columns = []
    for number, (name, has_value) in enumerate(PATTERNS.items()):
        rnd = random.Random(number)
        values = some_values(kind, 700, number, distinct)
        columns.append(Column(name, kind, [v if has_value(rnd, row) else None for row, v in enumerate(values)]))
    columns.append(Column("required", kind, some_values(kind, 700, 99, distinct), required=True))

    check(tmp_path / "file.parquet", columns)


@pytest.mark.parametrize("rows", [0, 1, 2, 7, 8, 9, 63, 64, 65, 504, 505])
def test_any_number_of_rows(tmp_path, rows):
    columns = [Column(kind, kind, some_values(kind, rows, rows)) for kind in KINDS]
    columns += [Column("empty " + kind, kind, [None] * rows) for kind in KINDS]

    summary = check(tmp_path / "file.parquet", columns)

    assert len(summary["splitOffsets"]) == (1 if rows else 0)


@pytest.mark.parametrize("page_rows", [1, 7, 8, 64, 100, 1000])
def test_pages_end_by_rows(tmp_path, page_rows):
    rnd = random.Random(page_rows)
    columns = [
        Column(kind, kind, [v if rnd.random() < 0.7 else None for v in some_values(kind, 1000, 5, 20)])
        for kind in ("boolean", "long", "string", "decimal(38, 12)")
    ]
    columns.append(Column("required", "string", some_values("string", 1000, 6), required=True))
    columns.append(Column("nothing", "string", [None] * 1000))

    check(tmp_path / "file.parquet", columns, pageRows=page_rows, batchRows=93)


@pytest.mark.parametrize("page_bytes", [1, 40, 1000])
def test_pages_end_by_bytes(tmp_path, page_bytes):
    rnd = random.Random(page_bytes)
    columns = []
    for kind in ("boolean", "int", "double", "string", "json", "decimal(21, 3)"):
        for distinct in (None, 3):
            values = [v if rnd.random() < 0.7 else None for v in some_values(kind, 600, 5, distinct)]
            columns.append(Column(f"{kind} {distinct}", kind, values))

    check(tmp_path / "file.parquet", columns, pageBytes=page_bytes, dictionaryBytes=500, batchRows=77)


def test_dictionary_is_left_in_the_middle_of_a_chunk(tmp_path):
    rnd = random.Random(3)
    # Words repeat for three pages of rows, then every value is new.
    values = [f"word {rnd.randrange(50)}" if row < 3000 else f"id {row} {rnd.random()}" for row in range(9000)]
    numbers = [row % 10 if row < 3000 else row * 1_000_003 for row in range(9000)]
    columns = [
        Column("text", "string", values),
        Column("gaps", "string", [v if rnd.random() < 0.5 else None for v in values]),
        Column("number", "long", numbers),
    ]

    check(tmp_path / "file.parquet", columns, pageRows=1000)

    metadata = pq.read_metadata(tmp_path / "file.parquet")
    for position in range(3):
        chunk = metadata.row_group(0).column(position)
        assert chunk.has_dictionary_page
        assert set(chunk.encodings) == {"PLAIN", "RLE", "RLE_DICTIONARY"}


def test_useless_dictionary_is_forgotten(tmp_path):
    columns = [
        Column("id", "string", [f"ch_{row:024}" for row in range(5000)]),
        Column("few", "string", ["only one value"] + [None] * 4999),
        Column("word", "string", ["word"] * 5000),
    ]

    check(tmp_path / "file.parquet", columns)

    group = pq.read_metadata(tmp_path / "file.parquet").row_group(0)
    assert [group.column(p).has_dictionary_page for p in range(3)] == [False, False, True]


@pytest.mark.parametrize("options", [
    {"rowGroupBytes": 20_000}, {"rowGroupRows": 1000}, {"flushEvery": 3}, {"flushEvery": 1, "batchRows": 1000}])
def test_many_row_groups(tmp_path, options):
    rnd = random.Random(4)
    columns = [
        Column(kind, kind, [v if rnd.random() < 0.8 else None for v in some_values(kind, 5000, 7, distinct)])
        for kind, distinct in [("long", None), ("string", None), ("boolean", None), ("double", 30), ("json", 4)]
    ]
    # Bounds of the file come from different row groups.
    columns.append(Column("rising", "long", list(range(5000))))
    columns.append(Column("falling", "string", [f"{9999 - row} and more than sixteen" for row in range(5000)]))
    columns.append(Column("late NaN", "double", [1.0] * 4000 + [math.nan] * 1000))

    summary = check(tmp_path / "file.parquet", columns, **options)

    assert len(summary["splitOffsets"]) > 1


def test_values_larger_than_a_page(tmp_path):
    rnd = random.Random(5)
    large = ["".join(rnd.choice("abcdef") for _ in range(size)) for size in (65_532, 65_533, 200_000, 1_500_000)]
    values = []
    for text_value in large:
        values += ["small", text_value, None, "", text_value]
    columns = [Column("text", "string", values), Column("json", "json", values),
               Column("required", "string", [v or "" for v in values], required=True)]

    check(tmp_path / "file.parquet", columns, rowGroupBytes=1_000_000, batchRows=3)


def test_whole_bounds_are_kept_whole(tmp_path):
    paths = [f"file:///warehouse/stripe/charge/data/{row:05}-{'x' * row}.parquet" for row in range(300)]
    columns = [Column("file_path", "string", paths, required=True, whole_bounds=True),
               Column("pos", "long", list(range(300)), required=True)]

    summary = check(tmp_path / "file.parquet", columns)

    assert summary["columns"][0]["lower"] == {"text": paths[0], "exact": True}
    assert summary["columns"][0]["upper"] == {"text": paths[-1], "exact": True}


def test_metadata_and_more_than_fifteen_columns(tmp_path):
    columns = [Column(f"column {n} é", "long", [n, None, -n]) for n in range(200)]

    check(tmp_path / "file.parquet", columns, metadata={"iceberg.schema": '{"é":1}', "empty": ""})

    found = pq.read_metadata(tmp_path / "file.parquet").metadata
    assert found[b"iceberg.schema"] == '{"é":1}'.encode() and found[b"empty"] == b""


@pytest.mark.parametrize("seed", range(12))
def test_random_files(tmp_path, seed):
    rnd = random.Random(seed)
    rows = rnd.choice([0, 1, 50, 999, 4000])
    columns = []
    for number in range(rnd.randrange(1, 12)):
        kind = rnd.choice(list(KINDS))
        share = rnd.choice([0, 0.01, 0.5, 0.99, 1])
        values = some_values(kind, rows, number, rnd.choice([None, None, 1, 3, 300]))
        columns.append(Column(f"c{number}", kind, [v if rnd.random() < share else None for v in values],
                              whole_bounds=rnd.random() < 0.3))

    check(tmp_path / "file.parquet", columns, pageRows=rnd.choice([1, 10, 333, 20_000]),
          pageBytes=rnd.choice([64, 1000, PAGE_BYTES]), dictionaryBytes=rnd.choice([0, 64, 32_768]),
          rowGroupBytes=rnd.choice([5_000, 100_000, 8_000_000]), batchRows=rnd.choice([1, 100, 10_000]),
          compressionLevel=rnd.choice([-5, 1, 3]))


def test_missing_value_in_a_required_column(tmp_path):
    columns = [Column("id", "string", ["a"] * 150 + [None] + ["b"] * 10, required=True)]

    answer = write(tmp_path / "file.parquet", columns)

    assert answer == {
        "code": "schemaConflict",
        "error": "cannot write row 150 of column 'id': it has no value; the table requires one",
    }


@pytest.mark.parametrize("kind, value", [
    ("int", 2**31), ("date", -(2**31) - 1), ("decimal(9, 2)", 10**9), ("decimal(18, 0)", -(10**18)),
    ("decimal(20, 0)", 10**20), ("decimal(38, 0)", 10**38)])
@pytest.mark.parametrize("before", [[], [1], list(range(1, 9000))], ids=["first", "dictionary", "plain"])
def test_values_that_do_not_fit(tmp_path, kind, value, before):
    columns = [Column("amount", kind, [None, *before, None, value])]

    answer = write(tmp_path / "file.parquet", columns, batchRows=4000)

    assert answer == {
        "code": "schemaConflict",
        "error": f"cannot write row {len(before) + 2} of column 'amount': {value} does not fit; "
                 f"the table's type is '{kind}'",
    }
