/// The Snappy codec, for reading: other engines compress data files with it unless told otherwise.
///
/// A block is the size of its content as a varint, then elements, whose lowest two bits tell their kind:
///
/// | kind | element |
/// |---|---|
/// | 0 | literal: length in the tag or in 1 to 4 bytes behind it, then the bytes |
/// | 1 | copy of 4 to 11 bytes, offset of 11 bits |
/// | 2 | copy of 1 to 64 bytes, offset of 2 bytes |
/// | 3 | copy of 1 to 64 bytes, offset of 4 bytes |
///
/// - SeeAlso: google/snappy, format_description.txt
package enum Snappy {
    /// Decompresses one block.
    ///
    /// - Returns: the size of the content in bytes.
    /// - Throws: `CompressionError` for damaged and cut off input, and for content larger than the output.
    package static func decompress(
        _ input: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer
    ) throws(CompressionError) -> Int {
        var block = SnappyBlock(input: input, output: output)
        return try block.decompress()
    }
}

extension Snappy {
    /// Decompresses one block of which nobody says how large its content is.
    ///
    /// - Parameters:
    ///   - input: the block.
    ///   - limit: upper bound in bytes of the content.
    /// - Returns: the content.
    /// - Throws: `CompressionError` for damaged, cut off or oversized input.
    package static func decompress(_ input: UnsafeRawBufferPointer, limit: Int) throws(CompressionError) -> [UInt8] {
        var start = SnappyBlock(input: input, output: UnsafeMutableRawBufferPointer(start: nil, count: 0))
        let announced = try start.contentSize()
        guard announced <= limit else { throw .tooLarge(limit: limit) }
        let output = UnsafeMutableRawBufferPointer.allocate(byteCount: announced, alignment: 1)
        defer { output.deallocate() }
        let count = try decompress(input, into: output)
        return [UInt8](UnsafeRawBufferPointer(rebasing: output[..<count]))
    }
}

/// One decompression.
private struct SnappyBlock {
    let input: UnsafeRawBufferPointer
    let output: UnsafeMutableRawBufferPointer
    private var position = 0
    private var written = 0

    init(input: UnsafeRawBufferPointer, output: UnsafeMutableRawBufferPointer) {
        self.input = input
        self.output = output
    }

    mutating func decompress() throws(CompressionError) -> Int {
        let contentBytes = try contentSize()
        guard contentBytes <= output.count else { throw .tooLarge(limit: output.count) }
        while position < input.count {
            let tag = try littleEndian(1)
            if tag & 3 == 0 {
                try literal(tag)
            } else {
                try copy(tag)
            }
            guard written <= contentBytes else { throw .damaged("more content than announced") }
        }
        guard written == contentBytes else { throw .cutOff }
        return written
    }

    /// Reads the size of the content, a varint of 32 bits.
    mutating func contentSize() throws(CompressionError) -> Int {
        var size = 0
        for shift in stride(from: 0, through: 28, by: 7) {
            let byte = try littleEndian(1)
            size |= (byte & 0x7F) << shift
            if byte < 0x80 { return size }
        }
        throw .damaged("a content size of more than 32 bits")
    }

    private mutating func literal(_ tag: Int) throws(CompressionError) {
        let short = tag >> 2
        // Lengths beyond 60 stand in as many bytes as the tag says.
        let count = (short < 60 ? short : try littleEndian(short - 59)) + 1
        guard count <= input.count - position else { throw .cutOff }
        guard count <= output.count - written else { throw .damaged("more content than announced") }
        UnsafeMutableRawBufferPointer(rebasing: output[written..<written + count])
            .copyMemory(from: UnsafeRawBufferPointer(rebasing: input[position..<position + count]))
        position += count
        written += count
    }

    private mutating func copy(_ tag: Int) throws(CompressionError) {
        let count: Int
        let offset: Int
        switch tag & 3 {
        case 1:
            count = (tag >> 2 & 7) + 4
            offset = (tag >> 5) << 8 | (try littleEndian(1))
        case 2:
            count = (tag >> 2) + 1
            offset = try littleEndian(2)
        default:
            count = (tag >> 2) + 1
            offset = try littleEndian(4)
        }
        guard offset > 0, offset <= written else { throw .damaged("a copy from before the content") }
        guard count <= output.count - written else { throw .damaged("more content than announced") }
        if offset >= count {
            UnsafeMutableRawBufferPointer(rebasing: output[written..<written + count])
                .copyMemory(from: UnsafeRawBufferPointer(rebasing: output[written - offset..<written - offset + count]))
        } else {
            // The copy repeats bytes that it has written itself.
            for place in written..<written + count { output[place] = output[place - offset] }
        }
        written += count
    }

    private mutating func littleEndian(_ count: Int) throws(CompressionError) -> Int {
        guard count <= input.count - position else { throw .cutOff }
        var value = 0
        for byte in 0..<count { value |= Int(input[position + byte]) << (byte * 8) }
        position += count
        return value
    }
}
