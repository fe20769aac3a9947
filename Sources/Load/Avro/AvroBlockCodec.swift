import Compression

/// How the blocks of an Avro file that is read may be compressed; ``AvroCodec`` has those that are written.
///
/// | name | block |
/// |---|---|
/// | `null` | the objects |
/// | `deflate` | a DEFLATE stream without a wrapper (RFC 1951) |
/// | `snappy` | a block of Snappy, then the CRC-32 of the objects in 4 bytes, big-endian |
/// | `zstandard` | frames of Zstandard (RFC 8878) |
///
/// The rest of Avro's codecs, `bzip2` and `xz`, are refused by name.
///
/// - SeeAlso: Apache Avro 1.11 Specification, "Required Codecs" and "Optional Codecs".
enum AvroBlockCodec: String, CaseIterable {
    case null
    case deflate
    case snappy
    case zstandard

    private static let checksumBytes = 4

    /// The codec that a file's header names; a header that names none means `null`.
    init(named name: [UInt8]?) throws(AvroError) {
        let text = name.map { String(decoding: $0, as: UTF8.self) } ?? Self.null.rawValue
        guard let codec = Self(rawValue: text) else {
            let known = Self.allCases.map(\.rawValue).joined(separator: ", ")
            throw AvroError("blocks of the codec '\(text)' where \(known) are read")
        }
        self = codec
    }

    /// The objects of a block; `place` is where it stands, `limit` the most that they may take in bytes.
    func decompress(_ block: [UInt8], at place: String, limit: Int) throws(AvroError) -> [UInt8] {
        if self == .null { return block }
        do { return try block.withUnsafeBytes { try content(of: $0, limit: limit) } } catch {
            throw AvroError("\(error)", at: place)
        }
    }

    private func content(of block: UnsafeRawBufferPointer, limit: Int) throws(CompressionError) -> [UInt8] {
        switch self {
        case .null: Array(block)
        case .deflate: try Deflate.decompress(block, limit: limit)
        case .snappy: try Self.checkedContent(of: block, limit: limit)
        case .zstandard: try Zstd.decompress(block, limit: limit)
        }
    }

    private static func checkedContent(
        of block: UnsafeRawBufferPointer, limit: Int
    ) throws(CompressionError) -> [UInt8] {
        guard block.count >= checksumBytes else { throw .cutOff }
        let content = try Snappy.decompress(
            UnsafeRawBufferPointer(rebasing: block.dropLast(checksumBytes)), limit: limit)
        let expected = block.suffix(checksumBytes).reduce(0) { $0 << 8 | UInt32($1) }
        guard content.withUnsafeBytes({ CRC32.checksum(of: $0) }) == expected else {
            throw .damaged("another checksum than the block's")
        }
        return content
    }
}
