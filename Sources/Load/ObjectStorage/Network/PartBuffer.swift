/// Gathers the bytes of an upload into parts of one size; each byte is copied once.
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
            if current.isEmpty, rest.count > Self.firstReservation || !full.isEmpty {
                // Untouched memory of a large reservation costs nothing.
                current.reserveCapacity(partBytes)
            }
            let piece = rest.prefix(partBytes - current.count)
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
    private static let firstReservation = 65_536
}
