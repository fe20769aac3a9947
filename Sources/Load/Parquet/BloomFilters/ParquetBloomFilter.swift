import Records

/// A Bloom filter of a file: tells whether a row group may have a value in a column.
package struct ParquetBloomFilter: Sendable {
    private let filter: SplitBlockFilter
    private let values: StoredValues

    init(_ filter: SplitBlockFilter, of values: StoredValues) {
        self.filter = filter
        self.values = values
    }

    /// Whether some row may have a text of these UTF-8 bytes; `true` also when the filter cannot tell.
    package func mayContain(_ text: UnsafeRawBufferPointer) -> Bool {
        values.meaning != .text || filter.mayContain(XXHash64.hash(text))
    }

    /// Whether some row may have an integer, a date or a timestamp; `true` also when the filter cannot tell.
    package func mayContain(_ number: Int64) -> Bool {
        guard values.meaning == .number else { return true }
        switch values.physicalType {
        case .int32: return Int32(exactly: number).map { filter.mayContain(XXHash64.hash($0)) } ?? false
        case .int64: return filter.mayContain(XXHash64.hash(number))
        default: return true
        }
    }

    /// Whether some row may have a decimal, given unscaled; `true` also when the filter cannot tell.
    package func mayContain(_ unscaled: Int128) -> Bool {
        switch (values.meaning, values.physicalType) {
        case (.decimal, .int32): Int32(exactly: unscaled).map { filter.mayContain(XXHash64.hash($0)) } ?? false
        case (.decimal, .int64): Int64(exactly: unscaled).map { filter.mayContain(XXHash64.hash($0)) } ?? false
        case (.decimalBytes, .fixedLenByteArray): mayContainFixed(unscaled)
        default: true
        }
    }

    private func mayContainFixed(_ unscaled: Int128) -> Bool {
        let minimal = withUnsafeBytes(of: unscaled.bigEndian, Array.init)
        let sign: UInt8 = unscaled < 0 ? 0xFF : 0
        let excess = minimal.count - values.fixedByteCount
        guard excess < 0 || minimal.prefix(excess).allSatisfy({ $0 == sign }) else { return false }
        let bytes = [UInt8](repeating: sign, count: max(0, -excess)) + minimal.dropFirst(max(0, excess))
        return bytes.withUnsafeBytes { filter.mayContain(XXHash64.hash($0)) }
    }
}

extension ParquetFileReader {
    /// Bytes that the header of a filter fits into with room to spare.
    private static let headerBytes = 64

    /// Reads the Bloom filter of a column in a row group.
    ///
    /// - Returns: `nil` when the file has none, or one of a kind that came after this code.
    /// - Throws: `sinkRefused` (terminal) when the filter is damaged or too large, `schemaConflict` (terminal)
    ///   when the column cannot be read; the input's errors.
    package func bloomFilter(of wanted: ParquetColumn, inRowGroup number: Int) async throws -> ParquetBloomFilter? {
        guard let column = try readableColumn(wanted), let values = column.values else { return nil }
        let chunk = metadata.rowGroups[number].chunks[column.position]
        guard !chunk.isElsewhere, let offset = chunk.bloomFilterOffset else { return nil }
        let place = "the Bloom filter of column '\(column.name)'"
        let told = Int(chunk.bloomFilterBytes ?? 0)
        guard offset >= 0, offset < input.byteCount, told >= 0, told <= limits.bloomFilterBytes else {
            throw input.fileFault(ParquetFault("\(told) bytes at byte \(offset)"), in: place)
        }
        let start = Int(offset)
        let first = try await input.bytes(start..<min(input.byteCount, start + max(told, Self.headerBytes)))
        let (header, headerBytes) = try bloomFilterHeader(first, place)
        guard header.isKnownKind else { return nil }
        var bits = Array(first[headerBytes...].prefix(Int(header.byteCount)))
        let missing = Int(header.byteCount) - bits.count
        if missing > 0 { bits += try await input.bytes(start + first.count..<start + first.count + missing) }
        return ParquetBloomFilter(bits.withUnsafeBytes(SplitBlockFilter.init), of: values)
    }

    private func bloomFilterHeader(_ bytes: [UInt8], _ place: String) throws -> (BloomFilterHeader, byteCount: Int) {
        do throws(ParquetFault) {
            return try bytes.withFaultyBytes { (bytes) throws(ParquetFault) in
                var reader = ThriftReader(bytes)
                let header = try BloomFilterHeader(&reader)
                let size = Int(header.byteCount)
                guard size > 0, size.isMultiple(of: SplitBlockFilter.blockBytes), size <= limits.bloomFilterBytes else {
                    throw ParquetFault("\(size) bytes")
                }
                return (header, reader.position)
            }
        } catch {
            throw input.fileFault(error, in: place)
        }
    }
}
