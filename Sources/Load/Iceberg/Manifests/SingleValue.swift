package import Records

/// A value of a column by itself, as the metrics of a data file hold it.
///
/// | type | bytes |
/// |---|---|
/// | boolean | 1: 0 or 1 |
/// | int, date, float | 4, little-endian |
/// | long, timestamp, timestamptz, double | 8, little-endian |
/// | decimal | two's complement of the unscaled value, big-endian, as few bytes as hold it |
/// | string | UTF-8 |
/// | binary, fixed, uuid | as they are |
///
/// - SeeAlso: Iceberg Table Spec, Appendix D, "Binary single-value serialization".
package enum SingleValue: Sendable {
    /// Booleans (0, 1), integers, dates and timestamps.
    case integer(Int64)
    case double(Double)
    /// An unscaled decimal.
    case decimal(Int128)
    /// UTF-8, whole.
    case text([UInt8])
    /// Binary, fixed and uuid, which only other engines fill.
    case bytes([UInt8])

    /// Text bounds are cut to this many characters, as other engines do by default
    /// (`write.metadata.metrics.default` = `truncate(16)`).
    static let maximumTextCharacters = 16

    /// The value as a lower bound: not above it.
    ///
    /// - Returns: `nil` when the type has no bounds (JSON text, NaN) or is not the value's.
    package func lowerBound(of type: FieldType) -> [UInt8]? {
        switch self {
        // −0.0 comes before +0.0, and a minimum of zero may stand for both.
        case .double(0): SingleValue.double(-0.0).bytes(of: type)
        case .text(let utf8) where type == .text: Self.truncated(utf8)
        default: bytes(of: type)
        }
    }

    /// The value as an upper bound: not below it.
    ///
    /// - Returns: `nil` for the same reasons as ``lowerBound(of:)``, and when a long text has no successor.
    package func upperBound(of type: FieldType) -> [UInt8]? {
        switch self {
        case .double(0): SingleValue.double(0.0).bytes(of: type)
        case .text(let utf8) where type == .text: Self.successorOfTruncated(utf8)
        default: bytes(of: type)
        }
    }

    /// The value as it is, whole.
    package func bytes(of type: FieldType) -> [UInt8]? {
        switch (type, self) {
        case (.boolean, .integer(let value)): [value == 0 ? 0 : 1]
        case (.int, .integer(let value)), (.date, .integer(let value)):
            Int32(exactly: value).map(Self.littleEndian)
        case (.long, .integer(let value)), (.timestamp, .integer(let value)), (.timestampWithZone, .integer(let value)):
            Self.littleEndian(value)
        case (.float, .double(let value)) where !value.isNaN: Self.littleEndian(Float(value).bitPattern)
        case (.double, .double(let value)) where !value.isNaN: Self.littleEndian(value.bitPattern)
        case (.decimal, .decimal(let value)): Self.shortestBigEndian(value)
        case (.text, .text(let utf8)): utf8
        default: nil
        }
    }

    private static func littleEndian(_ value: some FixedWidthInteger) -> [UInt8] {
        withUnsafeBytes(of: value.littleEndian) { Array($0) }
    }

    static func shortestBigEndian(_ value: Int128) -> [UInt8] {
        let whole = withUnsafeBytes(of: value.bigEndian) { Array($0) }
        let filler: UInt8 = value < 0 ? 0xFF : 0
        // A leading byte is needless when it repeats the sign that the next byte shows.
        let needless = zip(whole, whole.dropFirst()).prefix { $0 == filler && ($1 ^ filler) < 0x80 }.count
        return Array(whole.dropFirst(needless))
    }

    private static func truncated(_ utf8: [UInt8]) -> [UInt8] {
        let scalars = String(decoding: utf8, as: UTF8.self).unicodeScalars.prefix(maximumTextCharacters)
        return Array(String(String.UnicodeScalarView(scalars)).utf8)
    }

    /// The least text of at most 16 characters that is not below the given one.
    private static func successorOfTruncated(_ utf8: [UInt8]) -> [UInt8]? {
        let scalars = Array(String(decoding: utf8, as: UTF8.self).unicodeScalars.prefix(maximumTextCharacters + 1))
        guard scalars.count > maximumTextCharacters else { return utf8 }
        var kept = scalars.dropLast()
        while let last = kept.popLast() {
            // The values D800…DFFF are halves of surrogate pairs and no characters.
            let next = last.value == 0xD7FF ? 0xE000 : last.value + 1
            guard let successor = Unicode.Scalar(next) else { continue }
            return Array(String(String.UnicodeScalarView(kept + [successor])).utf8)
        }
        return nil
    }
}

/// Floating point numbers are the same when their bits are, but for NaN, of which there is one: so
/// −0.0 and +0.0 are two partitions and all NaN one, as in the reference implementation.
extension SingleValue: Hashable {
    /// Compares type and value.
    package static func == (left: SingleValue, right: SingleValue) -> Bool {
        switch (left, right) {
        case (.integer(let left), .integer(let right)): left == right
        case (.double(let left), .double(let right)): bits(left) == bits(right)
        case (.decimal(let left), .decimal(let right)): left == right
        case (.text(let left), .text(let right)), (.bytes(let left), .bytes(let right)): left == right
        default: false
        }
    }

    /// Feeds the value to a hasher.
    package func hash(into hasher: inout Hasher) {
        switch self {
        case .integer(let value): hasher.combine(value)
        case .double(let value): hasher.combine(Self.bits(value))
        case .decimal(let value): hasher.combine(value)
        case .text(let bytes), .bytes(let bytes): hasher.combine(bytes)
        }
    }

    private static func bits(_ number: Double) -> UInt64 {
        number.isNaN ? Double.nan.bitPattern : number.bitPattern
    }
}
