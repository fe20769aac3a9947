/// The distinct values of a column chunk, numbered in the order they came.
///
/// The entries lie in PLAIN encoding one after another: they are the dictionary page.
struct ValueDictionary<Kind: ValueKind>: ~Copyable {
    /// Where a value is, and whether it is there only now.
    struct Place {
        let index: IndexBuffer.Index
        let isNew: Bool
    }

    /// Entries that positions of 16 bits and the slot table can number.
    private static var maximumCount: Int { Int(IndexBuffer.Index.max) - 1 }

    private let kind: Kind
    /// Upper bound of the dictionary page, in bytes.
    private let byteLimit: Int
    private let seed = ByteHash.seed

    /// The entries in PLAIN encoding.
    private(set) var page = ByteBuffer()
    private var starts = ElementBuffer<UInt32>()
    private var table = SlotTable()

    init(kind: Kind, byteLimit: Int) {
        self.kind = kind
        self.byteLimit = byteLimit
    }

    var count: Int { starts.count }

    var allocatedBytes: Int { page.allocatedBytes + starts.allocatedBytes + table.allocatedBytes }

    /// The bits of the largest position, at least one.
    var indexBitWidth: Int { max(1, Int.bitWidth - (count - 1).leadingZeroBitCount) }

    /// Finds the value, or adds it; `nil` when the dictionary is full.
    @inline(__always)
    mutating func place(of value: Kind.Value) -> Place? {
        let hash = kind.hash(value, seed: seed)
        if let found = find(value, hash) {
            return Place(index: IndexBuffer.Index(truncatingIfNeeded: found), isNew: false)
        }
        return add(value, hash)
    }

    /// The entry's value in PLAIN encoding.
    func entry(_ index: IndexBuffer.Index) -> UnsafeRawBufferPointer {
        let start = Int(starts[Int(index)])
        let end = Int(index) + 1 < count ? Int(starts[Int(index) + 1]) : page.count
        return UnsafeRawBufferPointer(rebasing: page.bytes[start..<end])
    }

    /// Gives back the memory that only finding values needs.
    mutating func releaseTable() {
        table.release()
    }

    /// Drops all entries and keeps the memory.
    mutating func removeAll() {
        page.removeAll()
        starts.removeAll()
        table.removeAll()
    }

    /// Drops all entries and gives the memory back.
    mutating func release() {
        page.release()
        starts.release()
        table.release()
    }

    @inline(__always)
    private func find(_ value: Kind.Value, _ hash: UInt64) -> Int? {
        guard let entries = page.bytes.baseAddress else { return nil }
        return table.find(hash) { kind.isEqual(value, toPlain: entries + Int(starts[$0])) }
    }

    @inline(never)
    private mutating func add(_ value: Kind.Value, _ hash: UInt64) -> Place? {
        let byteCount = kind.plainByteCount(of: value)
        guard byteCount <= byteLimit - page.count, count < Self.maximumCount else { return nil }
        starts.append(UInt32(page.count))
        kind.writePlain(value, to: page.extend(by: byteCount))
        return Place(index: IndexBuffer.Index(table.insert(hash)), isNew: true)
    }
}
