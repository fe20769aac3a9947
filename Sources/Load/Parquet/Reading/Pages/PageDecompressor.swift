import Compression

/// Undoes the compression of pages.
final class PageDecompressor {
    /// The codecs that are read; the numbers are those of `CompressionCodec` in parquet.thrift.
    enum Codec: Int32 {
        case uncompressed = 0
        case snappy = 1
        case gzip = 2
        case zstd = 6

        /// The codecs of the format that are not read.
        private static let names: [Int32: String] = [3: "LZO", 4: "BROTLI", 5: "LZ4", 7: "LZ4_RAW"]

        /// - Throws: `ParquetFault` for other codecs.
        init(number: Int32) throws(ParquetFault) {
            guard let codec = Codec(rawValue: number) else {
                throw ParquetFault(
                    "the compression \(Self.names[number] ?? "\(number)"), "
                        + "not UNCOMPRESSED, SNAPPY, GZIP or ZSTD")
            }
            self = codec
        }
    }

    private lazy var zstd = ZstdDecompressor()

    /// Adds the content of compressed bytes to the output.
    ///
    /// - Precondition: `byteCount`, the size of the content, is within the limits of reading.
    /// - Throws: `ParquetFault` when the bytes are damaged or their content has another size.
    func decompress(
        _ input: UnsafeRawBufferPointer, _ codec: Codec, byteCount: Int, into output: inout ByteBuffer
    ) throws(ParquetFault) {
        let start = output.count
        let room = UnsafeMutableRawBufferPointer(start: output.extend(by: byteCount), count: byteCount)
        let written: Int
        do throws(CompressionError) {
            written = try decompress(input, codec, into: room)
        } catch {
            output.truncate(to: start)
            throw ParquetFault("a page that cannot be decompressed: \(error)")
        }
        guard written == byteCount else {
            throw ParquetFault("a page of \(written) bytes that was to have \(byteCount)")
        }
    }

    private func decompress(
        _ input: UnsafeRawBufferPointer, _ codec: Codec, into room: UnsafeMutableRawBufferPointer
    ) throws(CompressionError) -> Int {
        switch codec {
        case .uncompressed: return try copy(input, into: room)
        case .snappy: return try Snappy.decompress(input, into: room)
        case .gzip:
            let content = try Gzip.decompress(input, limit: room.count)
            return try content.withUnsafeBytes { bytes in
                Result { () throws(CompressionError) in try copy(bytes, into: room) }
            }.get()
        case .zstd: return try zstd.decompress(input, into: room)
        }
    }

    private func copy(
        _ input: UnsafeRawBufferPointer, into room: UnsafeMutableRawBufferPointer
    ) throws(CompressionError) -> Int {
        guard input.count <= room.count else { throw .tooLarge(limit: room.count) }
        room.copyMemory(from: input)
        return input.count
    }
}
