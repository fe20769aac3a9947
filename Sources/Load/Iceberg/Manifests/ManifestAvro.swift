import Avro
import JSON

/// The Avro schemas of manifest files and manifest lists, format version 2.
///
/// Readers find fields by `field-id`; the names are those of the specification.
enum ManifestAvro {
    /// `manifest_entry`, for files whose partition values have the given schema.
    static func entry(partition: AvroSchema) -> AvroSchema {
        AvroSchema(
            .record(
                name: "manifest_entry",
                fields: [
                    required("status", .int, id: 0),
                    optional("snapshot_id", AvroSchema(.long), id: 1),
                    optional("sequence_number", AvroSchema(.long), id: 3),
                    optional("file_sequence_number", AvroSchema(.long), id: 4),
                    AvroField("data_file", dataFile(partition: partition), attributes: ["field-id": 2]),
                ]))
    }

    private static func dataFile(partition: AvroSchema) -> AvroSchema {
        AvroSchema(
            .record(
                name: "r2",
                fields: [
                    required("content", .int, id: 134),
                    required("file_path", .string, id: 100),
                    required("file_format", .string, id: 101),
                    AvroField("partition", partition, attributes: ["field-id": 102]),
                    required("record_count", .long, id: 103),
                    required("file_size_in_bytes", .long, id: 104),
                    map("column_sizes", .long, id: 108, keyID: 117, valueID: 118),
                    map("value_counts", .long, id: 109, keyID: 119, valueID: 120),
                    map("null_value_counts", .long, id: 110, keyID: 121, valueID: 122),
                    map("nan_value_counts", .long, id: 137, keyID: 138, valueID: 139),
                    map("lower_bounds", .bytes, id: 125, keyID: 126, valueID: 127),
                    map("upper_bounds", .bytes, id: 128, keyID: 129, valueID: 130),
                    optional("key_metadata", AvroSchema(.bytes), id: 131),
                    list("split_offsets", .long, id: 132, elementID: 133),
                    list("equality_ids", .int, id: 135, elementID: 136),
                    optional("sort_order_id", AvroSchema(.int), id: 140),
                    optional("referenced_data_file", AvroSchema(.string), id: 143),
                ]))
    }

    /// `manifest_file`.
    static let file = AvroSchema(
        .record(
            name: "manifest_file",
            fields: [
                required("manifest_path", .string, id: 500),
                required("manifest_length", .long, id: 501),
                required("partition_spec_id", .int, id: 502),
                required("content", .int, id: 517),
                required("sequence_number", .long, id: 515),
                required("min_sequence_number", .long, id: 516),
                required("added_snapshot_id", .long, id: 503),
                required("added_files_count", .int, id: 504),
                required("existing_files_count", .int, id: 505),
                required("deleted_files_count", .int, id: 506),
                required("added_rows_count", .long, id: 512),
                required("existing_rows_count", .long, id: 513),
                required("deleted_rows_count", .long, id: 514),
                optional(
                    "partitions", AvroSchema(.array(partitionSummary), attributes: ["element-id": 508]), id: 507),
                optional("key_metadata", AvroSchema(.bytes), id: 519),
            ]))

    private static let partitionSummary = AvroSchema(
        .record(
            name: "r508",
            fields: [
                required("contains_null", .boolean, id: 509),
                optional("contains_nan", AvroSchema(.boolean), id: 518),
                optional("lower_bound", AvroSchema(.bytes), id: 510),
                optional("upper_bound", AvroSchema(.bytes), id: 511),
            ]))

    private static func required(_ name: String, _ shape: AvroSchema.Shape, id: Int) -> AvroField {
        AvroField(name, AvroSchema(shape), attributes: ["field-id": .integer(id)])
    }

    private static func optional(_ name: String, _ schema: AvroSchema, id: Int) -> AvroField {
        AvroField(name, .optional(schema), attributes: ["default": nil, "field-id": .integer(id)])
    }

    private static func list(_ name: String, _ element: AvroSchema.Shape, id: Int, elementID: Int) -> AvroField {
        let elements = AvroSchema(.array(AvroSchema(element)), attributes: ["element-id": .integer(elementID)])
        return optional(name, elements, id: id)
    }

    /// A map with int keys, which Avro has not: an array of pairs.
    private static func map(
        _ name: String, _ value: AvroSchema.Shape, id: Int, keyID: Int, valueID: Int
    ) -> AvroField {
        let pair = AvroSchema(
            .record(
                name: "k\(keyID)_v\(valueID)",
                fields: [required("key", .int, id: keyID), required("value", value, id: valueID)]))
        return optional(name, AvroSchema(.array(pair), attributes: ["logicalType": "map"]), id: id)
    }
}
