/// The end of a file: schema, places and statistics of all column chunks.
///
/// Row groups are encoded as they are written, so that many of them take little memory.
///
/// - SeeAlso: apache/parquet-format, parquet.thrift, `FileMetaData`
struct FileFooter {
    /// Begins and ends every file.
    static let magic = Array("PAR1".utf8)

    /// The format's authors ask writers for 1, which every reader accepts.
    private static let version: Int32 = 1

    private let columns: [ParquetColumn]
    private var rowGroups = ThriftWriter()
    private var rowGroupCount = 0

    init(columns: [ParquetColumn]) {
        self.columns = columns
    }

    /// The memory held, in bytes.
    var allocatedBytes: Int { rowGroups.bytes.capacity }

    /// Adds a row group.
    ///
    /// - Precondition: one chunk for each column, in order and one directly after another.
    mutating func appendRowGroup(rowCount: Int, chunks: [ColumnChunkFacts]) {
        rowGroupCount += 1
        rowGroups.structure { group in
            group.field(1, Array(zip(columns, chunks)), of: .structure) { list, item in
                item.1.write(of: item.0, to: &list)
            }
            group.field(2, Int64(chunks.reduce(0) { $0 + $1.uncompressedBytes }))
            group.field(3, Int64(rowCount))
            group.field(5, Int64(chunks.first?.offset ?? 0))
            group.field(6, Int64(chunks.reduce(0) { $0 + $1.compressedBytes }))
        }
    }

    /// The footer with its length and the magic number behind it.
    func encoded(rowCount: Int, options: ParquetOptions) -> [UInt8] {
        let metadata = ThriftWriter.structure { file in
            file.field(1, Self.version)
            file.field(2, encoded: encodedSchema(), count: columns.count + 1, of: .structure)
            file.field(3, Int64(rowCount))
            file.field(4, encoded: rowGroups.bytes, count: rowGroupCount, of: .structure)
            if !options.metadata.isEmpty {
                file.field(5, options.metadata, of: .structure) { $1.write(to: &$0) }
            }
            file.field(6, options.createdBy.utf8)
            // `TYPE_ORDER`: bounds are ordered as the type of each column says.
            file.field(7, columns, of: .structure) { list, _ in list.structure { $0.field(1) { _ in } } }
        }
        guard let byteCount = UInt32(exactly: metadata.count) else {
            preconditionFailure("a footer is bounded to less than 4 GiB: a chunk's entry takes a few hundred bytes")
        }
        return metadata + withUnsafeBytes(of: byteCount.littleEndian, Array.init) + Self.magic
    }

    private func encodedSchema() -> [UInt8] {
        var writer = ThriftWriter()
        ParquetColumn.writeSchemaRoot(columnCount: columns.count, to: &writer)
        for column in columns { column.writeSchemaElement(to: &writer) }
        return writer.bytes
    }
}

extension ParquetOptions.Metadata {
    /// Writes a `KeyValue`.
    fileprivate func write(to list: inout ThriftWriter) {
        list.structure { pair in
            pair.field(1, key.utf8)
            pair.field(2, value.utf8)
        }
    }
}
