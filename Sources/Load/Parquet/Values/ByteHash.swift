/// A fast hash of short byte strings and integers, for tables that live no longer than a row group.
///
/// It folds 128-bit products, as wyhash does. The seed differs from process to process, so that
/// nobody can choose values that collide.
enum ByteHash {
    /// What makes the hashes of this process its own.
    static let seed = UInt64.random(in: .min ... .max) | 1

    // Odd constants with about as many ones as zeros.
    private static let first: UInt64 = 0xA076_1D64_78BD_642F
    private static let second: UInt64 = 0xE703_7ED1_A0B4_28DB

    @inline(__always)
    static func hash(_ value: UInt64, seed: UInt64) -> UInt64 {
        fold(value ^ seed, second)
    }

    @inline(__always)
    static func hash(_ bytes: UnsafeRawBufferPointer, seed: UInt64) -> UInt64 {
        guard let base = bytes.baseAddress else { return fold(seed, second) }
        let count = bytes.count
        var state = seed
        var position = 0
        while count - position > 16 {
            state = fold(word(base + position) ^ first, word(base + position + 8) ^ state)
            position &+= 16
        }
        let (low, high) = tail(base + position, count: count &- position)
        return fold(low ^ first, high ^ state ^ UInt64(truncatingIfNeeded: count) &* second)
    }

    /// The last 0 … 16 bytes as two words.
    @inline(__always)
    private static func tail(_ base: UnsafeRawPointer, count: Int) -> (UInt64, UInt64) {
        if count >= 8 { return (word(base), word(base + count - 8)) }
        if count >= 4 { return (UInt64(half(base)), UInt64(half(base + count - 4))) }
        if count == 0 { return (0, 0) }
        let bytes = base.assumingMemoryBound(to: UInt8.self)
        return (UInt64(bytes[0]) << 16 | UInt64(bytes[count >> 1]) << 8 | UInt64(bytes[count - 1]), 0)
    }

    @inline(__always)
    private static func fold(_ left: UInt64, _ right: UInt64) -> UInt64 {
        let product = left.multipliedFullWidth(by: right)
        return product.high ^ product.low
    }

    @inline(__always)
    private static func word(_ base: UnsafeRawPointer) -> UInt64 {
        base.loadUnaligned(as: UInt64.self)
    }

    @inline(__always)
    private static func half(_ base: UnsafeRawPointer) -> UInt32 {
        base.loadUnaligned(as: UInt32.self)
    }
}
