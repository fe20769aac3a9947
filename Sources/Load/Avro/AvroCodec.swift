import Compression

/// How the blocks of an Avro file are compressed.
///
/// Other engines write manifest files with `deflate` unless told otherwise; the rest of Avro's
/// codecs (`snappy`, `zstandard`, `bzip2`, `xz`) are refused by name.
package enum AvroCodec: String, Sendable, CaseIterable {
    case null
    case deflate

    func compress(_ block: [UInt8]) throws(AvroError) -> [UInt8] {
        switch self {
        case .null: return block
        case .deflate:
            do throws(CompressionError) { return try RawDeflate.deflate(block) } catch {
                throw AvroError(error.description)
            }
        }
    }

    func decompress(_ block: [UInt8], at place: String, limit: Int) throws(AvroError) -> [UInt8] {
        switch self {
        case .null: return block
        case .deflate:
            do throws(CompressionError) { return try RawDeflate.inflate(block, limit: limit) } catch {
                throw AvroError(error.description, at: place)
            }
        }
    }
}
