/// The smallest or largest value of a column, or what stands for it.
package enum ParquetBound: Sendable, Hashable {
    /// A boolean (0, 1), an integer, a date or a timestamp.
    case integer(Int64)
    /// A float or a double, never NaN; zero is −0.0 as a lower and +0.0 as an upper bound.
    case double(Double)
    /// An unscaled decimal.
    case decimal(Int128)
    /// The UTF-8 bytes of a text. Unless it is exact, it is its beginning, changed so that it is still a bound.
    case bytes([UInt8], isExact: Bool)

    /// Whether a row has this very value.
    package var isExact: Bool {
        if case .bytes(_, let isExact) = self { isExact } else { true }
    }
}

extension ParquetBound {
    /// The bound as the statistics of a column hold it: in PLAIN encoding, a text without its length.
    ///
    /// - SeeAlso: apache/parquet-format, parquet.thrift, `Statistics`
    func statisticsBytes(_ type: PhysicalType, fixedByteCount: Int?) -> [UInt8] {
        switch self {
        case .integer(let value):
            switch type {
            case .boolean: [value == 0 ? 0 : 1]
            case .int32: littleEndianBytes(Int32(truncatingIfNeeded: value))
            default: littleEndianBytes(value)
            }
        case .double(let value):
            type == .float ? littleEndianBytes(Float(value).bitPattern) : littleEndianBytes(value.bitPattern)
        case .decimal(let value):
            switch type {
            case .int32: littleEndianBytes(Int32(truncatingIfNeeded: value))
            case .int64: littleEndianBytes(Int64(truncatingIfNeeded: value))
            default: littleEndianBytes(value).prefix(fixedByteCount ?? 0).reversed()
            }
        case .bytes(let bytes, _): bytes
        }
    }

    private func littleEndianBytes(_ value: some FixedWidthInteger) -> [UInt8] {
        withUnsafeBytes(of: value.littleEndian, Array.init)
    }
}
