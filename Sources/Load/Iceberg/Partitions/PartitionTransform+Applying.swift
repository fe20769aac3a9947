import NilusCore
package import Records

extension PartitionTransform {
    /// Whether values of a type can be transformed.
    package func takes(_ type: FieldType) -> Bool {
        switch self {
        case .identity, .void: true
        case .year, .month, .day: type == .date || type.isTimestamp
        case .hour: type.isTimestamp
        case .truncate: type.isWhole || type.storage == .decimals || type.storage == .text
        case .bucket:
            type.isWhole || type == .date || type.isTimestamp || type.storage == .decimals || type.storage == .text
        case .unknown: false
        }
    }

    /// The partition value of a column's value.
    ///
    /// - Precondition: the transform takes the type, and the value is of it.
    /// - Returns: `nil` for null, which only `void` makes of a value.
    package func value(of value: SingleValue, type: FieldType) -> SingleValue? {
        switch (self, value) {
        case (.identity, _): value
        case (.bucket(let count), _): value.hash.map { .integer(Int64($0 & 0x7FFF_FFFF) % Int64(count)) }
        case (.truncate(let width), _): value.truncated(to: width)
        case (.year, .integer(let number)): .integer(CivilDay(daysSinceEpoch: type.days(number)).year - 1_970)
        case (.month, .integer(let number)): .integer(CivilDay(daysSinceEpoch: type.days(number)).monthsSinceEpoch)
        case (.day, .integer(let number)): .integer(type.days(number))
        case (.hour, .integer(let number)): .integer(number.flooredQuotient(by: 3_600_000_000))
        default: nil
        }
    }
}

extension FieldType {
    fileprivate var isTimestamp: Bool { self == .timestamp || self == .timestampWithZone }

    fileprivate var isWhole: Bool { self == .int || self == .long }

    /// The days since the epoch of a date or a timestamp.
    fileprivate func days(_ number: Int64) -> Int64 {
        self == .date ? number : number.flooredQuotient(by: 86_400_000_000)
    }
}

extension CivilDay {
    fileprivate var monthsSinceEpoch: Int64 { (year - 1_970) * 12 + month - 1 }
}

extension SingleValue {
    /// The hash that buckets are made of; whole numbers, dates and times are hashed as 64 bits.
    fileprivate var hash: UInt32? {
        switch self {
        case .integer(let value): withUnsafeBytes(of: value.littleEndian) { MurmurHash3.hash($0) }
        case .decimal(let value): MurmurHash3.hash(Self.shortestBigEndian(value))
        case .text(let bytes), .bytes(let bytes): MurmurHash3.hash(bytes)
        case .double: nil
        }
    }

    /// The multiple of the width at or below a number, the first characters of a text.
    fileprivate func truncated(to width: Int) -> SingleValue? {
        switch self {
        // Wraps at the end of the range, as other implementations do.
        case .integer(let value): return .integer(value &- Self.remainder(value, Int64(width)))
        case .decimal(let value): return .decimal(value &- Self.remainder(value, Int128(width)))
        case .text(let utf8):
            let scalars = String(decoding: utf8, as: UTF8.self).unicodeScalars.prefix(width)
            return .text(Array(String(String.UnicodeScalarView(scalars)).utf8))
        case .bytes(let bytes): return .bytes(Array(bytes.prefix(width)))
        case .double: return nil
        }
    }

    /// The remainder that is never negative.
    private static func remainder<Number: FixedWidthInteger>(_ value: Number, _ width: Number) -> Number {
        (value % width + width) % width
    }
}
