import Compression

/// A Parquet file taken apart, as far as our writer makes use of the format.
struct FileReader {
    /// A column as the schema has it.
    struct Column: Equatable {
        let name: String
        let physicalType: Int
        let fixedByteCount: Int?
        let isRequired: Bool
    }

    /// A page as it was before compression.
    struct Page {
        let header: ThriftValue
        let body: [UInt8]

        var isDictionary: Bool { header[1] == .integer(2) }
        var rowCount: Int { header[5]?[1]?.integer ?? 0 }
        var encoding: Int { header[5]?[2]?.integer ?? -1 }
    }

    let bytes: [UInt8]
    let metadata: ThriftValue
    let columns: [Column]

    init(_ bytes: [UInt8]) {
        let magic = Array("PAR1".utf8)
        precondition(bytes.starts(with: magic) && bytes.suffix(4) == magic[...], "a file begins and ends with PAR1")
        let footerByteCount = bytes.suffix(8).prefix(4).reversed().reduce(0) { $0 << 8 | Int($1) }
        var reader = ThriftReader(bytes.dropLast(8).suffix(footerByteCount))
        metadata = reader.structure()
        precondition(reader.position == bytes.count - 8, "the footer fills its length")
        self.bytes = bytes
        columns = (metadata[2]?.list ?? []).dropFirst().map { element in
            Column(
                name: element[4]?.text ?? "", physicalType: element[1]?.integer ?? -1,
                fixedByteCount: element[2]?.integer, isRequired: element[3] == .integer(0))
        }
    }

    var rowGroups: [ThriftValue] { metadata[4]?.list ?? [] }

    /// The metadata of a column's chunks, one for each row group.
    func chunks(of column: Int) -> [ThriftValue] {
        rowGroups.compactMap { $0[1]?.list?[column][3] }
    }

    /// The pages of a chunk, whose checksums are right.
    func pages(of chunk: ThriftValue) throws -> [Page] {
        var position = chunk[11]?.integer ?? chunk[9]?.integer ?? 0
        let end = position + (chunk[7]?.integer ?? 0)
        var pages: [Page] = []
        while position < end {
            var reader = ThriftReader(bytes[position..<end])
            let header = reader.structure()
            let stored = Array(bytes[reader.position..<reader.position + (header[3]?.integer ?? 0)])
            precondition(header[4] == .integer(Int64(Int32(bitPattern: checksum(stored)))), "the checksum is right")
            let body = try stored.withUnsafeBytes { try Zstd.decompress($0, limit: header[2]?.integer ?? 0) }
            precondition(header[2] == .integer(Int64(body.count)), "the size before compression is right")
            pages.append(Page(header: header, body: body))
            position = reader.position + stored.count
        }
        precondition(position == end, "the pages fill the chunk")
        return pages
    }

    private func checksum(_ stored: [UInt8]) -> UInt32 {
        stored.withUnsafeBytes { CRC32.checksum(of: $0) }
    }
}
