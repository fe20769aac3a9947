import Avro
import JSON
import NilusCore

/// The types of the partition values of a spec, and the Avro record that holds them in a manifest file.
///
/// A field's type follows from its transform and its column, which may be gone by now: then an earlier
/// schema has it. Where nothing tells, the manifest that the values come from does.
struct PartitionType {
    struct Field {
        let id: Int
        let type: IcebergType
        let avro: AvroSchema
        let name: String
    }

    let fields: [Field]

    /// - Throws: `sinkRefused` (terminal) when the type of a field is not known.
    init(_ spec: PartitionSpec, of table: TableMetadata, as found: AvroSchema? = nil) throws(NilusError) {
        let schemas = [table.currentSchema] + table.schemas.reversed()
        var fields: [Field] = []
        for field in spec.fields {
            guard let typed = Self.derived(field, schemas) ?? Self.found(field, at: fields.count, in: found) else {
                throw .partitionTypeUnknown(field, of: table)
            }
            fields.append(Field(id: field.fieldID, type: typed.type, avro: typed.avro, name: field.name))
        }
        self.fields = fields
    }

    private static func derived(
        _ field: PartitionField, _ schemas: [IcebergSchema]
    ) -> (type: IcebergType, avro: AvroSchema)? {
        guard let sourceID = field.sourceID,
            let source = schemas.lazy.compactMap({ $0.type(ofFieldWithID: sourceID) }).first,
            let type = field.transform.resultType(of: source), let avro = type.avro
        else { return nil }
        return (type, avro)
    }

    private static func found(
        _ field: PartitionField, at position: Int, in record: AvroSchema?
    ) -> (type: IcebergType, avro: AvroSchema)? {
        guard let record, let found = PartitionRecord(record).field(withID: field.fieldID) else { return nil }
        return (IcebergType(avro: found), found)
    }

    /// The record of a manifest file, field by field in the order of the spec, each of which may be null.
    var avro: AvroSchema {
        AvroSchema(
            .record(
                name: "r102",
                fields: fields.map { field in
                    let name = AvroName.sanitized(field.name)
                    var attributes: JSONObject = ["default": nil, "field-id": .integer(field.id)]
                    // So that the field can be found by the name that it has in the table.
                    if name != field.name { attributes["iceberg-field-name"] = .string(field.name) }
                    return AvroField(name, .optional(field.avro), attributes: attributes)
                }))
    }

    /// The values of a file in the form of ``avro``.
    ///
    /// - Throws: `ManifestFault` when a field has no entry, or a value is not of its type.
    func avro(_ partition: FilePartition) throws(ManifestFault) -> AvroValue {
        var values: [AvroValue] = []
        for field in fields {
            guard let entry = partition.values[field.id] else {
                throw ManifestFault("no entry for partition field '\(field.name)'")
            }
            guard let value = entry else {
                values.append(.optional(nil))
                continue
            }
            guard let avro = value.avro(field.avro) else {
                throw ManifestFault("a value of partition field '\(field.name)' that is no \(field.type)")
            }
            values.append(.optional(avro))
        }
        return .record(values)
    }
}

/// The partition record of a manifest file of whatever writer.
struct PartitionRecord {
    private let fields: [(id: Int, schema: AvroSchema)]

    init(_ schema: AvroSchema) {
        let withIDs = AvroFieldPositions(schema).idsByPosition
        fields = (schema.withoutNull.fields ?? []).enumerated().map { position, field in
            (withIDs[position] ?? PartitionField.firstID + position, field.schema.withoutNull)
        }
    }

    func field(withID id: Int) -> AvroSchema? {
        fields.first { $0.id == id }?.schema
    }

    func partition(_ value: AvroValue, specID: Int32) throws(ManifestFault) -> FilePartition {
        guard let values = value.fieldValues, values.count == fields.count else {
            throw ManifestFault("no record in field 'partition'")
        }
        var partition: [Int: SingleValue?] = [:]
        for (field, value) in zip(fields, values) {
            let found = SingleValue(value.unwrapped, field.schema)
            guard found != nil || value.unwrapped == .null else {
                throw ManifestFault("a partition value that is not of a primitive type")
            }
            partition.updateValue(found, forKey: field.id)
        }
        return FilePartition(specID: specID, values: partition)
    }
}

extension NilusError {
    fileprivate static func partitionTypeUnknown(_ field: PartitionField, of table: TableMetadata) -> NilusError {
        NilusError(
            .load, .sinkRefused,
            "cannot write manifests of table at '\(table.location)': the type of partition field '\(field)' is not "
                + "known; replace the partition spec with the engine that made it")
    }
}
