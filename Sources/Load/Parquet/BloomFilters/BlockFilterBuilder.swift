/// Makes the Bloom filters of a column, one for each row group, as large as the row group's values need.
///
/// How many values differ is known only at the end. Hashes are kept until then while they are few; many of
/// them go to the largest filter, which is folded at the end as far as it may be.
struct BlockFilterBuilder: ~Copyable {
    /// Bits for each different value: one value in a hundred that is not there seems to be.
    ///
    /// - SeeAlso: apache/parquet-format, BloomFilter.md, "Sizing an SBBF"
    private static let bitsPerValue = 10
    /// The largest filter, in bytes: enough for 800,000 values; a row group has 2²⁰ at most.
    private static let largestBytes = 1_024 * 1_024
    /// Hashes that are kept: they take as much as the largest filter does.
    private static let mostHashes = largestBytes / 8

    private var hashes = ElementBuffer<UInt64>()
    private var filter: SplitBlockFilter?
    private var distinctCount = 0

    /// The memory held, in bytes.
    var allocatedBytes: Int { hashes.allocatedBytes + (filter?.byteCount ?? 0) }

    mutating func insert(_ hash: UInt64) {
        if filter == nil, hashes.count < Self.mostHashes {
            hashes.append(hash)
        } else {
            insertIntoFilter(hash)
        }
    }

    /// Returns the filter of the values so far, `nil` when there were none, and starts the next one.
    mutating func finish() -> SplitBlockFilter? {
        defer {
            hashes.removeAll(keepingAtMost: Self.largestBytes / 4)
            filter = nil
            distinctCount = 0
        }
        pourHashes()
        while let size = filter?.byteCount, size > SplitBlockFilter.blockBytes, size / 2 >= neededBytes(distinctCount) {
            filter?.fold()
        }
        return filter
    }

    @inline(never)
    private mutating func insertIntoFilter(_ hash: UInt64) {
        if hashes.count > 0 { pourHashes() }
        if filter?.insert(hash) == true { distinctCount += 1 }
    }

    /// Moves the hashes into a filter that is large enough even if all of them differ.
    private mutating func pourHashes() {
        guard !hashes.isEmpty else { return }
        let isLargest = hashes.count == Self.mostHashes
        var poured = SplitBlockFilter(
            blockCount: (isLargest ? Self.largestBytes : sizeBytes(hashes.count)) / SplitBlockFilter.blockBytes)
        for hash in hashes.elements where poured.insert(hash) { distinctCount += 1 }
        filter = poured
        hashes.removeAll()
    }

    /// The size of a filter for so many different values: a power of two, as Arrow wants it.
    private func sizeBytes(_ valueCount: Int) -> Int {
        var size = SplitBlockFilter.blockBytes
        while size < Self.largestBytes, size < neededBytes(valueCount) { size *= 2 }
        return size
    }

    private func neededBytes(_ valueCount: Int) -> Int { valueCount * Self.bitsPerValue / 8 }
}
