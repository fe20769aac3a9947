/// The hash XXH64 with seed 0, by which Bloom filters know values.
///
/// - SeeAlso: Cyan4973/xxHash, doc/xxhash_spec.md; apache/parquet-format, BloomFilter.md
enum XXHash64 {
    private static let prime1: UInt64 = 0x9E37_79B1_85EB_CA87
    private static let prime2: UInt64 = 0xC2B2_AE3D_27D4_EB4F
    private static let prime3: UInt64 = 0x1656_67B1_9E37_79F9
    private static let prime4: UInt64 = 0x85EB_CA77_C2B2_AE63
    private static let prime5: UInt64 = 0x27D4_EB2F_1656_67C5
    /// Bytes that the four lanes take together.
    private static let stripeBytes = 32

    @inline(__always)
    static func hash(_ bytes: UnsafeRawBufferPointer) -> UInt64 {
        var position = 0
        var state = bytes.count >= stripeBytes ? stripes(bytes, &position) : prime5
        state &+= UInt64(truncatingIfNeeded: bytes.count)
        while position &+ 8 <= bytes.count {
            state = rotated(state ^ round(0, bytes.word(at: position)), 27) &* prime1 &+ prime4
            position &+= 8
        }
        if position &+ 4 <= bytes.count {
            let half = bytes.loadUnaligned(fromByteOffset: position, as: UInt32.self)
            state = rotated(state ^ UInt64(UInt32(littleEndian: half)) &* prime1, 23) &* prime2 &+ prime3
            position &+= 4
        }
        while position < bytes.count {
            state = rotated(state ^ UInt64(bytes[position]) &* prime5, 11) &* prime1
            position &+= 1
        }
        return avalanche(state)
    }

    /// The hash of a number's bytes, the lowest first.
    @inline(__always)
    static func hash(_ number: some FixedWidthInteger) -> UInt64 {
        withUnsafeBytes(of: number.littleEndian) { hash($0) }
    }

    private static func stripes(_ bytes: UnsafeRawBufferPointer, _ position: inout Int) -> UInt64 {
        var (first, second, third, fourth) = (prime1 &+ prime2, prime2, UInt64(0), 0 &- prime1)
        while position &+ stripeBytes <= bytes.count {
            first = round(first, bytes.word(at: position))
            second = round(second, bytes.word(at: position &+ 8))
            third = round(third, bytes.word(at: position &+ 16))
            fourth = round(fourth, bytes.word(at: position &+ 24))
            position &+= stripeBytes
        }
        var state = rotated(first, 1) &+ rotated(second, 7) &+ rotated(third, 12) &+ rotated(fourth, 18)
        for lane in [first, second, third, fourth] { state = (state ^ round(0, lane)) &* prime1 &+ prime4 }
        return state
    }

    @inline(__always)
    private static func round(_ state: UInt64, _ word: UInt64) -> UInt64 {
        rotated(state &+ word &* prime2, 31) &* prime1
    }

    @inline(__always)
    private static func avalanche(_ state: UInt64) -> UInt64 {
        var state = state
        state = (state ^ state >> 33) &* prime2
        state = (state ^ state >> 29) &* prime3
        return state ^ state >> 32
    }

    @inline(__always)
    private static func rotated(_ value: UInt64, _ count: UInt64) -> UInt64 {
        value &<< count | value &>> (64 &- count)
    }
}
