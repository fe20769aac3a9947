import Glibc

/// Bytes received piece by piece, with readable slack after the last one.
///
/// Parsers that read in wide steps (simdjson) may look up to `slack` bytes past the end; the slack
/// belongs to the allocation and holds zeros after ``seal()``.
package final class GrowableBytes: @unchecked Sendable {
    // Filled by one owner, sealed, then handed over and only read: never written by two.

    /// Bytes that may be read after the last byte of content.
    package static let slack = 64

    private var base: UnsafeMutableRawPointer?
    private var capacity = 0
    package private(set) var count = 0

    /// Reserves room for the expected number of bytes.
    package init(expecting expected: Int = 0) {
        if expected > 0 { grow(toHold: expected) }
    }

    package convenience init(_ content: some Collection<UInt8>) {
        self.init(expecting: content.count)
        let bytes = ContiguousArray(content)
        bytes.withUnsafeBytes { append($0) }
        seal()
    }

    deinit { free(base) }

    package func append(_ bytes: UnsafeRawBufferPointer) {
        guard let source = bytes.baseAddress, bytes.count > 0 else { return }
        if count + bytes.count > capacity { grow(toHold: max(count + bytes.count, capacity * 2)) }
        base?.advanced(by: count).copyMemory(from: source, byteCount: bytes.count)
        count += bytes.count
    }

    /// Zeroes the slack; no byte may be appended afterwards.
    package func seal() {
        if base == nil { grow(toHold: 0) }
        base?.advanced(by: count).initializeMemory(as: UInt8.self, repeating: 0, count: Self.slack)
    }

    /// Lends the content; `slack` more bytes are readable after its end.
    package func withBytes<Result, Failure: Error>(
        _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try body(UnsafeRawBufferPointer(start: base, count: count))
    }

    private func grow(toHold newCapacity: Int) {
        guard let grown = realloc(base, newCapacity + Self.slack) else {
            preconditionFailure("no memory for \(newCapacity) bytes")
        }
        base = grown
        capacity = newCapacity
    }
}
