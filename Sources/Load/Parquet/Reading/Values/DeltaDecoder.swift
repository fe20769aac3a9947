/// Reads integers in encoding DELTA_BINARY_PACKED, in pieces.
///
///     header    := varint(block size) varint(miniblocks in a block) varint(values) zigzag(first value)
///     block     := zigzag(smallest difference) bit width of each miniblock, miniblocks
///     miniblock := differences less the smallest, `bit width` bits each, the lowest bit first
///
/// - SeeAlso: apache/parquet-format, Encodings.md, "Delta Encoding (DELTA_BINARY_PACKED = 5)"
struct DeltaDecoder {
    private let bytes: UnsafeRawBufferPointer
    private let miniblockCount: Int
    private let miniblockValues: Int

    /// Values that were not read yet.
    private(set) var valuesLeft: Int
    private var value: Int64
    private var isFirst = true
    private var smallestDifference: Int64 = 0

    /// Where what follows the open miniblock begins: another miniblock, or a block.
    private var position: Int
    /// The bit widths of the miniblocks of the open block that are not open yet.
    private var widths: Range<Int> = 0..<0
    /// Values left in the open miniblock, their width, and the bit where the next one is.
    private var openValues = 0
    private var bitWidth = 0
    private var bitPosition = 0

    /// Reads the header, which may tell of no more than so many values.
    init(_ bytes: UnsafeRawBufferPointer, atMost valueLimit: Int) throws(ParquetFault) {
        self.bytes = bytes
        var position = 0
        let blockValues = try bytes.varint(at: &position)
        let miniblocks = try bytes.varint(at: &position)
        let count = try bytes.varint(at: &position)
        let first = try bytes.varint(at: &position)
        guard blockValues <= UInt64(Int32.max), miniblocks > 0, blockValues.isMultiple(of: miniblocks),
            (blockValues / miniblocks).isMultiple(of: 8), blockValues > 0, count <= UInt64(valueLimit)
        else {
            throw ParquetFault("blocks of \(blockValues) values in \(miniblocks) miniblocks, \(count) values in all")
        }
        miniblockCount = Int(miniblocks)
        miniblockValues = Int(blockValues / miniblocks)
        valuesLeft = Int(count)
        value = first.unzigzagged
        self.position = position
    }

    /// Adds the next values to a buffer.
    mutating func read(_ count: Int, into output: inout ElementBuffer<Int64>) throws(ParquetFault) {
        guard count <= valuesLeft else { throw ParquetFault("\(valuesLeft) values where \(count) are to come") }
        valuesLeft -= count
        var rest = count
        if isFirst, rest > 0 {
            isFirst = false
            output.append(value)
            rest -= 1
        }
        while rest > 0 {
            if openValues == 0 { try openMiniblock() }
            let taken = min(rest, openValues)
            try unpack(taken, into: &output)
            rest -= taken
        }
    }

    /// Finds where the bytes behind all values begin, without reading the values.
    ///
    /// - Precondition: no value was read.
    func endPosition() throws(ParquetFault) -> Int {
        var walker = self
        var rest = valuesLeft - 1
        while rest > 0 {
            try walker.openMiniblock()
            rest -= miniblockValues
        }
        guard walker.position <= bytes.count else { throw .cutOff("packed differences") }
        return walker.position
    }

    private mutating func openMiniblock() throws(ParquetFault) {
        if widths.isEmpty { try openBlock() }
        bitWidth = Int(bytes[widths.lowerBound])
        guard bitWidth <= 64 else { throw ParquetFault("differences of \(bitWidth) bits") }
        widths = widths.dropFirst()
        bitPosition = position * 8
        openValues = miniblockValues
        position += miniblockValues / 8 * bitWidth
    }

    private mutating func openBlock() throws(ParquetFault) {
        guard position <= bytes.count else { throw .cutOff("a block of differences") }
        smallestDifference = try bytes.varint(at: &position).unzigzagged
        guard miniblockCount <= bytes.count - position else { throw .cutOff("the widths of differences") }
        widths = position..<position + miniblockCount
        position = widths.upperBound
    }

    private mutating func unpack(_ count: Int, into output: inout ElementBuffer<Int64>) throws(ParquetFault) {
        guard bitPosition + count * bitWidth <= bytes.count * 8 else { throw .cutOff("packed differences") }
        let place = output.extend(by: count)
        for index in 0..<count {
            let difference = Int64(bitPattern: bytes.bits(bitWidth, at: bitPosition))
            // Differences wrap around as the writer's did.
            value = value &+ smallestDifference &+ difference
            (place + index).initialize(to: value)
            bitPosition &+= bitWidth
        }
        openValues -= count
    }
}

extension UInt64 {
    /// The signed number that 0, 1, 2, 3, … mean as 0, -1, 1, -2, ….
    fileprivate var unzigzagged: Int64 { Int64(bitPattern: self >> 1) ^ -Int64(bitPattern: self & 1) }
}

extension UnsafeRawBufferPointer {
    /// Up to 64 bits from a bit inside on, the lowest first.
    @inline(__always)
    fileprivate func bits(_ width: Int, at bitPosition: Int) -> UInt64 {
        guard width > 0 else { return 0 }
        let shift = bitPosition & 7
        var bits = word(at: bitPosition >> 3) >> UInt64(shift)
        if shift + width > 64 { bits |= word(at: (bitPosition >> 3) + 8) << UInt64(64 - shift) }
        return bits & (UInt64.max >> UInt64(64 - width))
    }
}
