import Avro
import JSON
import Records

/// - SeeAlso: Iceberg Table Spec, Appendix A, "Avro", "Data Type Mappings".
extension IcebergType {
    /// The Avro schema of values; `nil` for nested types and those of later versions.
    var avro: AvroSchema? {
        switch self {
        case .column(let type): type.avro
        case .other(.string("binary")): AvroSchema(.bytes)
        case .other(.string("uuid")):
            AvroSchema(.fixed(name: "uuid_fixed", size: 16), attributes: ["logicalType": "uuid"])
        case .other(.string("time")): AvroSchema(.long, attributes: ["logicalType": "time-micros"])
        case .other(.string(let name)): Self.fixedSize(name).map { AvroSchema(.fixed(name: "fixed_\($0)", size: $0)) }
        case .other: nil
        }
    }

    private static func fixedSize(_ name: String) -> Int? {
        guard name.hasPrefix("fixed["), name.hasSuffix("]") else { return nil }
        return Int32(name.dropFirst(6).dropLast()).flatMap { $0 > 0 ? Int($0) : nil }
    }

    /// The type of values that a manifest holds, as far as their form tells.
    init(avro schema: AvroSchema) {
        let logical = schema.attributes["logicalType"]?.string
        switch (schema.shape, logical) {
        case (.boolean, _): self = .column(.boolean)
        case (.int, "date"): self = .column(.date)
        case (.int, _): self = .column(.int)
        case (.long, "time-micros"): self = .other("time")
        case (.long, _): self = .column(.long)
        case (.float, _): self = .column(.float)
        case (.double, _): self = .column(.double)
        case (.string, _): self = .column(.text)
        case (.bytes, "decimal"), (.fixed, "decimal"): self = Self.decimal(schema.attributes)
        case (.fixed, "uuid"): self = .other("uuid")
        case (.fixed(_, let size), _): self = .other(.string("fixed[\(size)]"))
        default: self = .other("binary")
        }
    }

    private static func decimal(_ attributes: JSONObject) -> IcebergType {
        func number(_ name: String) -> Int? { attributes[name]?.integer.flatMap { Int(exactly: $0) } }
        return .column(.decimal(precision: number("precision") ?? 38, scale: number("scale") ?? 0))
    }

    /// The bytes of a value alone, as bounds are kept; `nil` when it is not of the type.
    func bytes(of value: SingleValue) -> [UInt8]? {
        switch (self, value) {
        case (.column(let type), _): value.bytes(of: type)
        case (.other, .bytes(let bytes)): bytes
        case (.other("time"), .integer): value.bytes(of: .long)
        default: nil
        }
    }
}

extension FieldType {
    fileprivate var avro: AvroSchema {
        switch self {
        case .boolean: AvroSchema(.boolean)
        case .int: AvroSchema(.int)
        case .long: AvroSchema(.long)
        case .float: AvroSchema(.float)
        case .double: AvroSchema(.double)
        case .date: AvroSchema(.int, attributes: ["logicalType": "date"])
        case .timestamp: Self.timestamp(isAdjusted: false)
        case .timestampWithZone: Self.timestamp(isAdjusted: true)
        case .text, .json: AvroSchema(.string)
        case .decimal(let precision, let scale):
            AvroSchema(
                .fixed(name: "decimal_\(precision)_\(scale)", size: Self.byteCount(ofDigits: precision)),
                attributes: [
                    "logicalType": "decimal", "precision": .integer(precision), "scale": .integer(scale),
                ])
        }
    }

    private static func timestamp(isAdjusted: Bool) -> AvroSchema {
        AvroSchema(.long, attributes: ["logicalType": "timestamp-micros", "adjust-to-utc": .boolean(isAdjusted)])
    }

    /// The fewest bytes that hold every number of so many digits, with its sign.
    private static func byteCount(ofDigits precision: Int) -> Int {
        var largest: Int128 = 0
        for _ in 0..<min(precision, 38) { largest = largest * 10 + 9 }
        return (128 - largest.leadingZeroBitCount) / 8 + 1
    }
}
