/// Reads runs and packed groups, bit by bit and without haste.
enum HybridReader {
    /// The first values of a run-length hybrid.
    static func values(_ bytes: ArraySlice<UInt8>, bitWidth: Int, count: Int) -> [UInt32] {
        var values: [UInt32] = []
        var position = bytes.startIndex
        while values.count < count {
            let header = varint(bytes, &position)
            if header & 1 == 0 {
                let width = (bitWidth + 7) / 8
                let value = bytes[position..<position + width].reversed().reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
                values += repeatElement(value, count: Int(header >> 1))
                position += width
            } else {
                let packed = bytes[position..<position + Int(header >> 1) * bitWidth]
                values += unpacked(packed, bitWidth: bitWidth)
                position = packed.endIndex
            }
        }
        return Array(values.prefix(count))
    }

    private static func unpacked(_ bytes: ArraySlice<UInt8>, bitWidth: Int) -> [UInt32] {
        let bits = bytes.flatMap { byte in (0..<8).map { UInt32(byte >> UInt8($0)) & 1 } }
        return stride(from: 0, to: bits.count, by: bitWidth).map { start in
            bits[start..<start + bitWidth].reversed().reduce(0) { $0 << 1 | $1 }
        }
    }

    private static func varint(_ bytes: ArraySlice<UInt8>, _ position: inout Int) -> UInt64 {
        var value: UInt64 = 0
        var shift: UInt64 = 0
        while true {
            let byte = bytes[position]
            position += 1
            value |= UInt64(byte & 0x7F) << shift
            if byte < 0x80 { return value }
            shift += 7
        }
    }
}
