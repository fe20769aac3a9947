import Compression

/// How the blocks of an Avro file that is written are compressed; others' files may have further codecs.
///
/// `deflate` is what other engines write manifest files with unless told otherwise, and what all of them read.
package enum AvroCodec: String, Sendable, CaseIterable {
    case null
    case deflate

    func compress(_ block: [UInt8]) -> [UInt8] {
        switch self {
        case .null: block
        case .deflate: block.withUnsafeBytes { Deflate.compress($0) }
        }
    }
}
