/// MurmurHash3 in its 32-bit form for x86, with seed 0: what the bucket transform is made of.
///
/// - SeeAlso: Iceberg Table Spec, Appendix B, "32-bit Hash Requirements"; Austin Appleby, `MurmurHash3_x86_32`.
enum MurmurHash3 {
    static func hash(_ bytes: some Collection<UInt8>) -> UInt32 {
        var state: UInt32 = 0
        var block: UInt32 = 0
        var shift: UInt32 = 0
        for byte in bytes {
            block |= UInt32(byte) << shift
            shift += 8
            if shift == 32 {
                state = mixed(state ^ scrambled(block))
                block = 0
                shift = 0
            }
        }
        if shift > 0 { state ^= scrambled(block) }
        return finished(state ^ UInt32(truncatingIfNeeded: bytes.count))
    }

    private static func scrambled(_ block: UInt32) -> UInt32 {
        rotated(block &* 0xCC9E_2D51, by: 15) &* 0x1B87_3593
    }

    private static func mixed(_ state: UInt32) -> UInt32 {
        rotated(state, by: 13) &* 5 &+ 0xE654_6B64
    }

    private static func finished(_ state: UInt32) -> UInt32 {
        var state = state
        state = (state ^ state >> 16) &* 0x85EB_CA6B
        state = (state ^ state >> 13) &* 0xC2B2_AE35
        return state ^ state >> 16
    }

    private static func rotated(_ value: UInt32, by count: UInt32) -> UInt32 {
        value << count | value >> (32 - count)
    }
}
