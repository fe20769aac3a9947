/// Reads booleans in encoding RLE: runs and packed groups, their size in front.
final class RunLengthBooleans: NumberDecoding {
    private var levels: HybridDecoder
    private var buffer = ElementBuffer<UInt32>()

    init(_ bytes: UnsafeRawBufferPointer) throws(ParquetFault) {
        guard bytes.count >= 4 else { throw .cutOff("the size of booleans") }
        let byteCount = Int(UInt32(littleEndian: bytes.loadUnaligned(as: UInt32.self)))
        guard byteCount <= bytes.count - 4 else {
            throw ParquetFault("booleans of \(byteCount) bytes where \(bytes.count - 4) are left")
        }
        levels = try HybridDecoder(UnsafeRawBufferPointer(rebasing: bytes[4..<4 + byteCount]), bitWidth: 1)
    }

    func read(_ count: Int, into output: inout ElementBuffer<Int64>) throws(ParquetFault) {
        buffer.removeAll()
        try levels.read(count, into: &buffer)
        for value in buffer.elements { output.append(Int64(value)) }
    }
}

/// Reads numbers in encoding BYTE_STREAM_SPLIT: the first bytes of all values, then their second ones, and so on.
final class SplitNumbers: NumberDecoding {
    private let streams: ByteStreams

    init(_ bytes: UnsafeRawBufferPointer, _ type: PhysicalType) throws(ParquetFault) {
        streams = try ByteStreams(bytes, byteCount: type.numberByteCount)
    }

    func read(_ count: Int, into output: inout ElementBuffer<Int64>) throws(ParquetFault) {
        let values = try streams.take(count)
        for value in values {
            var bits: UInt64 = 0
            for byte in 0..<streams.byteCount { bits |= UInt64(streams[byte, value]) << UInt64(byte * 8) }
            // Numbers of four bytes keep their sign.
            output.append(
                streams.byteCount == 4 ? Int64(Int32(truncatingIfNeeded: bits)) : Int64(bitPattern: bits))
        }
    }
}

/// Reads values of fixed length in encoding BYTE_STREAM_SPLIT.
final class SplitFixed: BytesDecoding {
    private let streams: ByteStreams
    /// The values of the latest call.
    private var store = ByteBuffer()

    init(_ bytes: UnsafeRawBufferPointer, byteCount: Int) throws(ParquetFault) {
        streams = try ByteStreams(bytes, byteCount: byteCount)
    }

    var largestValueBytes: Int { 0 }

    func read(_ count: Int, into output: inout ElementBuffer<UnsafeRawBufferPointer>) throws(ParquetFault) {
        let values = try streams.take(count)
        store.removeAll()
        // The values must not move while they are handed out.
        store.reserve(count * streams.byteCount)
        for value in values {
            let start = store.count
            for byte in 0..<streams.byteCount { store.append(streams[byte, value]) }
            output.append(UnsafeRawBufferPointer(rebasing: store.bytes[start...]))
        }
    }
}

/// A page of values whose bytes are apart from each other.
private final class ByteStreams {
    let byteCount: Int
    private let bytes: UnsafeRawBufferPointer
    private let valueCount: Int
    private var position = 0

    init(_ bytes: UnsafeRawBufferPointer, byteCount: Int) throws(ParquetFault) {
        guard bytes.count.isMultiple(of: byteCount) else {
            throw ParquetFault("\(bytes.count) bytes for values of \(byteCount)")
        }
        self.bytes = bytes
        self.byteCount = byteCount
        valueCount = bytes.count / byteCount
    }

    /// A byte of a value.
    subscript(byte: Int, value: Int) -> UInt8 { bytes[byte * valueCount + value] }

    /// Steps over the next values and tells which they are.
    func take(_ count: Int) throws(ParquetFault) -> Range<Int> {
        guard count <= valueCount - position else { throw .cutOff("\(count) values") }
        defer { position += count }
        return position..<position + count
    }
}
