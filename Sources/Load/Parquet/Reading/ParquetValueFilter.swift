import Records

/// Tells, from what a file says of a column in a row group, that the row group does not hold a value.
///
///     let filter = try await reader.valueFilter(of: column, inRowGroup: 3, usesBloomFilter: keys.count <= 100)
///     if keys.contains(where: filter.mayContain) { … }
package struct ParquetValueFilter: Sendable {
    private let statistics: ParquetChunkStatistics
    private let bloomFilter: ParquetBloomFilter?
    private let hasValues: Bool

    fileprivate init(_ statistics: ParquetChunkStatistics, _ bloomFilter: ParquetBloomFilter?, hasValues: Bool) {
        self.statistics = statistics
        self.bloomFilter = bloomFilter
        self.hasValues = hasValues
    }

    /// Whether some row may have a text of these UTF-8 bytes; `true` also when the file does not tell.
    package func mayContain(_ text: UnsafeRawBufferPointer) -> Bool {
        guard hasValues else { return false }
        if case .bytes(let lower, _)? = statistics.lowerBound, text.lexicographicallyPrecedes(lower) { return false }
        if case .bytes(let upper, _)? = statistics.upperBound, upper.lexicographicallyPrecedes(text) { return false }
        return bloomFilter?.mayContain(text) ?? true
    }

    /// Whether some row may have an integer, a boolean, a date or a timestamp; as above.
    package func mayContain(_ number: Int64) -> Bool {
        guard hasValues else { return false }
        if case .integer(let lower)? = statistics.lowerBound, number < lower { return false }
        if case .integer(let upper)? = statistics.upperBound, number > upper { return false }
        return bloomFilter?.mayContain(number) ?? true
    }

    /// Whether some row may have a decimal, given unscaled; as above.
    package func mayContain(_ unscaled: Int128) -> Bool {
        guard hasValues else { return false }
        if case .decimal(let lower)? = statistics.lowerBound, unscaled < lower { return false }
        if case .decimal(let upper)? = statistics.upperBound, unscaled > upper { return false }
        return bloomFilter?.mayContain(unscaled) ?? true
    }
}

extension ParquetFileReader {
    /// Reads what tells which values a column does not have in a row group.
    ///
    /// A Bloom filter costs a request, and takes one absent value in a hundred for a present one: it is worth
    /// reading for a hundred values or fewer, as one that seems present is enough for the row group to be read.
    ///
    /// - Throws: what ``statistics(of:inRowGroup:)`` and ``bloomFilter(of:inRowGroup:)`` throw.
    package func valueFilter(
        of column: ParquetColumn, inRowGroup number: Int, usesBloomFilter: Bool
    ) async throws -> ParquetValueFilter {
        let statistics = try statistics(of: column, inRowGroup: number)
        let hasValues = statistics.nullCount != rowGroups[number].rowCount
        let bloomFilter = usesBloomFilter && hasValues ? try await bloomFilter(of: column, inRowGroup: number) : nil
        return ParquetValueFilter(statistics, bloomFilter, hasValues: hasValues)
    }
}
