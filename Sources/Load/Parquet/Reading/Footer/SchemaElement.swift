/// A column or a group of columns, as the footer lists them: each group before its members.
///
/// - SeeAlso: apache/parquet-format, parquet.thrift, `SchemaElement`
struct SchemaElement: Sendable {
    /// Whether rows must have a value, or may have several; the numbers of `FieldRepetitionType`.
    enum Repetition: Int32 {
        case required = 0
        case optional = 1
        case repeated = 2
    }

    var name = ""
    /// `nil` for a group.
    var physicalType: Int32?
    /// The length of values of fixed length.
    var typeLength: Int32?
    var repetition: Int32?
    var childCount: Int32?
    var convertedType: Int32?
    var scale: Int32?
    var precision: Int32?
    var fieldID: Int32?
    var logicalType: LogicalType?

    init(_ reader: inout ThriftReader) throws(ParquetFault) {
        var element = Self()
        try reader.structure { (reader, field) throws(ParquetFault) in
            switch field.id {
            case 1: element.physicalType = try reader.integer(field)
            case 2: element.typeLength = try reader.integer(field)
            case 3: element.repetition = try reader.integer(field)
            case 4: element.name = try reader.text(field)
            case 5: element.childCount = try reader.integer(field)
            case 6: element.convertedType = try reader.integer(field)
            case 7: element.scale = try reader.integer(field)
            case 8: element.precision = try reader.integer(field)
            case 9: element.fieldID = try reader.integer(field)
            case 10: element.logicalType = try LogicalType(&reader, field)
            default: try reader.skip(field)
            }
        }
        self = element
    }

    private init() {}
}

/// What values mean beyond their physical type.
///
/// - SeeAlso: apache/parquet-format, parquet.thrift, `LogicalType`
enum LogicalType: Sendable, Equatable {
    enum TimeUnit: Sendable {
        case milliseconds, microseconds, nanoseconds
    }

    case text
    case json
    case decimal(precision: Int, scale: Int)
    case date
    case timestamp(isAdjustedToUTC: Bool, TimeUnit)
    case integer(isSigned: Bool)
    /// A type that is not read, by its name.
    case other(String)

    /// Reads the union that a field holds; `nil` when it says nothing or something newer than this code.
    init?(_ reader: inout ThriftReader, _ field: ThriftReader.Field) throws(ParquetFault) {
        var found: LogicalType?
        try reader.structure(field) { (reader, member) throws(ParquetFault) in
            switch member.id {
            case 5: found = try Self.decimal(&reader, member)
            case 8: found = try Self.timestamp(&reader, member)
            case 10: found = try Self.integer(&reader, member)
            default:
                found = Self.simple(member.id)
                try reader.skip(member)
            }
        }
        guard let found else { return nil }
        self = found
    }

    /// The members of the union that have nothing inside, or nothing that matters.
    private static func simple(_ id: Int16) -> LogicalType? {
        switch id {
        // ENUM is the text of a name.
        case 1, 4: .text
        case 2: .other("map")
        case 3: .other("list")
        case 6: .date
        case 7: .other("time")
        case 12: .json
        case 13: .other("bson")
        case 14: .other("uuid")
        case 15: .other("float16")
        case 16: .other("variant")
        case 17: .other("geometry")
        case 18: .other("geography")
        default: nil
        }
    }

    private static func decimal(
        _ reader: inout ThriftReader, _ member: ThriftReader.Field
    ) throws(ParquetFault) -> LogicalType {
        var scale: Int32 = 0
        var precision: Int32 = 0
        try reader.structure(member) { (reader, field) throws(ParquetFault) in
            switch field.id {
            case 1: scale = try reader.integer(field)
            case 2: precision = try reader.integer(field)
            default: try reader.skip(field)
            }
        }
        return .decimal(precision: Int(precision), scale: Int(scale))
    }

    private static func timestamp(
        _ reader: inout ThriftReader, _ member: ThriftReader.Field
    ) throws(ParquetFault) -> LogicalType {
        var isAdjustedToUTC = false
        var unit: TimeUnit?
        try reader.structure(member) { (reader, field) throws(ParquetFault) in
            switch field.id {
            case 1: isAdjustedToUTC = try reader.boolean(field)
            case 2: unit = try Self.unit(&reader, field)
            default: try reader.skip(field)
            }
        }
        guard let unit else { throw ParquetFault("a timestamp without a unit") }
        return .timestamp(isAdjustedToUTC: isAdjustedToUTC, unit)
    }

    private static func unit(
        _ reader: inout ThriftReader, _ field: ThriftReader.Field
    ) throws(ParquetFault) -> TimeUnit? {
        var unit: TimeUnit?
        try reader.structure(field) { (reader, member) throws(ParquetFault) in
            switch member.id {
            case 1: unit = .milliseconds
            case 2: unit = .microseconds
            case 3: unit = .nanoseconds
            default: break
            }
            try reader.skip(member)
        }
        return unit
    }

    private static func integer(
        _ reader: inout ThriftReader, _ member: ThriftReader.Field
    ) throws(ParquetFault) -> LogicalType {
        var isSigned = true
        try reader.structure(member) { (reader, field) throws(ParquetFault) in
            if field.id == 2 {
                isSigned = try reader.boolean(field)
            } else {
                try reader.skip(field)
            }
        }
        return .integer(isSigned: isSigned)
    }
}
