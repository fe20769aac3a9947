/// Reads integers in encoding DELTA_BINARY_PACKED.
final class DeltaNumbers: NumberDecoding {
    private var decoder: DeltaDecoder
    private let type: PhysicalType

    init(_ bytes: UnsafeRawBufferPointer, _ type: PhysicalType, atMost valueLimit: Int) throws(ParquetFault) {
        decoder = try DeltaDecoder(bytes, atMost: valueLimit)
        self.type = type
    }

    func read(_ count: Int, into output: inout ElementBuffer<Int64>) throws(ParquetFault) {
        let start = output.count
        try decoder.read(count, into: &output)
        guard type == .int32 else { return }
        // Differences of 32-bit numbers wrap around at 32 bits.
        for position in start..<output.count { output[position] = Int64(Int32(truncatingIfNeeded: output[position])) }
    }
}

/// Reads texts in encoding DELTA_LENGTH_BYTE_ARRAY: all lengths as integers, then the bytes of all texts.
final class DeltaLengthTexts: BytesDecoding {
    private let bytes: UnsafeRawBufferPointer
    private var lengths: DeltaDecoder
    private var position: Int
    private var buffer = ElementBuffer<Int64>()

    init(_ bytes: UnsafeRawBufferPointer, atMost valueLimit: Int) throws(ParquetFault) {
        self.bytes = bytes
        lengths = try DeltaDecoder(bytes, atMost: valueLimit)
        position = try lengths.endPosition()
    }

    var largestValueBytes: Int { 0 }

    func read(_ count: Int, into output: inout ElementBuffer<UnsafeRawBufferPointer>) throws(ParquetFault) {
        buffer.removeAll()
        try lengths.read(count, into: &buffer)
        for length in buffer.elements {
            guard length >= 0, length <= bytes.count - position else {
                throw ParquetFault("a text of \(length) bytes where \(bytes.count - position) are left")
            }
            output.append(UnsafeRawBufferPointer(rebasing: bytes[position..<position + Int(length)]))
            position += Int(length)
        }
    }
}

/// Reads texts in encoding DELTA_BYTE_ARRAY: how much of the text before each shares, then the rests
/// as in encoding DELTA_LENGTH_BYTE_ARRAY.
///
/// - SeeAlso: apache/parquet-format, Encodings.md, "Delta Strings (DELTA_BYTE_ARRAY = 7)"
final class DeltaTexts: BytesDecoding {
    /// Lengths that are looked at together.
    private static let lengthsAtOnce = 1_024

    private var prefixes: DeltaDecoder
    private let rests: DeltaLengthTexts
    let largestValueBytes: Int

    private var previous = ByteBuffer()
    /// The texts of the latest call.
    private var store = ByteBuffer()
    private var prefixBuffer = ElementBuffer<Int64>()
    private var restBuffer = ElementBuffer<UnsafeRawBufferPointer>()

    init(_ bytes: UnsafeRawBufferPointer, atMost valueLimit: Int) throws(ParquetFault) {
        prefixes = try DeltaDecoder(bytes, atMost: valueLimit)
        let rest = UnsafeRawBufferPointer(rebasing: bytes[try prefixes.endPosition()...])
        rests = try DeltaLengthTexts(rest, atMost: valueLimit)
        largestValueBytes = try Self.largestValue(prefixes, DeltaDecoder(rest, atMost: valueLimit))
    }

    /// Walks over the lengths of all texts: together they may be far larger than the page.
    private static func largestValue(
        _ prefixes: consuming DeltaDecoder, _ rests: consuming DeltaDecoder
    ) throws(ParquetFault) -> Int {
        var shared = ElementBuffer<Int64>()
        var own = ElementBuffer<Int64>()
        var length = 0
        var largest = 0
        while prefixes.valuesLeft > 0 {
            shared.removeAll()
            own.removeAll()
            let count = min(prefixes.valuesLeft, lengthsAtOnce)
            try prefixes.read(count, into: &shared)
            try rests.read(count, into: &own)
            for index in 0..<count {
                let (prefix, rest) = (shared[index], own[index])
                guard prefix >= 0, prefix <= Int64(length), rest >= 0, rest <= Int64(Int32.max) else {
                    throw ParquetFault("a text of \(rest) bytes and \(prefix) of the \(length) before")
                }
                length = Int(prefix + rest)
                largest = max(largest, length)
            }
        }
        return largest
    }

    func read(_ count: Int, into output: inout ElementBuffer<UnsafeRawBufferPointer>) throws(ParquetFault) {
        prefixBuffer.removeAll()
        restBuffer.removeAll()
        try prefixes.read(count, into: &prefixBuffer)
        try rests.read(count, into: &restBuffer)
        // The texts must not move while they are handed out; adding no bytes makes room for one, too.
        let byteCount = (0..<count).reduce(0) { $0 + Int(prefixBuffer[$1]) + restBuffer[$1].count }
        store.removeAll()
        store.reserve(byteCount + 1)
        for index in 0..<count {
            let start = store.count
            store.append(contentsOf: UnsafeRawBufferPointer(rebasing: previous.bytes[..<Int(prefixBuffer[index])]))
            store.append(contentsOf: restBuffer[index])
            let text = UnsafeRawBufferPointer(rebasing: store.bytes[start...])
            previous.truncate(to: Int(prefixBuffer[index]))
            previous.append(contentsOf: restBuffer[index])
            output.append(text)
        }
    }
}
