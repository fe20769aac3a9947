/// The definition levels of the open page of an optional column: for each row, whether it has a value.
///
/// They are kept as runs from the start, so that a column without gaps, or without values, costs the
/// same for a million rows as for one. Short runs are packed into groups of eight bits; see
/// ``RunLengthHybrid`` for the layout.
struct DefinitionLevels: ~Copyable {
    private static let groupSize = RunLengthHybrid.groupSize

    /// Finished runs.
    private var encoded = ByteBuffer()
    /// Where the header of the packed run at the end of `encoded` is; `nil` when none is open.
    private var packedHeader: Int?
    /// The bits of a group that is not full yet, the first row lowest.
    private var groupBits: UInt8 = 0
    private var groupCount = 0

    private var runIsPresent = false
    private var runCount = 0

    /// The rows of the page without a value.
    private(set) var nullCount = 0

    var allocatedBytes: Int { encoded.allocatedBytes }

    /// Gives the memory back; between two pages only.
    mutating func releaseMemory() { encoded.release() }

    /// Adds rows that all have a value, or all have none.
    @inline(__always)
    mutating func append(isPresent: Bool, count: Int) {
        guard count > 0 else { return }
        if !isPresent { nullCount &+= count }
        if isPresent == runIsPresent {
            runCount &+= count
        } else {
            closeRun()
            runIsPresent = isPresent
            runCount = count
        }
    }

    /// Adds rows of a batch, told by 1 and 0; rows behind the end have no value.
    mutating func append(_ presence: UnsafeBufferPointer<UInt8>, _ rows: Range<Int>) {
        let told = rows.clamped(to: 0..<presence.count)
        var row = told.lowerBound
        while row < told.upperBound {
            let value = presence[row]
            var end = row &+ 1
            while end < told.upperBound, presence[end] == value { end &+= 1 }
            append(isPresent: value != 0, count: end &- row)
            row = end
        }
        append(isPresent: false, count: rows.count - told.count)
    }

    /// Writes the levels as a data page of version 1 begins, their size in four bytes first, and starts the next page.
    mutating func finish(into output: inout ByteBuffer) {
        closeRun()
        closeGroup()
        output.append(littleEndian: UInt32(encoded.count))
        output.append(contentsOf: encoded.bytes)
        startPage()
    }

    /// Forgets the rows of the page.
    mutating func startPage() {
        encoded.removeAll()
        packedHeader = nil
        runCount = 0
        nullCount = 0
    }

    private mutating func closeRun() {
        var rest = runCount
        if groupCount > 0 {
            // A packed run holds whole groups, except at the very end of the page.
            let taken = min(rest, Self.groupSize - groupCount)
            pack(taken)
            rest -= taken
        }
        if rest >= Self.groupSize {
            packedHeader = nil
            RunLengthHybrid.appendRepeated(runIsPresent ? 1 : 0, count: rest, bitWidth: 1, to: &encoded)
        } else {
            pack(rest)
        }
        runCount = 0
    }

    /// Adds rows of the run to the open group; they fit into it.
    private mutating func pack(_ count: Int) {
        guard count > 0 else { return }
        if runIsPresent {
            groupBits |= UInt8(truncatingIfNeeded: ((1 << count) - 1) << groupCount)
        }
        groupCount += count
        if groupCount == Self.groupSize { closeGroup() }
    }

    /// Moves the open group into a packed run, filled up with zeros if it is not full.
    private mutating func closeGroup() {
        guard groupCount > 0 else { return }
        let header = openPackedRun()
        encoded.append(groupBits)
        let groups = encoded.count - header - 1
        encoded[header] = UInt8(groups << 1 | 1)
        if groups == RunLengthHybrid.maximumGroups { packedHeader = nil }
        groupBits = 0
        groupCount = 0
    }

    private mutating func openPackedRun() -> Int {
        if let packedHeader { return packedHeader }
        let header = encoded.count
        encoded.append(0)
        packedHeader = header
        return header
    }
}
