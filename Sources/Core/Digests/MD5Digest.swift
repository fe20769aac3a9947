import COpenSSL

/// The 16 bytes of an MD5 digest: a checksum that old interfaces ask for, and no proof of anything.
///
/// - SeeAlso: RFC 1321
package struct MD5Digest: Sendable, Hashable {
    /// The 16 bytes in order.
    package let bytes: [UInt8]

    /// Computes the digest of bytes.
    ///
    /// - Returns: `nil` where the system forbids MD5, as in FIPS mode.
    package init?(of content: UnsafeRawBufferPointer) {
        var isDone = false
        bytes = [UInt8](unsafeUninitializedCapacity: 16) { buffer, count in
            var length: UInt32 = 0
            isDone =
                EVP_Digest(content.baseAddress, content.count, buffer.baseAddress, &length, EVP_md5(), nil) == 1
                && length == 16
            count = isDone ? 16 : 0
        }
        guard isDone else { return nil }
    }
}
