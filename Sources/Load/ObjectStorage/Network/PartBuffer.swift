/// Gathers the bytes of an upload into parts of one size; each byte is copied once, but for the first few.
struct PartBuffer {
    private let partBytes: Int
    /// Parts that are full, in order.
    private(set) var full: [[UInt8]] = []
    private var current: [UInt8] = []

    init(partBytes: Int) {
        self.partBytes = partBytes
    }

    mutating func append(_ bytes: UnsafeRawBufferPointer) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let piece = rest.prefix(partBytes - current.count)
            if current.capacity < partBytes, current.count + piece.count > Self.smallObjectBytes {
                // Untouched memory of a large reservation costs nothing; growing in steps would copy every byte again.
                current.reserveCapacity(partBytes)
            }
            current.append(contentsOf: UnsafeRawBufferPointer(rebasing: piece))
            rest = rest.dropFirst(piece.count)
            if current.count == partBytes {
                full.append(current)
                current = []
            }
        }
    }

    /// Bytes that are gathered.
    var byteCount: Int { full.reduce(current.count) { $0 + $1.count } }

    /// The oldest full part.
    mutating func takeFull() -> [UInt8]? {
        full.isEmpty ? nil : full.removeFirst()
    }

    /// What is left after the full parts.
    mutating func takeRest() -> [UInt8] {
        defer { current = [] }
        return current
    }

    /// Up to this size, in bytes, an object may be too small to reserve a part for.
    private static let smallObjectBytes = 65_536
}
