/// The header before the bits of a Bloom filter.
///
/// - SeeAlso: apache/parquet-format, parquet.thrift, `BloomFilterHeader`
struct BloomFilterHeader {
    /// The size of the bits, in bytes.
    var byteCount: Int32 = -1
    /// Whether the filter is of the one kind that the format has so far: split blocks, XXH64, uncompressed.
    var isKnownKind: Bool { hasBlocks && hasXXHash && isUncompressed }

    private var hasBlocks = false
    private var hasXXHash = false
    private var isUncompressed = false

    init(byteCount: Int32) {
        self.byteCount = byteCount
        hasBlocks = true
        hasXXHash = true
        isUncompressed = true
    }

    init(_ reader: inout ThriftReader) throws(ParquetFault) {
        var header = BloomFilterHeader(byteCount: -1)
        (header.hasBlocks, header.hasXXHash, header.isUncompressed) = (false, false, false)
        try reader.structure { (reader, field) throws(ParquetFault) in
            switch field.id {
            case 1: header.byteCount = try reader.integer(field)
            case 2: header.hasBlocks = try Self.isFirstMember(&reader, field)
            case 3: header.hasXXHash = try Self.isFirstMember(&reader, field)
            case 4: header.isUncompressed = try Self.isFirstMember(&reader, field)
            default: try reader.skip(field)
            }
        }
        self = header
    }

    /// Whether the first member of a union is set.
    private static func isFirstMember(
        _ reader: inout ThriftReader, _ field: ThriftReader.Field
    ) throws(ParquetFault) -> Bool {
        var isFirst = false
        try reader.structure(field) { (reader, member) throws(ParquetFault) in
            isFirst = member.id == 1
            try reader.skip(member)
        }
        return isFirst
    }

    var encoded: [UInt8] {
        ThriftWriter.structure { header in
            header.field(1, byteCount)
            for union in Int16(2)...4 { header.field(union) { $0.field(1) { _ in } } }
        }
    }
}
