/// Where the values of a column are in a row group, and what is known of them.
///
/// - SeeAlso: apache/parquet-format, parquet.thrift, `ColumnChunk` and `ColumnMetaData`
struct ColumnChunkMetadata: Sendable {
    /// The number of `Type` and of `CompressionCodec`.
    var physicalType: Int32 = -1
    var codec: Int32 = -1
    /// Rows of a flat column, with and without a value.
    var valueCount: Int64 = 0
    var compressedBytes: Int64 = 0
    var dataPageOffset: Int64 = 0
    var dictionaryPageOffset: Int64?
    var bloomFilterOffset: Int64?
    var bloomFilterBytes: Int32?
    var statistics = ChunkStatistics()
    /// Whether the chunk is in another file, or encrypted: then nothing else here means anything.
    var isElsewhere = false

    init(_ reader: inout ThriftReader) throws(ParquetFault) {
        var chunk = Self()
        var hasMetadata = false
        try reader.structure { (reader, field) throws(ParquetFault) in
            switch field.id {
            // A file path; the metadata of encrypted columns.
            case 1, 8, 9:
                chunk.isElsewhere = true
                try reader.skip(field)
            case 3:
                hasMetadata = true
                try chunk.readMetadata(&reader, field)
            default: try reader.skip(field)
            }
        }
        if !hasMetadata { chunk.isElsewhere = true }
        self = chunk
    }

    private init() {}

    private mutating func readMetadata(
        _ reader: inout ThriftReader, _ field: ThriftReader.Field
    ) throws(ParquetFault) {
        var chunk = self
        try reader.structure(field) { (reader, field) throws(ParquetFault) in
            switch field.id {
            case 1: chunk.physicalType = try reader.integer(field)
            case 4: chunk.codec = try reader.integer(field)
            case 5: chunk.valueCount = try reader.integer(field)
            case 7: chunk.compressedBytes = try reader.integer(field)
            case 9: chunk.dataPageOffset = try reader.integer(field)
            case 11: chunk.dictionaryPageOffset = try reader.integer(field)
            case 12: chunk.statistics = try ChunkStatistics(&reader, field)
            case 14: chunk.bloomFilterOffset = try reader.integer(field)
            case 15: chunk.bloomFilterBytes = try reader.integer(field)
            default: try reader.skip(field)
            }
        }
        self = chunk
    }

    /// Where the pages are.
    ///
    /// - Throws: `ParquetFault` when they cannot be inside a file of so many bytes.
    func byteRange(inFileOf fileBytes: Int) throws(ParquetFault) -> Range<Int> {
        var start = dataPageOffset
        // Some writers give zero for "none".
        if let dictionaryPageOffset, dictionaryPageOffset > 0 { start = min(start, dictionaryPageOffset) }
        let (end, overflow) = start.addingReportingOverflow(compressedBytes)
        guard start >= 0, compressedBytes >= 0, !overflow, end <= Int64(fileBytes) else {
            throw ParquetFault("a chunk of \(compressedBytes) bytes at byte \(start) of \(fileBytes)")
        }
        return Int(start)..<Int(end)
    }
}

/// What a file says of the values of a chunk; the bounds as places in the footer.
///
/// - SeeAlso: apache/parquet-format, parquet.thrift, `Statistics`
struct ChunkStatistics: Sendable {
    var nullCount: Int64?
    /// Bounds in the order of the column's type.
    var lower: Range<Int>?
    var upper: Range<Int>?
    /// Bounds as older writers give them: in the order of signed numbers, whatever the type.
    var signedLower: Range<Int>?
    var signedUpper: Range<Int>?
    var isLowerExact: Bool?
    var isUpperExact: Bool?

    init() {}

    init(_ reader: inout ThriftReader, _ field: ThriftReader.Field) throws(ParquetFault) {
        var found = Self()
        try reader.structure(field) { (reader, field) throws(ParquetFault) in
            switch field.id {
            case 1: found.signedUpper = try reader.binary(field)
            case 2: found.signedLower = try reader.binary(field)
            case 3: found.nullCount = try reader.integer(field)
            case 5: found.upper = try reader.binary(field)
            case 6: found.lower = try reader.binary(field)
            case 7: found.isUpperExact = try reader.boolean(field)
            case 8: found.isLowerExact = try reader.boolean(field)
            default: try reader.skip(field)
            }
        }
        self = found
    }
}
