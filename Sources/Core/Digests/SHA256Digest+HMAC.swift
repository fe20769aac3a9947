import COpenSSL

extension SHA256Digest {
    /// Computes the HMAC-SHA256 of a message.
    ///
    /// - Parameters:
    ///   - message: the bytes to sign.
    ///   - key: the secret; no copy of it is kept.
    /// - Returns: the code of 32 bytes, which may serve as the next key, as request signing derives its keys.
    /// - SeeAlso: RFC 2104
    package static func hmac(of message: UnsafeRawBufferPointer, key: UnsafeRawBufferPointer) -> SHA256Digest {
        guard let keyByteCount = Int32(exactly: key.count) else { preconditionFailure("a key is shorter than 2 GiB") }
        return SHA256Digest { code in
            // OpenSSL takes a null key for "the key of the last call".
            withUnsafeBytes(of: 0) { placeholder in
                var byteCount: UInt32 = 0
                let signed = HMAC(
                    EVP_sha256(), key.baseAddress ?? placeholder.baseAddress, keyByteCount,
                    message.baseAddress?.assumingMemoryBound(to: UInt8.self), message.count,
                    code.assumingMemoryBound(to: UInt8.self), &byteCount)
                precondition(signed != nil && byteCount == byteCountOfCode, "OpenSSL refused an HMAC-SHA256")
            }
        }
    }

    private static var byteCountOfCode: UInt32 { UInt32(byteCount) }

    /// Computes the HMAC-SHA256 of a text with an earlier code as the key.
    package static func hmac(of message: String, key: SHA256Digest) -> SHA256Digest {
        hmac(of: message, key: key.bytes)
    }

    /// Computes the HMAC-SHA256 of a text with a key of bytes.
    package static func hmac(of message: String, key: [UInt8]) -> SHA256Digest {
        Array(message.utf8).withUnsafeBytes { text in key.withUnsafeBytes { hmac(of: text, key: $0) } }
    }
}
