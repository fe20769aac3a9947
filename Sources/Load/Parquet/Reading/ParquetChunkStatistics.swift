import NilusCore

/// What a file says of a column's values in a row group.
package struct ParquetChunkStatistics: Sendable, Hashable {
    /// Rows without a value; `nil` when the file does not say.
    package let nullCount: Int?
    /// What no value is below; `nil` when the file does not say, or in a way that cannot be relied on.
    package let lowerBound: ParquetBound?
    /// What no value is above.
    package let upperBound: ParquetBound?
}

extension ParquetFileReader {
    /// Tells what the file says of a column in a row group.
    ///
    /// NaN is outside of all bounds.
    ///
    /// - Returns: bounds of the column's type in the file, which may be narrower than the table's.
    /// - Throws: `schemaConflict` (terminal) when the column cannot be read.
    package func statistics(of wanted: ParquetColumn, inRowGroup number: Int) throws -> ParquetChunkStatistics {
        let rowCount = rowGroups[number].rowCount
        guard let column = try readableColumn(wanted), let values = column.values else {
            let shared = try sharedValue(of: wanted)
            return ParquetChunkStatistics(
                nullCount: shared == nil ? rowCount : 0, lowerBound: shared, upperBound: shared)
        }
        let found = metadata.rowGroups[number].chunks[column.position].statistics
        let nullCount = found.nullCount.flatMap(Int.init(exactly:)).flatMap { (0...rowCount).contains($0) ? $0 : nil }
        let places = metadata.hasColumnOrders ? (found.lower, found.upper) : (nil, nil)
        let signed = values.isOrderedBySign ? (found.signedLower, found.signedUpper) : (nil, nil)
        return ParquetChunkStatistics(
            nullCount: nullCount,
            lowerBound: bound(places.0 ?? signed.0, isExact: found.isLowerExact, values, isLower: true),
            upperBound: bound(places.1 ?? signed.1, isExact: found.isUpperExact, values, isLower: false))
    }

    private func bound(
        _ place: Range<Int>?, isExact: Bool?, _ values: StoredValues, isLower: Bool
    ) -> ParquetBound? {
        guard let place else { return nil }
        return footer.withUnsafeBytes { bytes in
            values.bound(UnsafeRawBufferPointer(rebasing: bytes[place]), isExact: isExact ?? false, isLower: isLower)
        }
    }
}

extension StoredValues {
    /// Whether the order of signed numbers is that of the values, so that the bounds of older writers hold.
    fileprivate var isOrderedBySign: Bool {
        switch meaning {
        case .number, .milliseconds, .nanoseconds, .float, .double, .decimal: true
        case .unsigned32, .unsigned64, .text, .decimalBytes: false
        }
    }

    /// Reads a bound in PLAIN encoding; `nil` when it is no bound of such values.
    fileprivate func bound(_ bytes: UnsafeRawBufferPointer, isExact: Bool, isLower: Bool) -> ParquetBound? {
        switch meaning {
        case .text: return .bytes(Array(bytes), isExact: isExact)
        case .decimalBytes: return (try? Self.unscaledValue(bytes)).map(ParquetBound.decimal)
        case .float where bytes.count == 4:
            return Self.bound(Double(Float(bitPattern: UInt32(truncatingIfNeeded: bytes.word(at: 0)))), isLower)
        case .double where bytes.count == 8: return Self.bound(Double(bitPattern: bytes.word(at: 0)), isLower)
        case .float, .double: return nil
        default: return integerBound(bytes)
        }
    }

    private func integerBound(_ bytes: UnsafeRawBufferPointer) -> ParquetBound? {
        let word = bytes.word(at: 0)
        let number: Int64
        switch (physicalType, bytes.count) {
        case (.boolean, 1): number = Int64(word)
        case (.int32, 4): number = Int64(Int32(truncatingIfNeeded: word))
        case (.int64, 8): number = Int64(bitPattern: word)
        // The order of INT96 is not defined.
        default: return nil
        }
        switch meaning {
        case .decimal: return .decimal(Int128(number))
        case .unsigned32: return .integer(Int64(UInt32(truncatingIfNeeded: number)))
        case .unsigned64: return number >= 0 ? .integer(number) : nil
        case .milliseconds:
            let (microseconds, overflow) = number.multipliedReportingOverflow(by: 1_000)
            return overflow ? nil : .integer(microseconds)
        case .nanoseconds: return .integer(number.flooredQuotient(by: 1_000))
        default: return .integer(number)
        }
    }

    /// Any zero bounds both zeros.
    private static func bound(_ value: Double, _ isLower: Bool) -> ParquetBound? {
        guard !value.isNaN else { return nil }
        return .double(value == 0 ? (isLower ? -0.0 : 0.0) : value)
    }
}
