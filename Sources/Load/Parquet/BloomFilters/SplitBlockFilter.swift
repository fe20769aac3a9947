/// A split block Bloom filter: tells that a value is not among others, or that it may be.
///
/// It has blocks of 256 bits. A hash chooses a block by its upper half, and by its lower half one bit in
/// each of the block's eight words.
///
/// - SeeAlso: apache/parquet-format, BloomFilter.md
struct SplitBlockFilter: Sendable, Hashable {
    static let blockBytes = 32
    private static let wordsInBlock = 8
    private static let salt: [UInt32] = [
        0x47B6_137B, 0x4497_4D91, 0x8824_AD5B, 0xA2B7_289D, 0x7054_95C7, 0x2DF1_424B, 0x9EFC_4947, 0x5C6B_FB31,
    ]

    private var words: [UInt32]

    /// An empty filter.
    ///
    /// - Precondition: at least one block.
    init(blockCount: Int) {
        precondition(blockCount > 0, "a filter has blocks")
        words = [UInt32](repeating: 0, count: blockCount * Self.wordsInBlock)
    }

    /// A filter as it is stored.
    ///
    /// - Precondition: the bytes are one block or more.
    init(_ bytes: UnsafeRawBufferPointer) {
        precondition(!bytes.isEmpty && bytes.count.isMultiple(of: Self.blockBytes), "a filter has whole blocks")
        words = (0..<bytes.count / 4).map {
            UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: $0 * 4, as: UInt32.self))
        }
    }

    var blockCount: Int { words.count / Self.wordsInBlock }

    var byteCount: Int { words.count * 4 }

    /// The filter as it is stored: the words in order, the lowest byte of each first.
    var bytes: [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(byteCount)
        for word in words { withUnsafeBytes(of: word.littleEndian) { bytes.append(contentsOf: $0) } }
        return bytes
    }

    /// Whether a value with the hash may have been inserted.
    func mayContain(_ hash: UInt64) -> Bool {
        let start = firstWord(of: hash)
        for word in 0..<Self.wordsInBlock where words[start + word] & Self.bit(hash, word) == 0 { return false }
        return true
    }

    /// Inserts a value.
    ///
    /// - Returns: whether the filter did not seem to have it.
    mutating func insert(_ hash: UInt64) -> Bool {
        let start = firstWord(of: hash)
        var isNew = false
        for word in 0..<Self.wordsInBlock {
            let bit = Self.bit(hash, word)
            isNew = isNew || words[start + word] & bit == 0
            words[start + word] |= bit
        }
        return isNew
    }

    /// Halves the filter; what it contained it still contains.
    ///
    /// The block of a hash is what the upper bits of the hash count to, so two neighbors become one.
    ///
    /// - Precondition: the number of blocks is a power of two and more than one.
    mutating func fold() {
        precondition(blockCount > 1 && blockCount.nonzeroBitCount == 1, "a filter that is folded has 2^n blocks")
        var folded = SplitBlockFilter(blockCount: blockCount / 2)
        for position in words.indices {
            let block = position / Self.wordsInBlock / 2
            folded.words[block * Self.wordsInBlock + position % Self.wordsInBlock] |= words[position]
        }
        self = folded
    }

    @inline(__always)
    private func firstWord(of hash: UInt64) -> Int {
        Int(((hash >> 32) &* UInt64(blockCount)) >> 32) &* Self.wordsInBlock
    }

    @inline(__always)
    private static func bit(_ hash: UInt64, _ word: Int) -> UInt32 {
        1 << ((UInt32(truncatingIfNeeded: hash) &* salt[word]) >> 27)
    }
}
