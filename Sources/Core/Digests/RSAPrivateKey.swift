import COpenSSL
package import NilusCore

/// A private RSA key that signs, such as that of a service account.
package final class RSAPrivateKey: @unchecked Sendable {
    // OpenSSL keys are not changed by signing, and their reference counts are atomic.

    private let key: OpaquePointer

    /// Reads a key in PEM form, PKCS #8 or PKCS #1, without a passphrase.
    ///
    /// - Returns: `nil` when the bytes are no such key.
    package init?(pem: SecretBytes) {
        let key: OpaquePointer? = pem.withBytes { bytes in
            guard let count = Int32(exactly: bytes.count), let input = BIO_new_mem_buf(bytes.baseAddress, count) else {
                return nil
            }
            defer { BIO_free(input) }
            // Without this answer OpenSSL would ask the terminal for the passphrase of an encrypted key.
            return PEM_read_bio_PrivateKey(input, nil, { _, _, _, _ in -1 }, nil)
        }
        guard let key else {
            ERR_clear_error()
            return nil
        }
        self.key = key
        // From here on `deinit` frees the key, also when the initializer gives up.
        guard EVP_PKEY_get_base_id(key) == EVP_PKEY_RSA else { return nil }
    }

    deinit { EVP_PKEY_free(key) }

    /// Signs a message by RSASSA-PKCS1-v1_5 with SHA-256, which JSON Web Tokens call RS256.
    ///
    /// - Returns: the signature, as long as the key's modulus; `nil` when OpenSSL refuses the key.
    /// - SeeAlso: RFC 7518, section 3.3
    package func signature(of message: UnsafeRawBufferPointer) -> [UInt8]? {
        guard let context = EVP_MD_CTX_new() else { return nil }
        defer { EVP_MD_CTX_free(context) }
        let capacity = EVP_PKEY_get_size(key)
        guard capacity > 0, EVP_DigestSignInit(context, nil, EVP_sha256(), nil, key) == 1 else {
            ERR_clear_error()
            return nil
        }
        var isDone = false
        let signature = [UInt8](unsafeUninitializedCapacity: Int(capacity)) { buffer, count in
            var length = buffer.count
            isDone =
                EVP_DigestSign(
                    context, buffer.baseAddress, &length, message.baseAddress?.assumingMemoryBound(to: UInt8.self),
                    message.count) == 1
            count = isDone ? length : 0
        }
        if !isDone { ERR_clear_error() }
        return isDone ? signature : nil
    }
}
