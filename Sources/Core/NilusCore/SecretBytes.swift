import Glibc

/// Bytes of a secret in memory of our own, overwritten with zeros when the last owner lets go.
///
/// A Swift `String` may be copied and is never wiped, so a secret travels in this type and becomes
/// text only at the edge that needs it.
package final class SecretBytes: Sendable {
    // Written once, in the initializer, and only read afterwards.
    private nonisolated(unsafe) let storage: UnsafeMutableRawBufferPointer

    /// Copies the bytes; wiping the original is the caller's part.
    package init(copying bytes: UnsafeRawBufferPointer) {
        storage = .allocate(byteCount: bytes.count, alignment: 1)
        storage.copyMemory(from: bytes)
    }

    /// Copies the bytes of a text that is no secret of its own storage any more, such as a literal in a manifest.
    package convenience init(_ text: some StringProtocol) {
        var bytes = ContiguousArray(text.utf8)
        self.init(wiping: &bytes)
    }

    /// Copies the bytes and overwrites the original with zeros.
    package convenience init(wiping bytes: inout ContiguousArray<UInt8>) {
        self.init(copying: bytes.withUnsafeBytes { UnsafeRawBufferPointer($0) })
        bytes.withUnsafeMutableBytes { $0.wipe() }
    }

    deinit {
        storage.wipe()
        storage.deallocate()
    }

    package var count: Int { storage.count }

    /// Lends the bytes for the duration of the call.
    package func withBytes<Result>(_ body: (UnsafeRawBufferPointer) throws -> Result) rethrows -> Result {
        try body(UnsafeRawBufferPointer(storage))
    }

    /// Whether the bytes begin with those of a text.
    package func hasPrefix(_ prefix: String) -> Bool {
        withBytes { $0.starts(with: prefix.utf8) }
    }
}

extension SecretBytes: Equatable {
    /// Compares without an early exit, so that the time taken tells nothing about the content.
    package static func == (left: SecretBytes, right: SecretBytes) -> Bool {
        guard left.count == right.count else { return false }
        let difference = zip(left.storage, right.storage).reduce(UInt8(0)) { $0 | ($1.0 ^ $1.1) }
        return difference == 0
    }
}

extension UnsafeMutableRawBufferPointer {
    /// Overwrites the memory with zeros in a way that the optimizer must keep.
    package func wipe() {
        guard let baseAddress else { return }
        explicit_bzero(baseAddress, count)
    }
}
