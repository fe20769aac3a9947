"""Parquet files of other engines, read by the room Parquet.

Each test lets pyarrow or DuckDB write a file, lets the program `parquet-fixtures` read columns of it, and
compares every value with what was written. Bloom filters are checked in both directions.

    PARQUET_FIXTURES=.build/debug/parquet-fixtures python -m pytest Tests/Interop/test_parquet_reading.py

The Python needs pytest, pyarrow and duckdb.
"""

import datetime
import decimal
import itertools
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
COMPRESSIONS = ["none", "snappy", "gzip", "zstd"]
PAGE_VERSIONS = ["1.0", "2.0"]
ROWS = 3000

decimal.getcontext().prec = 60


def ask(description):
    """What the program answers to one description."""
    done = subprocess.run([FIXTURES], input=json.dumps(description) + "\n", capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-2000:]
    return json.loads(done.stdout)


def read(path, columns, ids=None, **more):
    """Reads (name, type) pairs; columns are found by name unless ids are given."""
    wanted = [
        {"name": name, "type": kind, "id": ids[number] if ids else 9000 + number}
        for number, (name, kind) in enumerate(columns)
    ]
    return ask({"read": str(path), "columns": wanted, **more})


def told(array, kind):
    """An arrow array's values as the program tells them."""
    if kind in ("timestamp", "timestamptz"):
        array = array.cast(pa.timestamp("ns", tz=array.type.tz)) if array.type.unit == "ns" else array
        scale = {"ms": lambda v: v * 1000, "us": lambda v: v, "ns": lambda v: v // 1000}[array.type.unit]
        return [None if v is None else scale(v) for v in array.cast(pa.int64()).to_pylist()]
    if kind == "date":
        return array.cast(pa.int32()).to_pylist()
    if kind.startswith("decimal"):
        scale = int(kind[:-1].split(",")[1])
        return [None if v is None else str(int(v.scaleb(scale))) for v in array.to_pylist()]
    return array.to_pylist()


def same(read_value, expected):
    if isinstance(expected, float):
        return isinstance(read_value, str) and (
            struct.pack("<d", float(read_value)) == struct.pack("<d", expected)
            or (math.isnan(expected) and math.isnan(float(read_value))))
    return read_value == expected and type(read_value) is type(expected)


def compare(answer, columns, expected):
    assert "error" not in answer, answer
    for (name, kind), found, values in zip(columns, answer["values"], expected):
        assert len(found) == len(values)
        wrong = [(row, f, v) for row, (f, v) in enumerate(zip(found, values)) if not same(f, v)]
        assert not wrong, (name, kind, wrong[:5])


def with_gaps(values, share, seed=1):
    rnd = random.Random(seed)
    return [value if rnd.random() < share else None for value in values]


# name → the type of the table, an arrow type, and values that reach the ends of its range.

def moments(unit):
    """Moments whose microseconds fit 64 bits, before and after 1970."""
    per_second = {"ms": 10**3, "us": 10**6, "ns": 10**9}[unit]
    return [0, -1, 1, 999, -999, 1_772_323_199 * per_second + 1, -86_400 * per_second - 1]


def words():
    rnd = random.Random(7)
    stems = ["ch_", "charge ", "é", "漢字", "😀", ""]
    return [rnd.choice(stems) * rnd.randrange(3) + str(rnd.randrange(10**rnd.randrange(1, 12))) for _ in range(500)]


TYPES = {
    "string": ("string", pa.string(), ["", "a", "x" * 5000, *words()]),
    "binary text": ("string", pa.binary(), [b"", b"abc", "é".encode()]),
    "boolean": ("boolean", pa.bool_(), [True, False]),
    "int8": ("int", pa.int8(), [-128, 127, 0]),
    "int32": ("int", pa.int32(), [-(2**31), 2**31 - 1, 0, -1]),
    "int32 widened": ("long", pa.int32(), [-(2**31), 2**31 - 1, 0, -1]),
    "uint32": ("long", pa.uint32(), [0, 2**32 - 1, 2**31]),
    "int64": ("long", pa.int64(), [-(2**63), 2**63 - 1, 0, -1]),
    "uint64": ("long", pa.uint64(), [0, 2**63 - 1]),
    "float": ("float", pa.float32(), [0.0, -0.0, 1.5, math.inf, math.nan]),
    "float widened": ("double", pa.float32(), [0.0, -0.0, 1.5, -math.inf]),
    "double": ("double", pa.float64(), [0.0, -0.0, 5e-324, 1.7e308, math.nan]),
    "date": ("date", pa.date32(), [0, -1, 20_000, -700_000]),
    "milliseconds": ("timestamptz", pa.timestamp("ms", tz="UTC"), moments("ms")),
    "microseconds": ("timestamptz", pa.timestamp("us", tz="UTC"), moments("us")),
    "local microseconds": ("timestamp", pa.timestamp("us"), moments("us")),
    "nanoseconds": ("timestamptz", pa.timestamp("ns", tz="UTC"), moments("ns")),
    "small decimal": ("decimal(9, 2)", pa.decimal128(9, 2), ["0.00", "-0.01", "9999999.99", "-9999999.99"]),
    "medium decimal": ("decimal(18, 4)", pa.decimal128(18, 4), ["0.0000", "-0.0001", "99999999999999.9999"]),
    "large decimal": ("decimal(38, 12)", pa.decimal128(38, 12), ["0", "-0.000000000001", "9" * 26 + "." + "9" * 12]),
}


def arrow(values, kind):
    if pa.types.is_decimal(kind):
        values = [None if v is None else decimal.Decimal(v) for v in values]
    if pa.types.is_timestamp(kind):
        return pa.array(values, pa.int64()).cast(pa.timestamp(kind.unit)).cast(kind)
    if pa.types.is_date32(kind):
        return pa.array(values, pa.int32()).cast(kind)
    return pa.array(values, kind)


def column_of(name, rows=ROWS, share=0.8, seed=1, pattern=None):
    """An arrow array and its type in the table."""
    kind, arrow_type, choices = TYPES[name]
    rnd = random.Random(seed)
    values = with_gaps([rnd.choice(choices) for _ in range(rows)], share, seed)
    if pattern == "sorted":
        values = sorted((v for v in values if v is not None), key=str)
        values += [None] * (rows - len(values))
    array = arrow(values, arrow_type)
    expected = told(array, kind)
    if arrow_type == pa.binary():
        expected = [None if v is None else v.decode() for v in expected]
    return kind, array, expected


def every_type(**how):
    names = list(TYPES)
    made = [column_of(name, **how) for name in names]
    table = pa.table([array for _, array, _ in made], names=names)
    return table, [(name, kind) for name, (kind, _, _) in zip(names, made)], [expected for _, _, expected in made]


@pytest.mark.parametrize("compression", COMPRESSIONS)
@pytest.mark.parametrize("version", PAGE_VERSIONS)
@pytest.mark.parametrize("dictionary", [True, False], ids=["dictionary", "plain"])
def test_every_type(tmp_path, dictionary, version, compression):
    table, columns, expected = every_type()
    path = tmp_path / "file.parquet"

    pq.write_table(
        table, path, use_dictionary=dictionary, data_page_version=version, compression=compression,
        data_page_size=4000, row_group_size=1300, write_batch_size=100, write_page_checksum=True)

    compare(read(path, columns), columns, expected)


@pytest.mark.parametrize("share", [0, 0.02, 0.98, 1])
@pytest.mark.parametrize("version", PAGE_VERSIONS)
def test_columns_without_values_and_without_gaps(tmp_path, version, share):
    table, columns, expected = every_type(share=share)
    path = tmp_path / "file.parquet"

    pq.write_table(table, path, data_page_version=version, data_page_size=1000, write_batch_size=64)

    compare(read(path, columns, requestBytes=700, batchRows=77), columns, expected)


ENCODINGS = [
    ("DELTA_BINARY_PACKED", ["int8", "int32", "uint32", "int64", "uint64", "date", "milliseconds", "microseconds",
                             "nanoseconds"]),
    ("DELTA_LENGTH_BYTE_ARRAY", ["string", "binary text"]),
    ("DELTA_BYTE_ARRAY", ["string", "binary text", "large decimal"]),
    ("BYTE_STREAM_SPLIT", ["float", "double", "int32", "int64", "large decimal", "small decimal", "medium decimal"]),
    ("RLE", ["boolean"]),
]


@pytest.mark.parametrize("encoding, names", ENCODINGS, ids=[encoding for encoding, _ in ENCODINGS])
@pytest.mark.parametrize("version", PAGE_VERSIONS)
@pytest.mark.parametrize("compression", ["none", "zstd"])
def test_encodings(tmp_path, encoding, names, version, compression):
    path = tmp_path / "file.parquet"
    for name, share, pattern in itertools.product(names, [0, 0.7, 1], [None, "sorted"]):
        kind, array, expected = column_of(name, share=share, pattern=pattern)

        pq.write_table(
            pa.table([array], names=["c"]), path, use_dictionary=False, column_encoding=encoding,
            data_page_version=version, compression=compression, data_page_size=3000, row_group_size=1000)

        compare(read(path, [("c", kind)]), [("c", kind)], [expected])
        assert encoding in pq.read_metadata(path).row_group(0).column(0).encodings


@pytest.mark.parametrize("length", [1, 2, 31, 32, 33, 127, 128, 129, 1025])
def test_differences_of_any_number_of_values(tmp_path, length):
    rnd = random.Random(length)
    numbers = [rnd.choice([rnd.randrange(-(2**63), 2**63), rnd.randrange(100), row]) for row in range(length)]
    small = [rnd.randrange(-(2**31), 2**31) for _ in range(length)]
    texts = [f"prefix {row // 5} {'é' * rnd.randrange(4)}" for row in range(length)]
    table = pa.table({"n": pa.array(numbers, pa.int64()), "s": pa.array(small, pa.int32()), "t": texts})
    path = tmp_path / "file.parquet"

    pq.write_table(table, path, use_dictionary=False, column_encoding={
        "n": "DELTA_BINARY_PACKED", "s": "DELTA_BINARY_PACKED", "t": "DELTA_BYTE_ARRAY"})

    columns = [("n", "long"), ("s", "int"), ("t", "string")]
    compare(read(path, columns, batchRows=50), columns, [numbers, small, texts])


def test_old_timestamps(tmp_path):
    nanoseconds = moments("ns") + [-(10**15), 10**18]
    path = tmp_path / "file.parquet"
    pq.write_table(
        pa.table({"t": arrow([*nanoseconds, None], pa.timestamp("ns"))}), path, use_deprecated_int96_timestamps=True)

    for kind in ("timestamptz", "timestamp"):
        compare(read(path, [("t", kind)]), [("t", kind)], [[*(n // 1000 for n in nanoseconds), None]])


def test_nested_columns_are_stepped_over(tmp_path):
    rows = 500
    table = pa.table({
        "before": [{"a": row, "b": [row] * (row % 3)} if row % 5 else None for row in range(rows)],
        "id": [f"id {row}" for row in range(rows)],
        "list": [[f"{row}"] * (row % 4) for row in range(rows)],
        "map": pa.array([[("k", row)] for row in range(rows)], pa.map_(pa.string(), pa.int64())),
        "n": pa.array(with_gaps(range(rows), 0.5), pa.int64()),
    })
    path = tmp_path / "file.parquet"
    pq.write_table(table, path, row_group_size=200)

    columns = [("n", "long"), ("id", "string")]
    answer = read(path, columns)

    compare(answer, columns, [table["n"].to_pylist(), table["id"].to_pylist()])
    assert [c["name"] for c in answer["columns"]] == [
        "before.a", "before.b.list.element", "id", "list.list.element", "map.key_value.key", "map.key_value.value", "n"]
    assert read(path, [("list.list.element", "string")]) == {
        "code": "schemaConflict",
        "error": f"cannot read column 'list.list.element' of Parquet file '{path}': it is nested; "
                 "only flat columns are read",
    }


def test_columns_are_found_by_id_then_by_name(tmp_path):
    def field(name, number):
        return pa.field(name, pa.int64(), metadata={"PARQUET:field_id": str(number)})

    schema = pa.schema([field("renamed", 1), field("old", 2), pa.field("plain", pa.int64())])
    path = tmp_path / "file.parquet"
    pq.write_table(pa.table([[1], [2], [3]], schema=schema), path)

    wanted = [("id", "long"), ("old", "long"), ("plain", "long")]
    answer = read(path, wanted, ids=[1, 7, 8])

    # Column 1 has another name by now; there is a new column 'old', which this file does not have.
    compare(answer, wanted, [[1], [None], [3]])


@pytest.mark.parametrize("stored, wanted, words", [
    (pa.string(), "long", "it is of type BYTE_ARRAY, string; the table's type is 'long'"),
    (pa.int64(), "int", "it is of type INT64; the table's type is 'int'"),
    (pa.float64(), "float", "it is of type DOUBLE; the table's type is 'float'"),
    (pa.time64("us"), "long", "it is of type INT64, time; values of this type are not read"),
    (pa.float16(), "float", "it is of type FIXED_LEN_BYTE_ARRAY(2), float16; values of this type are not read"),
    (pa.binary(4), "string", "it is of type FIXED_LEN_BYTE_ARRAY(4); values of this type are not read"),
])
def test_types_that_do_not_fit(tmp_path, stored, wanted, words):
    path = tmp_path / "file.parquet"
    pq.write_table(pa.table({"c": pa.array([None], stored)}), path)

    answer = read(path, [("c", wanted)])

    assert answer == {"code": "schemaConflict",
                      "error": f"cannot read column 'c' of Parquet file '{path}': {words}"}


def test_compressions_that_are_not_read(tmp_path):
    for compression, name in [("brotli", "BROTLI"), ("lz4", "LZ4_RAW")]:
        path = tmp_path / f"{compression}.parquet"
        pq.write_table(pa.table({"c": [1]}), path, compression=compression)

        answer = read(path, [("c", "long")])

        assert answer["code"] == "sinkRefused"
        assert f"column 'c' has the compression {name}, not UNCOMPRESSED, SNAPPY, GZIP or ZSTD" in answer["error"]


@pytest.mark.parametrize("seed", range(10))
def test_random_files(tmp_path, seed):
    rnd = random.Random(seed)
    path = tmp_path / "file.parquet"
    names = rnd.sample(list(TYPES), rnd.randrange(1, 8))
    made = [
        column_of(name, rows=2500, share=rnd.choice([0, 0.3, 1]), seed=seed)
        for name in names]
    pq.write_table(
        pa.table([array for _, array, _ in made], names=names), path, use_dictionary=rnd.random() < 0.5,
        data_page_version=rnd.choice(PAGE_VERSIONS), compression=rnd.choice(COMPRESSIONS),
        data_page_size=rnd.choice([50, 1000, 10**6]), write_batch_size=rnd.choice([1, 64, 1024]),
        row_group_size=rnd.choice([100, 999, 10**6]), dictionary_pagesize_limit=rnd.choice([100, 10**6]),
        write_page_checksum=rnd.random() < 0.5)

    columns = [(name, kind) for name, (kind, _, _) in zip(names, made)]
    answer = read(path, columns, requestBytes=rnd.choice([1, 500, 10**6]), batchRows=rnd.choice([1, 50, 10**4]))

    compare(answer, columns, [expected for _, _, expected in made])


# DuckDB


@pytest.mark.parametrize("version", ["V1", "V2"])
@pytest.mark.parametrize("compression", ["uncompressed", "snappy", "gzip", "zstd"])
def test_files_of_duckdb(tmp_path, compression, version):
    table, columns, _ = every_type(rows=5000)
    path = tmp_path / "file.parquet"
    connection = duckdb.connect()
    connection.execute("SET TimeZone = 'UTC'")
    connection.register("rows", table)
    connection.execute(
        f"COPY rows TO '{path}' (FORMAT parquet, COMPRESSION {compression}, PARQUET_VERSION {version}, "
        "ROW_GROUP_SIZE 2048)")

    # A dictionary of DuckDB makes one of both zeros, so what it wrote is what another reader finds.
    written = pq.read_table(path)
    expected = [told(written[name], kind) for name, kind in columns]
    compare(read(path, columns), columns, [
        [v.decode() if isinstance(v, bytes) else v for v in values] for values in expected])


def test_texts_of_duckdb_in_every_encoding(tmp_path):
    path = tmp_path / "file.parquet"
    connection = duckdb.connect()
    connection.execute(
        "COPY (SELECT 'ch_' || (i * 7919 % 100003) AS id, i AS n, i % 3 = 0 AS b, i / 8.0 AS d FROM range(60000) t(i))"
        f" TO '{path}' (FORMAT parquet, PARQUET_VERSION V2)")

    columns = [("id", "string"), ("n", "long"), ("b", "boolean"), ("d", "double")]
    answer = read(path, columns)

    rows = range(60000)
    compare(answer, columns, [
        [f"ch_{i * 7919 % 100003}" for i in rows], list(rows), [i % 3 == 0 for i in rows], [i / 8.0 for i in rows]])


# Bounds


def test_bounds_of_row_groups(tmp_path):
    path = tmp_path / "file.parquet"
    table = pa.table({
        "s": ["b", "a", None, "c", None, None],
        "n": pa.array([5, -7, 3, None, 2, 1], pa.int64()),
        "d": pa.array([0.0, 1.5, -2.0, math.nan, 4.0, 0.5]),
        "m": arrow([1, 2, -3, 4, 5, 6], pa.timestamp("ms", tz="UTC")),
        "p": arrow(["1.50", "-0.01", "2.00", "0.00", "3.25", None], pa.decimal128(9, 2)),
    })
    pq.write_table(table, path, row_group_size=3)

    columns = [("s", "string"), ("n", "long"), ("d", "double"), ("m", "timestamptz"), ("p", "decimal(9, 2)")]
    statistics = read(path, columns)["statistics"]

    assert [[g["nulls"] for g in column] for column in statistics] == [[1, 2], [0, 1], [0, 0], [0, 0], [0, 1]]
    bounds = [[(g["lower"], g["upper"]) for g in column] for column in statistics]
    assert [(lower["text"], upper["text"]) for lower, upper in bounds[0]] == [("a", "b"), ("c", "c")]
    assert bounds[1] == [(-7, 5), (1, 2)]
    assert [tuple(map(float, pair)) for pair in bounds[2]] == [(-2.0, 1.5), (0.5, 4.0)]
    assert bounds[3] == [(-3000, 2000), (4000, 6000)]
    assert bounds[4] == [("-1", "200"), ("0", "325")]


# Bloom filters


def write_ours(path, columns, rows, **options):
    """Lets the program write columns of (name, type, values) with Bloom filters."""
    answer = ask({
        "path": str(path), "options": options,
        "columns": [
            {"name": name, "type": kind, "id": 100 + number, "bloomFilter": True}
            for number, (name, kind, _) in enumerate(columns)
        ],
        "values": [values for _, _, values in columns],
    })
    assert "error" not in answer, answer
    assert answer["rows"] == rows
    return answer


def duckdb_excludes(path, column, value):
    """For each row group, whether DuckDB sees from the filter that it does not have the value."""
    rows = duckdb.sql(f"FROM parquet_bloom_probe('{path}', '{column}', {value})").fetchall()
    return [excluded for _, _, excluded in sorted(rows, key=lambda row: row[1])]


FILTERED = [
    ("string", [f"ch_{row:05}é" for row in range(6000)], lambda v: "'" + v + "'", "absent {}"),
    ("long", [row * 1_000_003 - 5 * 10**9 for row in range(6000)], str, None),
    ("int", [row * 7 - 20_000 for row in range(6000)], str, None),
]


@pytest.mark.parametrize("kind, values, literal, absent", FILTERED, ids=[case[0] for case in FILTERED])
def test_duckdb_understands_our_filters(tmp_path, kind, values, literal, absent):
    path = tmp_path / "file.parquet"
    write_ours(path, [("id", kind, values)], 6000, flushEvery=20)
    groups = pq.read_metadata(path).num_row_groups
    assert groups == 3

    for row in range(0, 6000, 500):
        excluded = duckdb_excludes(path, "id", literal(values[row]))
        assert excluded[row // 2000] is False
    others = [absent.format(n) if absent else values[n] + 1 for n in range(200)]
    excluded = [e for other in others for e in duckdb_excludes(path, "id", literal(other))]
    assert sum(excluded) > 0.95 * len(excluded)


def test_our_filters_do_not_disturb_readers(tmp_path):
    rnd = random.Random(1)
    values = [rnd.choice(["a", "b", None, f"x{row}"]) for row in range(5000)]
    amounts = [str(row * 10**20) for row in range(5000)]
    path = tmp_path / "file.parquet"
    answer = write_ours(
        path, [("s", "string", values), ("d", "decimal(38, 2)", amounts), ("nothing", "long", [None] * 5000)], 5000,
        flushEvery=9)

    assert pq.read_table(path)["s"].to_pylist() == values
    assert [row[0] for row in duckdb.sql(f"SELECT s FROM '{path}'").fetchall()] == values
    assert answer["splitOffsets"] == [
        pq.read_metadata(path).row_group(g).column(0).dictionary_page_offset or
        pq.read_metadata(path).row_group(g).column(0).data_page_offset
        for g in range(len(answer["splitOffsets"]))]
    found = read(path, [("d", "decimal(38, 2)")], ids=[101], probes=amounts + ["-1", "7"])["found"]
    for group, answers in enumerate(found):
        rows = range(group * 900, min(5000, group * 900 + 900))
        assert all(answers[row] for row in rows)
        assert sum(answers) < len(rows) + 0.05 * 5000
    assert read(path, [("nothing", "long")], ids=[102], probes=[1])["found"] == [None] * len(found)


@pytest.mark.parametrize("arrow_type, kind, values, probe", [
    (pa.string(), "string", [f"id {row}" for row in range(4000)], lambda v: v),
    (pa.int64(), "long", [row * 12_345_678_901 for row in range(4000)], lambda v: v),
    (pa.int32(), "int", list(range(-2000, 2000)), lambda v: v),
    (pa.timestamp("us", tz="UTC"), "timestamptz", [row * 10**6 for row in range(4000)], lambda v: v),
    (pa.decimal128(30, 2), "decimal(30, 2)", [f"{row - 2000}.25" for row in range(4000)],
     lambda v: str(int(decimal.Decimal(v).scaleb(2)))),
])
def test_we_understand_filters_of_arrow(tmp_path, arrow_type, kind, values, probe):
    path = tmp_path / "file.parquet"
    table = pa.table({"c": arrow(values, arrow_type)})
    pq.write_table(table, path, row_group_size=2000, bloom_filter_options={"c": {"ndv": 2000, "fpp": 0.01}})

    probes = [probe(v) for v in values]
    found = read(path, [("c", kind)], probes=probes)["found"]

    assert found[0][:2000] == [True] * 2000 and found[1][2000:] == [True] * 2000
    assert sum(found[0][2000:]) < 200 and sum(found[1][:2000]) < 200


def test_we_understand_filters_of_duckdb(tmp_path):
    path = tmp_path / "file.parquet"
    # DuckDB writes filters for columns with a dictionary.
    duckdb.execute(
        f"COPY (SELECT 'id ' || (i % 500) + 500 * (i // 20480) AS id FROM range(40960) t(i)) TO '{path}' "
        "(FORMAT parquet, ROW_GROUP_SIZE 20480)")
    values = duckdb.sql(f"SELECT id FROM '{path}'").to_arrow_table()["id"].to_pylist()
    halves = [sorted(set(values[:20480])), sorted(set(values[20480:]))]

    found = read(path, [("id", "string")], probes=halves[0] + halves[1])["found"]

    assert found[0][:len(halves[0])] == [True] * len(halves[0])
    assert found[1][len(halves[0]):] == [True] * len(halves[1])
    assert sum(found[0][len(halves[0]):]) < 0.1 * len(halves[1])


def test_filters_are_as_large_as_their_values_need(tmp_path):
    path = tmp_path / "file.parquet"
    sizes = []
    for distinct in (1, 100, 5000):
        plain = ask({"path": str(path), "columns": [{"name": "c", "type": "long", "id": 1}],
                     "values": [[row % distinct for row in range(5000)]]})
        filtered = write_ours(path, [("c", "long", [row % distinct for row in range(5000)])], 5000)
        sizes.append(filtered["bytes"] - plain["bytes"])

    assert 32 <= sizes[0] <= 32 + 64
    assert 128 <= sizes[1] <= 256 + 64
    assert 5000 * 10 / 8 <= sizes[2] <= 8192 + 64


def test_the_same_bits_as_arrow(tmp_path):
    """With as many blocks, our filter and Arrow's are the same bytes."""
    ours, theirs = tmp_path / "ours.parquet", tmp_path / "theirs.parquet"
    values = [f"id {row % 512}" for row in range(4096)]
    write_ours(ours, [("id", "string", values)], 4096)
    table = pa.table({"id": values})
    pq.write_table(table, theirs, bloom_filter_options={"id": {"ndv": 512, "fpp": 0.01}})

    bits = [filter_bits(path) for path in (ours, theirs)]

    assert bits[0] == bits[1]


def filter_bits(path):
    """The only filter of a file, with its header."""
    chunk = pq.read_metadata(path).row_group(0).column(0).to_dict()
    with open(path, "rb") as file:
        file.seek(chunk["bloom_filter_offset"])
        return file.read(chunk["bloom_filter_length"])
