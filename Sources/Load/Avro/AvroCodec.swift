import Compression

/// How the blocks of an Avro file are compressed.
///
/// Other engines write manifest files with `deflate` unless told otherwise; the rest of Avro's
/// codecs (`snappy`, `zstandard`, `bzip2`, `xz`) are refused by name.
package enum AvroCodec: String, Sendable, CaseIterable {
    case null
    case deflate

    func compress(_ block: [UInt8]) -> [UInt8] {
        switch self {
        case .null: block
        case .deflate: block.withUnsafeBytes { Deflate.compress($0) }
        }
    }

    func decompress(_ block: [UInt8], at place: String, limit: Int) throws(AvroError) -> [UInt8] {
        switch self {
        case .null: return block
        case .deflate:
            do { return try block.withUnsafeBytes { try Deflate.decompress($0, limit: limit) } } catch {
                throw AvroError("\(error)", at: place)
            }
        }
    }
}
