import NilusCore

/// Why compressed bytes could not be read; the caller adds which ones.
package enum CompressionError: Error, Sendable, Equatable {
    /// The bytes are not what the codec writes; the reason in the words of its library.
    case damaged(String)
    /// The bytes end before the content does.
    case cutOff
    /// The content is larger than the limit, in bytes.
    case tooLarge(limit: Int)
}

extension CompressionError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .damaged(let reason): "the compressed bytes are damaged (\(reason))"
        case .cutOff: "the compressed bytes end too early"
        case .tooLarge(let limit): "the content is larger than \(limit.asByteCount)"
        }
    }
}
