import Records

/// The physical types; the numbers are those of `Type` in parquet.thrift.
enum PhysicalType: Int32 {
    case boolean = 0
    case int32 = 1
    case int64 = 2
    /// Timestamps as older engines write them; only read.
    case int96 = 3
    case float = 4
    case double = 5
    case byteArray = 6
    case fixedLenByteArray = 7
}

/// The older annotations of physical types; the numbers are those of `ConvertedType` in parquet.thrift.
private enum ConvertedType: Int32 {
    case utf8 = 0
    case decimal = 5
    case date = 6
    case timestampMicros = 10
}

/// Whether rows must have a value; the numbers are those of `FieldRepetitionType` in parquet.thrift.
private enum Repetition: Int32 {
    case required = 0
    case optional = 1
}

extension FieldType {
    var physicalType: PhysicalType {
        switch self {
        case .boolean: .boolean
        case .int, .date: .int32
        case .long, .timestamp, .timestampWithZone: .int64
        case .float: .float
        case .double: .double
        case .text, .json: .byteArray
        case .decimal(let precision, _):
            switch DecimalLayout(precision: precision) {
            case .int32: .int32
            case .int64: .int64
            case .fixed: .fixedLenByteArray
            }
        }
    }

    /// The length of values of fixed length.
    var fixedByteCount: Int? {
        guard case .decimal(let precision, _) = self,
            case .fixed(let byteCount) = DecimalLayout(precision: precision)
        else { return nil }
        return byteCount
    }

    fileprivate var convertedType: ConvertedType? {
        switch self {
        case .text, .json: .utf8
        case .decimal: .decimal
        case .date: .date
        case .timestamp, .timestampWithZone: .timestampMicros
        case .boolean, .int, .long, .float, .double: nil
        }
    }
}

extension ParquetColumn {
    /// Writes the column's element of the schema.
    ///
    /// - SeeAlso: apache/parquet-format, parquet.thrift, `SchemaElement`
    func writeSchemaElement(to writer: inout ThriftWriter) {
        writer.structure { element in
            element.field(1, type.physicalType.rawValue)
            if let byteCount = type.fixedByteCount { element.field(2, Int32(byteCount)) }
            element.field(3, (isRequired ? Repetition.required : .optional).rawValue)
            element.field(4, name.utf8)
            if let converted = type.convertedType { element.field(6, converted.rawValue) }
            if case .decimal(let precision, let scale) = type {
                element.field(7, Int32(scale))
                element.field(8, Int32(precision))
            }
            element.field(9, fieldID)
            type.writeLogicalType(10, to: &element)
        }
    }

    /// Writes the element at the root of the schema, whose name means nothing.
    static func writeSchemaRoot(columnCount: Int, to writer: inout ThriftWriter) {
        writer.structure { root in
            root.field(4, "table".utf8)
            root.field(5, Int32(columnCount))
        }
    }
}

extension FieldType {
    /// Writes the logical type as a field of the schema element, where the physical type does not say it all.
    ///
    /// - SeeAlso: apache/parquet-format, parquet.thrift, `LogicalType`
    fileprivate func writeLogicalType(_ id: Int16, to element: inout ThriftWriter) {
        switch self {
        case .text, .json: element.field(id) { $0.field(1) { _ in } }
        case .decimal(let precision, let scale):
            element.field(id) { union in
                union.field(5) { decimal in
                    decimal.field(1, Int32(scale))
                    decimal.field(2, Int32(precision))
                }
            }
        case .date: element.field(id) { $0.field(6) { _ in } }
        case .timestamp: writeTimestamp(id, isAdjustedToUTC: false, to: &element)
        case .timestampWithZone: writeTimestamp(id, isAdjustedToUTC: true, to: &element)
        case .boolean, .int, .long, .float, .double: break
        }
    }

    private func writeTimestamp(_ id: Int16, isAdjustedToUTC: Bool, to element: inout ThriftWriter) {
        element.field(id) { union in
            union.field(8) { timestamp in
                timestamp.field(1, isAdjustedToUTC)
                // The unit is a union too; its second member means microseconds.
                timestamp.field(2) { $0.field(2) { _ in } }
            }
        }
    }
}
