import Records

/// Decimals of more than 18 digits, their unscaled value stored as FIXED_LEN_BYTE_ARRAY: two's
/// complement, the highest byte first.
struct LargeDecimalKind: ValueKind {
    let allowed: ClosedRange<Int128>
    /// The fixed length, at most 16.
    let byteCount: Int

    @inline(__always)
    func values(of column: Column) -> UnsafeBufferPointer<Int128> { column.decimals }

    @inline(__always)
    func value(at position: Int, of values: UnsafeBufferPointer<Int128>) -> Int128 { values[position] }

    @inline(__always)
    func plainByteCount(of value: Int128) -> Int { byteCount }

    @inline(__always)
    func writePlain(_ value: Int128, to place: UnsafeMutableRawPointer) {
        withUnsafeBytes(of: value.bigEndian) { bytes in
            place.copyMemory(from: bytes.baseAddress.unsafelyUnwrapped + bytes.count - byteCount, byteCount: byteCount)
        }
    }

    @inline(__always)
    func isEqual(_ value: Int128, toPlain place: UnsafeRawPointer) -> Bool {
        withUnsafeBytes(of: value.bigEndian) { bytes in
            let own = bytes.baseAddress.unsafelyUnwrapped + bytes.count - byteCount
            return ByteOrder.isEqual(own, place, count: byteCount)
        }
    }

    @inline(__always)
    func hash(_ value: Int128, seed: UInt64) -> UInt64 {
        ByteHash.hash(
            UInt64(truncatingIfNeeded: value), seed: seed ^ UInt64(truncatingIfNeeded: value >> 64) &* seed)
    }

    @inline(__always)
    func filterHash(_ value: Int128) -> UInt64 {
        withUnsafeBytes(of: value.bigEndian) { bytes in
            XXHash64.hash(UnsafeRawBufferPointer(rebasing: bytes.suffix(byteCount)))
        }
    }

    @inline(__always)
    func fits(_ value: Int128) -> Bool { allowed.contains(value) }

    func emptyBounds() -> OrderedBounds<Int128> { OrderedBounds() }
}
