import COpenSSL

/// Computes SHA-256 digests one after another with one OpenSSL context.
///
/// Looking the algorithm up and allocating a context costs more than hashing a short text, so whoever
/// needs many digests keeps a hasher. It holds the pieces of the digest that is being made; it is not
/// `Sendable`, as two threads would mix theirs.
package final class SHA256Hasher {
    private let algorithm: OpaquePointer
    private let context: OpaquePointer

    package init() {
        guard let algorithm = EVP_MD_fetch(nil, "SHA256", nil), let context = EVP_MD_CTX_new() else {
            preconditionFailure("OpenSSL has no SHA-256")
        }
        self.algorithm = algorithm
        self.context = context
        start()
    }

    deinit {
        EVP_MD_CTX_free(context)
        EVP_MD_free(algorithm)
    }

    /// Adds bytes to the digest that is being made.
    package func update(_ bytes: UnsafeRawBufferPointer) {
        let isDone = EVP_DigestUpdate(context, bytes.baseAddress, bytes.count) == 1
        precondition(isDone, "OpenSSL refused bytes for a SHA-256")
    }

    /// Adds the UTF-8 bytes of a text to the digest that is being made.
    package func update(_ text: String) {
        var text = text
        text.withUTF8 { update(UnsafeRawBufferPointer($0)) }
    }

    /// Returns the digest of all bytes since the last one and starts the next.
    package func finish() -> SHA256Digest {
        let digest = SHA256Digest { bytes in
            let isDone = EVP_DigestFinal_ex(context, bytes.assumingMemoryBound(to: UInt8.self), nil) == 1
            precondition(isDone, "OpenSSL refused to finish a SHA-256")
        }
        start()
        return digest
    }

    /// Returns the digest of the given bytes.
    ///
    /// - Precondition: no digest is being made.
    package func digest(of bytes: UnsafeRawBufferPointer) -> SHA256Digest {
        update(bytes)
        return finish()
    }

    private func start() {
        let isDone = EVP_DigestInit_ex2(context, algorithm, nil) == 1
        precondition(isDone, "OpenSSL refused to start a SHA-256")
    }
}

extension SHA256Digest {
    /// Computes the digest of the given bytes; for many of them, keep a ``SHA256Hasher``.
    package init(of bytes: UnsafeRawBufferPointer) {
        self = SHA256Hasher().digest(of: bytes)
    }

    /// Computes the digest of a text's UTF-8 bytes.
    package init(of text: String) {
        let hasher = SHA256Hasher()
        hasher.update(text)
        self = hasher.finish()
    }
}
