import CZlib

/// The checksum of gzip, polynomial 0x04C11DB7, which Parquet pages carry too.
///
/// - SeeAlso: RFC 1952, section 8
package enum CRC32 {
    /// Computes the checksum of bytes.
    ///
    /// - Parameters:
    ///   - bytes: what to check.
    ///   - start: the checksum of the bytes before these, when they come piece by piece.
    /// - Returns: the checksum of all bytes so far.
    package static func checksum(of bytes: UnsafeRawBufferPointer, continuing start: UInt32 = 0) -> UInt32 {
        // zlib answers a null pointer with the initial value instead of the one it was given.
        guard let base = bytes.baseAddress else { return start }
        let checksum = crc32_z(UInt(start), base.assumingMemoryBound(to: UInt8.self), z_size_t(bytes.count))
        return UInt32(truncatingIfNeeded: checksum)
    }
}
