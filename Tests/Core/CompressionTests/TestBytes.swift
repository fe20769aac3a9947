import SeededRandom

/// Inputs for codecs: what a seed gives is the same on every machine.
enum TestBytes {
    /// Text-like bytes that compress somewhat.
    static func repetitive(count: Int, seed: UInt64) -> [UInt8] {
        var generator = SplitMix64(seed: seed)
        let words = (0..<64).map { _ in (0..<8).map { _ in UInt8(truncatingIfNeeded: generator.next() % 26 + 97) } }
        var bytes: [UInt8] = []
        while bytes.count < count { bytes += words[Int(generator.next() % 64)] }
        return Array(bytes.prefix(count))
    }

    /// Bytes that do not compress at all.
    static func incompressible(count: Int, seed: UInt64) -> [UInt8] {
        var generator = SplitMix64(seed: seed)
        return (0..<count).map { _ in UInt8(truncatingIfNeeded: generator.next()) }
    }

    /// The damaged variants of a valid input that a decoder of outside bytes must survive: every
    /// prefix of it, and copies with one byte changed.
    static func damaged(_ valid: [UInt8], seed: UInt64) -> [[UInt8]] {
        var generator = SplitMix64(seed: seed)
        let cuts = (0..<valid.count).map { Array(valid[..<$0]) }
        let changes = (0..<500).map { _ in
            var copy = valid
            copy[Int(generator.next() % UInt64(valid.count))] ^= UInt8(truncatingIfNeeded: generator.next() | 1)
            return copy
        }
        return cuts + changes
    }
}
