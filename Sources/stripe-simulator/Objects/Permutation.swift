/// A keyed one-to-one map of 64-bit numbers, by which an index hides in an id and is found again.
struct Permutation: Sendable {
    private static let firstFactor: UInt64 = 0x9E37_79B9_7F4A_7C15
    private static let secondFactor: UInt64 = 0xD6E8_FEB8_6659_FD93
    private static let firstInverse = inverse(firstFactor)
    private static let secondInverse = inverse(secondFactor)

    let key: UInt64

    @inline(__always)
    func forward(_ value: UInt64) -> UInt64 {
        var mixed = (value ^ key) &* Self.firstFactor
        mixed ^= mixed >> 32
        mixed &*= Self.secondFactor
        return mixed ^ (mixed >> 32)
    }

    func backward(_ value: UInt64) -> UInt64 {
        var mixed = value ^ (value >> 32)
        mixed &*= Self.secondInverse
        mixed ^= mixed >> 32
        return (mixed &* Self.firstInverse) ^ key
    }

    /// The multiplicative inverse of an odd number modulo 2^64, by Newton's iteration.
    private static func inverse(_ factor: UInt64) -> UInt64 {
        var result = factor
        for _ in 0..<6 { result = result &* (2 &- factor &* result) }
        return result
    }
}

/// A keyed one-to-one map of 40-bit numbers, for ids too short to hold 64 bits.
struct ShortPermutation: Sendable {
    static let limit: UInt64 = 1 << 40

    let key: UInt64

    func forward(_ value: UInt64) -> UInt64 {
        var left = value >> 20
        var right = value & 0xFFFFF
        for round in 0..<4 { (left, right) = (right, left ^ half(right, round)) }
        return left << 20 | right
    }

    func backward(_ value: UInt64) -> UInt64 {
        var left = value >> 20
        var right = value & 0xFFFFF
        for round in (0..<4).reversed() { (left, right) = (right ^ half(left, round), left) }
        return left << 20 | right
    }

    private func half(_ value: UInt64, _ round: Int) -> UInt64 {
        Mixing.mix(key &+ UInt64(round), value) & 0xFFFFF
    }
}
