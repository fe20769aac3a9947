package import Records

/// A column of a file that somebody wrote; a member of a nested column is one too.
package struct ParquetFileColumn: Sendable {
    /// The name; of a member of a nested column, with the names of all it lies in, joined by dots.
    package let name: String
    /// The id under which Iceberg knows the column; `nil` when the writer gave none.
    package internal(set) var fieldID: Int32?
    /// What the values are; `nil` for columns that cannot be read.
    package var type: FieldType? { values?.type }
    /// Whether each row has a value.
    package let isRequired: Bool

    /// The position among the leaves of the schema, which is that of its chunk in each row group.
    let position: Int
    /// The type in the file's own words, for messages.
    let storedType: String
    /// How values are read; `nil` when they cannot be.
    let values: StoredValues?
    /// Whether the column lies in a group, or has several values a row.
    let isNested: Bool
}

/// How the values of a column are stored, and what they mean.
struct StoredValues: Sendable, Equatable {
    /// How a stored value becomes one of a ``Column``.
    enum Meaning: Sendable, Equatable {
        /// The number itself: booleans, integers, dates, microseconds.
        case number
        /// The bits of an unsigned number of 32 or 64 bits.
        case unsigned32, unsigned64
        /// Times of other units than microseconds, in the end rounded towards the past.
        case milliseconds, nanoseconds
        case float, double
        /// The unscaled value of a decimal.
        case decimal
        case text
        /// The unscaled value of a decimal in two's complement, the highest byte first.
        case decimalBytes
    }

    let physicalType: PhysicalType
    /// The length of values of fixed length.
    let fixedByteCount: Int
    let meaning: Meaning
    let type: FieldType
}

extension StoredValues {
    /// Finds out how to read a column; `nil` when its values have no place in a ``Column``.
    init?(_ element: SchemaElement) {
        guard let physicalType = element.physicalType.flatMap(PhysicalType.init(rawValue:)),
            let (meaning, type) = Self.meaning(physicalType, element.meaning)
        else { return nil }
        let fixedByteCount = Int(element.typeLength ?? 0)
        if physicalType == .fixedLenByteArray {
            guard fixedByteCount > 0, fixedByteCount <= Self.largestFixedBytes else { return nil }
        }
        self.init(physicalType: physicalType, fixedByteCount: fixedByteCount, meaning: meaning, type: type)
    }

    /// Values of fixed length are decimals, which have 16 bytes but for some engine's leading zeros.
    private static let largestFixedBytes = 64

    private static func meaning(_ physical: PhysicalType, _ logical: LogicalType?) -> (Meaning, FieldType)? {
        switch (physical, logical) {
        case (.boolean, nil): (.number, .boolean)
        case (.int32, nil), (.int32, .integer(isSigned: true)): (.number, .int)
        case (.int32, .integer(isSigned: false)): (.unsigned32, .long)
        case (.int32, .date): (.number, .date)
        case (.int64, nil), (.int64, .integer(isSigned: true)): (.number, .long)
        case (.int64, .integer(isSigned: false)): (.unsigned64, .long)
        case (.int64, .timestamp(let isAdjustedToUTC, let unit)):
            (meaning(unit), isAdjustedToUTC ? .timestampWithZone : .timestamp)
        case (.int96, nil): (.number, .timestampWithZone)
        case (.float, nil): (.float, .float)
        case (.double, nil): (.double, .double)
        // Engines of old write texts without saying so.
        case (.byteArray, nil), (.byteArray, .text): (.text, .text)
        case (.byteArray, .json): (.text, .json)
        case (.int32, .decimal(let precision, let scale)), (.int64, .decimal(let precision, let scale)):
            decimal(.decimal, precision, scale)
        case (.byteArray, .decimal(let precision, let scale)),
            (.fixedLenByteArray, .decimal(let precision, let scale)):
            decimal(.decimalBytes, precision, scale)
        default: nil
        }
    }

    private static func meaning(_ unit: LogicalType.TimeUnit) -> Meaning {
        switch unit {
        case .milliseconds: .milliseconds
        case .microseconds: .number
        case .nanoseconds: .nanoseconds
        }
    }

    private static func decimal(_ meaning: Meaning, _ precision: Int, _ scale: Int) -> (Meaning, FieldType)? {
        guard (1...38).contains(precision), (0...precision).contains(scale) else { return nil }
        return (meaning, .decimal(precision: precision, scale: scale))
    }

    /// Whether the values are values of a table's type too, as they are or widened.
    ///
    /// Whether a timestamp has a zone is the table's to say: both are the same microseconds.
    func fit(_ wanted: FieldType) -> Bool {
        switch (type, wanted) {
        case (.int, .long), (.float, .double), (.timestamp, .timestampWithZone), (.timestampWithZone, .timestamp),
            (.text, .json), (.json, .text):
            true
        case (.decimal(let precision, let scale), .decimal(let wantedPrecision, let wantedScale)):
            scale == wantedScale && precision <= wantedPrecision
        default: type == wanted
        }
    }
}

extension SchemaElement {
    /// What the values mean: the logical type, or what the older annotation says.
    ///
    /// - SeeAlso: apache/parquet-format, LogicalTypes.md, "Compatibility"
    var meaning: LogicalType? {
        if let logicalType { return logicalType }
        guard let convertedType else { return nil }
        return switch convertedType {
        case 0, 4: .text
        case 5: .decimal(precision: Int(precision ?? 0), scale: Int(scale ?? 0))
        case 6: .date
        case 9: .timestamp(isAdjustedToUTC: true, .milliseconds)
        case 10: .timestamp(isAdjustedToUTC: true, .microseconds)
        case 11...14: .integer(isSigned: false)
        case 15...18: .integer(isSigned: true)
        case 19: .json
        case 1, 2: .other("map")
        case 3: .other("list")
        case 7, 8: .other("time")
        case 20: .other("bson")
        case 21: .other("interval")
        default: .other("annotation \(convertedType)")
        }
    }

    /// The type in the words of the file.
    var storedType: String {
        let names: [Int32: String] = [
            0: "BOOLEAN", 1: "INT32", 2: "INT64", 3: "INT96", 4: "FLOAT", 5: "DOUBLE", 6: "BYTE_ARRAY",
            7: "FIXED_LEN_BYTE_ARRAY(\(typeLength ?? 0))",
        ]
        let physical = physicalType.map { names[$0] ?? "physical type \($0)" } ?? "a group"
        return switch meaning {
        case nil: physical
        case .text: "\(physical), string"
        case .json: "\(physical), json"
        case .decimal(let precision, let scale): "\(physical), decimal(\(precision), \(scale))"
        case .date: "\(physical), date"
        case .timestamp: "\(physical), timestamp"
        case .integer(let isSigned): "\(physical), \(isSigned ? "signed" : "unsigned")"
        case .other(let name): "\(physical), \(name)"
        }
    }
}
