/// Parquet's hybrid of run lengths and bit packing, for levels and dictionary positions.
///
///     runs        := ( repeated | packed )*
///     repeated    := varint(count << 1)           value in ⌈bit width / 8⌉ bytes, the lowest first
///     packed      := varint(groups << 1 | 1)      groups × 8 values, `bit width` bits each, the lowest bit first
///
/// - SeeAlso: apache/parquet-format, Encodings.md, "Run Length Encoding / Bit-Packing Hybrid (RLE = 3)"
enum RunLengthHybrid {
    /// Values in a group of packed values.
    static let groupSize = 8
    /// Groups in one packed run: as many as its header can count in one byte.
    static let maximumGroups = 63

    /// Writes one value repeated.
    static func appendRepeated(_ value: UInt32, count: Int, bitWidth: Int, to output: inout ByteBuffer) {
        output.append(varint: UInt64(count) << 1)
        for byte in 0..<(bitWidth + 7) / 8 {
            output.append(UInt8(truncatingIfNeeded: value >> UInt32(byte * 8)))
        }
    }

    /// Writes values in order.
    ///
    /// The last group is filled up with zeros: the reader knows how many values there are.
    ///
    /// - Precondition: every value has at most `bitWidth` bits.
    static func append<Value: FixedWidthInteger & UnsignedInteger>(
        _ values: UnsafeBufferPointer<Value>, bitWidth: Int, to output: inout ByteBuffer
    ) {
        var position = 0
        while position < values.count {
            let run = runLength(values, from: position)
            if run >= groupSize || position + run == values.count {
                appendRepeated(UInt32(values[position]), count: run, bitWidth: bitWidth, to: &output)
                position += run
            } else {
                position = appendPacked(values, from: position, bitWidth: bitWidth, to: &output)
            }
        }
    }

    /// Writes one packed run and returns the position after it; it ends where a repeated run pays.
    private static func appendPacked<Value: FixedWidthInteger & UnsignedInteger>(
        _ values: UnsafeBufferPointer<Value>, from start: Int, bitWidth: Int, to output: inout ByteBuffer
    ) -> Int {
        let header = output.count
        output.append(0)
        var position = start
        var groups = 0
        repeat {
            appendGroup(values, from: position, bitWidth: bitWidth, to: &output)
            groups += 1
            position += groupSize
        } while groups < maximumGroups && position < values.count
            && runLength(values, from: position, upTo: groupSize) < groupSize
        output[header] = UInt8(groups << 1 | 1)
        return min(position, values.count)
    }

    /// Packs eight values, or as many as there are and zeros, into `bitWidth` bytes.
    @inline(__always)
    private static func appendGroup<Value: FixedWidthInteger & UnsignedInteger>(
        _ values: UnsafeBufferPointer<Value>, from start: Int, bitWidth: Int, to output: inout ByteBuffer
    ) {
        let count = min(groupSize, values.count - start)
        var bits: UInt64 = 0
        var bitCount = 0
        let end = output.count + bitWidth
        for offset in 0..<count {
            bits |= UInt64(values[start &+ offset]) << UInt64(bitCount)
            bitCount &+= bitWidth
            while bitCount >= 32 {
                output.append(littleEndian: UInt32(truncatingIfNeeded: bits))
                bits >>= 32
                bitCount &-= 32
            }
        }
        while output.count < end {
            output.append(UInt8(truncatingIfNeeded: bits))
            bits >>= 8
        }
    }

    /// The number of equal values from a position on, counted no further than `limit`.
    @inline(__always)
    private static func runLength<Value: FixedWidthInteger>(
        _ values: UnsafeBufferPointer<Value>, from start: Int, upTo limit: Int = .max
    ) -> Int {
        let end = limit < values.count - start ? start + limit : values.count
        let value = values[start]
        var position = start + 1
        while position < end, values[position] == value { position &+= 1 }
        return position - start
    }
}
