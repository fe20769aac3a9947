/// The footer of a file, as it stands there.
///
/// - SeeAlso: apache/parquet-format, parquet.thrift, `FileMetaData`
struct FileMetadata: Sendable {
    /// A row group as the footer has it.
    struct RowGroup: Sendable {
        /// One for each leaf of the schema, in order.
        var chunks: [ColumnChunkMetadata] = []
        var rowCount: Int64 = 0
    }

    /// Columns and groups of columns, and column chunks, that a footer may have: what a byte says takes a
    /// hundred in memory, so the size of the footer alone is no bound.
    private static let largestSchema = 50_000
    private static let mostChunks = 250_000

    private(set) var schema: [SchemaElement] = []
    private(set) var rowCount: Int64 = 0
    private(set) var rowGroups: [RowGroup] = []
    private(set) var createdBy: String?
    /// Whether bounds follow the order of each column's type; else only those of signed numbers mean anything.
    private(set) var hasColumnOrders = false

    init(_ bytes: UnsafeRawBufferPointer) throws(ParquetFault) {
        var reader = ThriftReader(bytes)
        var file = Self()
        var chunkCount = 0
        try reader.structure { (reader, field) throws(ParquetFault) in
            switch field.id {
            case 2:
                try reader.list(field) { (reader) throws(ParquetFault) in
                    file.schema.append(try SchemaElement(&reader))
                    guard file.schema.count <= Self.largestSchema else {
                        throw ParquetFault("a schema of more than \(Self.largestSchema) elements")
                    }
                }
            case 3: file.rowCount = try reader.integer(field)
            case 4:
                try reader.list(field) { (reader) throws(ParquetFault) in
                    file.rowGroups.append(try Self.rowGroup(&reader, &chunkCount))
                }
            case 6: file.createdBy = try reader.text(field)
            case 7:
                file.hasColumnOrders = true
                try reader.skip(field)
            default: try reader.skip(field)
            }
        }
        self = file
    }

    private init() {}

    private static func rowGroup(
        _ reader: inout ThriftReader, _ chunkCount: inout Int
    ) throws(ParquetFault) -> RowGroup {
        var group = RowGroup()
        // A row group counts as a chunk, as it may have none.
        try countChunk(&chunkCount)
        try reader.structure { (reader, field) throws(ParquetFault) in
            switch field.id {
            case 1:
                try reader.list(field) { (reader) throws(ParquetFault) in
                    try countChunk(&chunkCount)
                    group.chunks.append(try ColumnChunkMetadata(&reader))
                }
            case 3: group.rowCount = try reader.integer(field)
            default: try reader.skip(field)
            }
        }
        return group
    }

    private static func countChunk(_ chunkCount: inout Int) throws(ParquetFault) {
        chunkCount += 1
        guard chunkCount <= mostChunks else { throw ParquetFault("more than \(mostChunks) column chunks") }
    }
}
