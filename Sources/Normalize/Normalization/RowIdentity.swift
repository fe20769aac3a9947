import Digests
import JSON

/// Computes row ids: the same object of the same account always gets the same one.
final class RowIdentity {
    private let hasher = SHA256Hasher()
    private let prefix: [UInt8]
    private var text = [UInt8](repeating: 0, count: digits)

    /// Hexadecimal digits of a row id: 128 bits.
    private static let digits = 32

    init(account: String, endpoint: String) {
        // A zero byte can be in none of the parts, so no two triples run together to the same text.
        prefix = Array(account.utf8) + [0] + Array(endpoint.utf8) + [0]
    }

    /// Lends the id of the object whose primary key is the given JSON string content.
    func withID(ofKey key: UnsafeRawBufferPointer, _ body: (UnsafeRawBufferPointer) -> Void) {
        prefix.withUnsafeBytes { hasher.update($0) }
        if JSONElement.hasEscapes(key), let plain = JSONElement.unescaped(key) {
            hasher.update(plain)
        } else {
            hasher.update(key)
        }
        let digest = hasher.finish()
        text.withUnsafeMutableBytes { digest.writeHex(into: $0) }
        text.withUnsafeBytes(body)
    }
}
