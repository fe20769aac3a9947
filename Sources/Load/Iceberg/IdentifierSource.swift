/// Where new names and numbers come from: table and file UUIDs, snapshot ids, sync markers.
///
/// Handed in everywhere, so that tests know the names beforehand.
package struct IdentifierSource: Sendable {
    private let next: @Sendable () -> UInt64

    /// A source that makes everything of the numbers of `next`.
    package init(_ next: @escaping @Sendable () -> UInt64) {
        self.next = next
    }

    /// Random numbers of the operating system.
    package static let system = IdentifierSource {
        var generator = SystemRandomNumberGenerator()
        return generator.next()
    }

    /// A version 4 UUID in lower case (RFC 9562, section 5.4).
    package func uuid() -> String {
        let high = next() & ~0xF000 | 0x4000
        let low = next() & ~(0b11 << 62) | (0b10 << 62)
        let digits = Array(hexadecimal(high) + hexadecimal(low))
        let groups = [0..<8, 8..<12, 12..<16, 16..<20, 20..<32]
        return groups.map { String(digits[$0]) }.joined(separator: "-")
    }

    /// A positive snapshot id.
    package func snapshotID() -> Int64 {
        Int64(next() >> 1 | 1)
    }

    /// The 16 bytes between the blocks of an Avro file.
    package func syncMarker() -> [UInt8] {
        [next(), next()].flatMap { number in (0..<8).map { UInt8(truncatingIfNeeded: number >> ($0 * 8)) } }
    }

    private func hexadecimal(_ number: UInt64) -> String {
        let digits = String(number, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }
}
