import Records

extension ColumnChunkFacts {
    /// `CompressionCodec.ZSTD`.
    private static let zstd: Int32 = 6

    /// Writes a `ColumnChunk`.
    ///
    /// - SeeAlso: apache/parquet-format, parquet.thrift, `ColumnChunk` and `ColumnMetaData`
    func write(of column: ParquetColumn, to list: inout ThriftWriter) {
        list.structure { chunk in
            // Zero, as the metadata are nowhere but in the footer.
            chunk.field(2, Int64(0))
            chunk.field(3) { metadata in
                metadata.field(1, column.type.physicalType.rawValue)
                metadata.field(2, encodings, of: .i32) { $0.integer(Int64($1.rawValue)) }
                metadata.field(3, [column.name], of: .binary) { $0.binary($1.utf8) }
                metadata.field(4, Self.zstd)
                metadata.field(5, Int64(valueCount))
                metadata.field(6, Int64(uncompressedBytes))
                metadata.field(7, Int64(compressedBytes))
                metadata.field(9, Int64(offset + dictionaryBytes))
                if dictionaryBytes > 0 { metadata.field(11, Int64(offset)) }
                metadata.field(12) { writeStatistics(column.type, to: &$0) }
                metadata.field(13, pageCounts, of: .structure) { $1.write(to: &$0) }
                if let bloomFilter {
                    metadata.field(14, Int64(bloomFilter.lowerBound))
                    metadata.field(15, Int32(clamping: bloomFilter.count))
                }
            }
        }
    }

    /// Writes a `Statistics`.
    private func writeStatistics(_ type: FieldType, to writer: inout ThriftWriter) {
        func bytes(_ bound: ParquetBound) -> [UInt8] {
            bound.statisticsBytes(type.physicalType, fixedByteCount: type.fixedByteCount)
        }
        writer.field(3, Int64(nullCount))
        if let upper = statistics.upper { writer.field(5, bytes(upper)) }
        if let lower = statistics.lower { writer.field(6, bytes(lower)) }
        if let upper = statistics.upper { writer.field(7, upper.isExact) }
        if let lower = statistics.lower { writer.field(8, lower.isExact) }
        if type.storage == .doubles { writer.field(9, Int64(statistics.nanCount)) }
    }

    /// The encodings of all pages and of the levels inside them.
    private var encodings: [PageEncoding] {
        // A dictionary page is plain, and so are the pages that need none.
        dictionaryPageCount > 0 ? [.plain, .rle, .rleDictionary] : [.plain, .rle]
    }

    private var pageCounts: [PageCount] {
        [
            PageCount(pageType: .dictionary, encoding: .plain, count: dictionaryBytes > 0 ? 1 : 0),
            PageCount(pageType: .data, encoding: .rleDictionary, count: dictionaryPageCount),
            PageCount(pageType: .data, encoding: .plain, count: plainPageCount),
        ].filter { $0.count > 0 }
    }
}

/// How many pages of a type have an encoding; `PageEncodingStats` in parquet.thrift.
private struct PageCount {
    let pageType: PageType
    let encoding: PageEncoding
    let count: Int

    func write(to list: inout ThriftWriter) {
        list.structure { entry in
            entry.field(1, pageType.rawValue)
            entry.field(2, encoding.rawValue)
            entry.field(3, Int32(clamping: count))
        }
    }
}
