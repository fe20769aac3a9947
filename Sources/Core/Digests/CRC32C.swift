import CChecksum

/// The checksum that object storages compare what they received with, polynomial 0x1EDC6F41.
///
/// Processors compute it by an instruction, at several bytes a cycle; a SHA-256 takes several times as long.
///
/// - SeeAlso: RFC 3720, appendix B.4
package struct CRC32C: Sendable, Hashable {
    package let value: UInt32

    /// Computes the checksum of bytes.
    package init(of bytes: UnsafeRawBufferPointer) {
        guard let base = bytes.baseAddress?.assumingMemoryBound(to: UInt8.self) else {
            value = 0
            return
        }
        let remainder =
            checksum_has_instruction() != 0
            ? checksum_crc32c_by_instruction(.max, base, bytes.count)
            : checksum_crc32c_portable(.max, base, bytes.count)
        value = ~remainder
    }

    /// Computes the checksum without the processor's instruction, as one that lacks it does.
    static func portable(of bytes: UnsafeRawBufferPointer) -> UInt32 {
        guard let base = bytes.baseAddress?.assumingMemoryBound(to: UInt8.self) else { return 0 }
        return ~checksum_crc32c_portable(.max, base, bytes.count)
    }

    /// The four bytes, the most significant one first, as header lines carry them in Base64.
    package var bytes: [UInt8] { withUnsafeBytes(of: value.bigEndian, Array.init) }
}
