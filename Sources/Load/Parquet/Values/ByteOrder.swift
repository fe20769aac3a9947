/// Comparison of byte strings in steps of eight, without a call for short ones.
enum ByteOrder {
    @inline(__always)
    static func isEqual(_ left: UnsafeRawPointer, _ right: UnsafeRawPointer, count: Int) -> Bool {
        var position = 0
        while position &+ 8 <= count {
            if word(left + position) != word(right + position) { return false }
            position &+= 8
        }
        if position == count { return true }
        if count >= 8 { return word(left + count - 8) == word(right + count - 8) }
        while position < count {
            if byte(left + position) != byte(right + position) { return false }
            position &+= 1
        }
        return true
    }

    /// The length of the common beginning.
    @inline(__always)
    static func commonPrefix(_ left: UnsafeRawBufferPointer, _ right: UnsafeRawBufferPointer) -> Int {
        let count = min(left.count, right.count)
        guard let left = left.baseAddress, let right = right.baseAddress else { return 0 }
        var position = 0
        while position &+ 8 <= count {
            let difference = UInt64(littleEndian: word(left + position)) ^ UInt64(littleEndian: word(right + position))
            if difference != 0 { return position &+ difference.trailingZeroBitCount / 8 }
            position &+= 8
        }
        while position < count, byte(left + position) == byte(right + position) { position &+= 1 }
        return position
    }

    @inline(__always)
    private static func word(_ base: UnsafeRawPointer) -> UInt64 { base.loadUnaligned(as: UInt64.self) }

    @inline(__always)
    private static func byte(_ base: UnsafeRawPointer) -> UInt8 { base.load(as: UInt8.self) }
}
