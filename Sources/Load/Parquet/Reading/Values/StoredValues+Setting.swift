import NilusCore
import Records

extension StoredValues {
    /// Gives the first rows of a column numbers.
    ///
    /// - Parameters:
    ///   - numbers: a value for each row that has one.
    ///   - levels: for each row 1 or 0; `nil` when each has a value.
    ///   - output: an empty column of a type that the values fit.
    /// - Throws: `ParquetFault` when a value is out of the type's range.
    func set(
        _ numbers: UnsafeBufferPointer<Int64>, _ levels: UnsafeBufferPointer<UInt32>?, in output: Column
    ) throws(ParquetFault) {
        switch meaning {
        case .number, .text, .decimalBytes: try forEachRow(numbers, levels) { output.set($1, inRow: $0) }
        case .float:
            try forEachRow(numbers, levels) { row, bits in
                output.set(Double(Float(bitPattern: UInt32(truncatingIfNeeded: bits))), inRow: row)
            }
        case .double:
            try forEachRow(numbers, levels) { row, bits in
                output.set(Double(bitPattern: UInt64(bitPattern: bits)), inRow: row)
            }
        case .decimal: try forEachRow(numbers, levels) { output.set(Int128($1), inRow: $0) }
        case .unsigned32:
            try forEachRow(numbers, levels) { output.set(Int64(UInt32(truncatingIfNeeded: $1)), inRow: $0) }
        case .unsigned64:
            try forEachRow(numbers, levels) { (row, value) throws(ParquetFault) in
                guard value >= 0 else { throw ParquetFault("an unsigned number of more than 63 bits") }
                output.set(value, inRow: row)
            }
        case .milliseconds:
            try forEachRow(numbers, levels) { (row, value) throws(ParquetFault) in
                let (microseconds, overflow) = value.multipliedReportingOverflow(by: 1_000)
                guard !overflow else { throw ParquetFault("a timestamp that is out of range") }
                output.set(microseconds, inRow: row)
            }
        case .nanoseconds: try forEachRow(numbers, levels) { output.set($1.flooredQuotient(by: 1_000), inRow: $0) }
        }
    }

    /// Gives the first rows of a column texts or decimals; the parameters are as above.
    func set(
        _ texts: UnsafeBufferPointer<UnsafeRawBufferPointer>, _ levels: UnsafeBufferPointer<UInt32>?,
        in output: Column
    ) throws(ParquetFault) {
        guard meaning == .decimalBytes else {
            try forEachRow(texts, levels) { output.set($1, inRow: $0) }
            return
        }
        try forEachRow(texts, levels) { (row, bytes) throws(ParquetFault) in
            output.set(try Self.unscaledValue(bytes), inRow: row)
        }
    }

    @inline(__always)
    private func forEachRow<Value>(
        _ values: UnsafeBufferPointer<Value>, _ levels: UnsafeBufferPointer<UInt32>?,
        _ body: (Int, Value) throws(ParquetFault) -> Void
    ) throws(ParquetFault) {
        guard let levels else {
            for row in 0..<values.count { try body(row, values[row]) }
            return
        }
        var position = 0
        for row in 0..<levels.count where levels[row] != 0 {
            try body(row, values[position])
            position &+= 1
        }
    }

    /// Reads two's complement, the highest byte first, of any length whose value fits.
    static func unscaledValue(_ bytes: UnsafeRawBufferPointer) throws(ParquetFault) -> Int128 {
        guard let first = bytes.first else { throw ParquetFault("a decimal of no bytes") }
        let sign: UInt8 = first & 0x80 == 0 ? 0 : 0xFF
        let extra = max(0, bytes.count - Int128.bitWidth / 8)
        var value: Int128 = sign == 0 ? 0 : -1
        for byte in bytes.dropFirst(extra) { value = value << 8 | Int128(byte) }
        guard bytes.prefix(extra).allSatisfy({ $0 == sign }), (value < 0) == (sign != 0) else {
            throw ParquetFault("a decimal of more than 128 bits")
        }
        return value
    }
}
