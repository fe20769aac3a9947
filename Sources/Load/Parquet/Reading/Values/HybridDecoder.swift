/// Reads Parquet's hybrid of run lengths and bit packing, in pieces; ``RunLengthHybrid`` tells the layout.
struct HybridDecoder {
    /// Levels have one bit, dictionary positions at most 32.
    private static let largestBitWidth = 32

    private let bytes: UnsafeRawBufferPointer
    private let bitWidth: Int
    private var position = 0

    /// Values left in the open run.
    private var runCount = 0
    /// Whether the open run is packed, and if so, the bit where its next value is.
    private var isPacked = false
    private var bitPosition = 0
    private var repeatedValue: UInt32 = 0

    /// - Throws: `ParquetFault` for a width that no writer means.
    init(_ bytes: UnsafeRawBufferPointer, bitWidth: Int) throws(ParquetFault) {
        guard bitWidth <= Self.largestBitWidth else { throw ParquetFault("values of \(bitWidth) bits") }
        self.bytes = bytes
        self.bitWidth = bitWidth
    }

    /// Adds the next values to a buffer.
    mutating func read(_ count: Int, into output: inout ElementBuffer<UInt32>) throws(ParquetFault) {
        var rest = count
        while rest > 0 {
            if runCount == 0 { try openRun() }
            let taken = min(rest, runCount)
            if isPacked {
                try unpack(taken, into: output.extend(by: taken))
            } else {
                output.append(repeating: repeatedValue, count: taken)
            }
            runCount -= taken
            rest -= taken
        }
    }

    private mutating func openRun() throws(ParquetFault) {
        guard bitWidth > 0 else {
            // Values of no bits are all zero, whether or not runs of them are written.
            repeatedValue = 0
            runCount = .max
            return
        }
        let header = try bytes.varint(at: &position)
        guard header >> 1 > 0, let count = Int(exactly: header >> 1) else {
            throw ParquetFault("a run of \(header >> 1) values")
        }
        isPacked = header & 1 == 1
        if isPacked {
            try openPackedRun(groups: count)
        } else {
            try openRepeatedRun(count)
        }
    }

    private mutating func openPackedRun(groups: Int) throws(ParquetFault) {
        // The last group may be cut short by some writers; a run that begins behind the end may not.
        guard position < bytes.count else { throw .cutOff("packed values") }
        let possible = (bytes.count - position) / bitWidth + 1
        runCount = min(groups, possible) * RunLengthHybrid.groupSize
        bitPosition = position * 8
        position = min(bytes.count, position + min(groups, possible) * bitWidth)
    }

    private mutating func openRepeatedRun(_ count: Int) throws(ParquetFault) {
        let byteCount = (bitWidth + 7) / 8
        guard byteCount <= bytes.count - position else { throw .cutOff("a repeated value") }
        repeatedValue = 0
        for byte in 0..<byteCount { repeatedValue |= UInt32(bytes[position + byte]) << UInt32(byte * 8) }
        guard repeatedValue.bitWidth - repeatedValue.leadingZeroBitCount <= bitWidth else {
            throw ParquetFault("a value of more than \(bitWidth) bits")
        }
        position += byteCount
        runCount = count
    }

    @inline(__always)
    private mutating func unpack(_ count: Int, into output: UnsafeMutablePointer<UInt32>) throws(ParquetFault) {
        guard bitPosition + count * bitWidth <= bytes.count * 8 else {
            output.initialize(repeating: 0, count: count)
            throw .cutOff("packed values")
        }
        let mask = UInt64(1) << UInt64(bitWidth) - 1
        for index in 0..<count {
            let word = bytes.word(at: bitPosition >> 3) >> UInt64(bitPosition & 7)
            (output + index).initialize(to: UInt32(truncatingIfNeeded: word & mask))
            bitPosition &+= bitWidth
        }
    }
}

extension UnsafeRawBufferPointer {
    /// The eight bytes from a position inside on as a number, with zeros behind the end.
    @inline(__always)
    func word(at position: Int) -> UInt64 {
        if position &+ 8 <= count {
            return UInt64(littleEndian: loadUnaligned(fromByteOffset: position, as: UInt64.self))
        }
        var word: UInt64 = 0
        for byte in position..<count { word |= UInt64(self[byte]) << UInt64((byte - position) * 8) }
        return word
    }
}
