import Compression

/// The memory that making a page needs: a compression context and two page buffers.
///
/// All columns of a file use one, and so may all files that one task writes: pages are made one at a
/// time. It is not `Sendable`.
package final class ParquetScratch {
    /// Zstandard's level: 1 is both faster and smaller than 3 on JSON text cut into pages.
    package static let defaultCompressionLevel = 1
    /// 128 KiB: twice a page, so that readers and the context need no larger window.
    private static let windowLog = 17
    /// Buffers larger than this many bytes, grown for a huge value, are given back after its page.
    private static let keptBytes = 512 * 1_024

    private let compressor: ZstdCompressor
    /// The page that is being put together, before compression.
    var body = ByteBuffer()
    private var compressed = ByteBuffer()
    private var header = ThriftWriter()

    /// Creates the memory; most of it is allocated at the first page.
    ///
    /// - Parameter compressionLevel: Zstandard's level, from -131072 (fastest) to 22 (smallest).
    package init(compressionLevel: Int = ParquetScratch.defaultCompressionLevel) {
        compressor = ZstdCompressor(level: compressionLevel, windowLog: Self.windowLog)
    }

    /// The memory held, in bytes.
    package var allocatedBytes: Int {
        compressor.allocatedBytes + body.allocatedBytes + compressed.allocatedBytes
    }

    /// Compresses the page in `body`, adds it to the queue and empties `body`.
    ///
    /// - Returns: the size of the page with its header before compression, in bytes.
    func finishPage(_ kind: PageHeader.Kind, into pages: inout PageQueue) -> Int {
        let bodyBytes = body.count
        compressBody()
        header.removeAll()
        PageHeader.write(
            kind, uncompressedBytes: bodyBytes, compressedBytes: compressed.count,
            checksum: CRC32.checksum(of: compressed.bytes), to: &header)
        let headerBytes = header.bytes.withUnsafeBytes { bytes in
            pages.append(bytes, compressed.bytes)
            return bytes.count
        }
        body.removeAll(keepingAtMost: Self.keptBytes)
        compressed.removeAll(keepingAtMost: Self.keptBytes)
        return headerBytes + bodyBytes
    }

    private func compressBody() {
        let bound = ZstdCompressor.bound(ofByteCount: body.count)
        compressed.removeAll()
        let room = UnsafeMutableRawBufferPointer(start: compressed.extend(by: bound), count: bound)
        compressed.truncate(to: compressor.compress(body.bytes, into: room))
    }
}
