package import Records

extension SingleValue {
    /// Reads a bound of a data file or a partition summary, whoever wrote it.
    ///
    /// A column that was widened since (int to long, float to double) still has its old, shorter bounds.
    ///
    /// - Returns: `nil` when the bytes are no value of the type.
    package init?(_ bytes: [UInt8], of type: FieldType) {
        switch type {
        case .boolean where bytes.count == 1: self = .integer(bytes[0] == 0 ? 0 : 1)
        case .int, .long, .date, .timestamp, .timestampWithZone:
            guard let number = Self.signed(bytes) else { return nil }
            self = .integer(number)
        case .float, .double:
            guard let number = Self.floating(bytes) else { return nil }
            self = .double(number)
        case .decimal where (1...16).contains(bytes.count):
            let start: Int128 = bytes[0] >= 0x80 ? -1 : 0
            self = .decimal(bytes.reduce(start) { $0 << 8 | Int128($1) })
        case .text, .json: self = .text(bytes)
        default: return nil
        }
    }

    private static func signed(_ bytes: [UInt8]) -> Int64? {
        switch bytes.count {
        case 4: bytes.withUnsafeBytes { Int64(Int32(littleEndian: $0.loadUnaligned(as: Int32.self))) }
        case 8: bytes.withUnsafeBytes { Int64(littleEndian: $0.loadUnaligned(as: Int64.self)) }
        default: nil
        }
    }

    private static func floating(_ bytes: [UInt8]) -> Double? {
        switch bytes.count {
        case 4:
            bytes.withUnsafeBytes { Double(Float(bitPattern: UInt32(littleEndian: $0.loadUnaligned(as: UInt32.self)))) }
        case 8: bytes.withUnsafeBytes { Double(bitPattern: UInt64(littleEndian: $0.loadUnaligned(as: UInt64.self))) }
        default: nil
        }
    }
}
