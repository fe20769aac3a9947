/// How decimals of a precision are stored: in the smallest type that holds all their digits.
///
/// - SeeAlso: apache/iceberg, format/spec.md, appendix A, "Parquet"
enum DecimalLayout: Equatable {
    case int32
    case int64
    /// FIXED_LEN_BYTE_ARRAY of so many bytes.
    case fixed(byteCount: Int)

    init(precision: Int) {
        switch precision {
        case ...9: self = .int32
        case ...18: self = .int64
        default: self = .fixed(byteCount: Self.minimalByteCount(precision: precision))
        }
    }

    /// The unscaled values of the precision: those of at most so many digits.
    static func unscaledValues(precision: Int) -> ClosedRange<Int128> {
        let largest = (0..<precision).reduce(Int128(0)) { nines, _ in nines * 10 + 9 }
        return -largest...largest
    }

    /// The fewest bytes whose two's complement holds every unscaled value of the precision.
    private static func minimalByteCount(precision: Int) -> Int {
        let largest = unscaledValues(precision: precision).upperBound
        let bitCount = Int128.bitWidth - largest.leadingZeroBitCount
        // One bit more for the sign.
        return bitCount / 8 + 1
    }
}
