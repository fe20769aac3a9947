"""The Avro schemas of manifest lists and manifests: fields by id, as the sections of that name have them.

Readers go by the ids, most of them without a look at the names, and some at neither.
"""


def required(kind):
    return kind, False


def optional(kind):
    return kind, True


def array(element_id, kind):
    return "array", element_id, kind


def by_id(key_id, value_id, kind):
    """A map with int keys, which Avro writes as an array of pairs."""
    return "map", key_id, value_id, kind


MANIFEST_FILE = {
    500: ("manifest_path", required("string")), 501: ("manifest_length", required("long")),
    502: ("partition_spec_id", required("int")), 517: ("content", required("int")),
    515: ("sequence_number", required("long")), 516: ("min_sequence_number", required("long")),
    503: ("added_snapshot_id", required("long")), 504: ("added_files_count", required("int")),
    505: ("existing_files_count", required("int")), 506: ("deleted_files_count", required("int")),
    512: ("added_rows_count", required("long")), 513: ("existing_rows_count", required("long")),
    514: ("deleted_rows_count", required("long")),
    507: ("partitions", optional(array(508, {
        509: ("contains_null", required("boolean")), 518: ("contains_nan", optional("boolean")),
        510: ("lower_bound", optional("bytes")), 511: ("upper_bound", optional("bytes"))}))),
    519: ("key_metadata", optional("bytes")),
}

AVRO_TYPES = {
    "boolean": "boolean", "int": "int", "long": "long", "float": "float", "double": "double", "string": "string",
    "decimal(38, 12)": ("fixed", "decimal"), "date": ("int", "date"), "timestamptz": ("long", "timestamp-micros"),
}


def manifest_entry(partition):
    """For partition fields, a dictionary of name and type by id."""
    return {
        0: ("status", required("int")), 1: ("snapshot_id", optional("long")), 3: ("sequence_number", optional("long")),
        4: ("file_sequence_number", optional("long")), 2: ("data_file", required({
            134: ("content", required("int")), 100: ("file_path", required("string")),
            101: ("file_format", required("string")),
            102: ("partition", required({
                id: (name, optional(AVRO_TYPES[kind])) for id, (name, kind) in partition.items()})),
            103: ("record_count", required("long")), 104: ("file_size_in_bytes", required("long")),
            108: ("column_sizes", optional(by_id(117, 118, "long"))),
            109: ("value_counts", optional(by_id(119, 120, "long"))),
            110: ("null_value_counts", optional(by_id(121, 122, "long"))),
            137: ("nan_value_counts", optional(by_id(138, 139, "long"))),
            125: ("lower_bounds", optional(by_id(126, 127, "bytes"))),
            128: ("upper_bounds", optional(by_id(129, 130, "bytes"))),
            131: ("key_metadata", optional("bytes")), 132: ("split_offsets", optional(array(133, "long"))),
            135: ("equality_ids", optional(array(136, "int"))), 140: ("sort_order_id", optional("int")),
            143: ("referenced_data_file", optional("string")),
        })),
    }


def check_record(schema, fields):
    """An Avro record has these fields, and none besides."""
    assert schema["type"] == "record", schema
    found = {field["field-id"]: field for field in schema["fields"]}
    assert found.keys() == fields.keys()
    for id, (name, (kind, is_optional)) in fields.items():
        field = found[id]
        assert field["name"] == name
        written = field["type"]
        if is_optional:
            assert written[0] == "null" and len(written) == 2 and field["default"] is None, name
            written = written[1]
        check_type(written, kind)


def check_type(written, kind):
    match kind:
        case dict():
            check_record(written, kind)
        case ("array", element_id, element):
            assert (written["type"], written["element-id"]) == ("array", element_id)
            check_type(written["items"], element)
        case ("map", key_id, value_id, value):
            assert (written["type"], written["logicalType"]) == ("array", "map")
            check_record(written["items"], {key_id: ("key", required("int")), value_id: ("value", required(value))})
        case (base, logical):
            assert (written["type"], written["logicalType"]) == (base, logical)
        case _:
            assert written == kind
