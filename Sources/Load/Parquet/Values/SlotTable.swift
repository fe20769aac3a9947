/// An open-addressing hash table from hashes to the positions 0, 1, 2, … in order of insertion.
///
/// It knows nothing of the entries themselves: the caller compares them.
struct SlotTable: ~Copyable {
    private static let firstSlotCount = 64

    /// The position plus one; zero where no entry is.
    private var slots = ElementBuffer<UInt16>()
    /// The upper half of each entry's hash, so that growing needs no entries.
    private var hashes = ElementBuffer<UInt32>()

    /// The number of entries.
    var count: Int { hashes.count }

    var allocatedBytes: Int { slots.allocatedBytes + hashes.allocatedBytes }

    /// Returns the position of the entry that has the hash and that `isMatch` accepts.
    @inline(__always)
    func find(_ hash: UInt64, _ isMatch: (Int) -> Bool) -> Int? {
        guard !slots.isEmpty else { return nil }
        let mask = slots.count &- 1
        let wanted = Self.kept(of: hash)
        var slot = Self.start(of: hash, mask)
        while true {
            let position = Int(slots[slot]) &- 1
            if position < 0 { return nil }
            if hashes[position] == wanted, isMatch(position) { return position }
            slot = (slot &+ 1) & mask
        }
    }

    /// Adds an entry and returns its position.
    ///
    /// - Precondition: no entry with this value is there, and fewer than 2¹⁶ − 1 entries are.
    mutating func insert(_ hash: UInt64) -> Int {
        // At most half full, so that searches stay short and always end.
        if count * 2 >= slots.count { grow() }
        let position = hashes.count
        hashes.append(Self.kept(of: hash))
        occupy(Self.kept(of: hash), by: position)
        return position
    }

    mutating func removeAll() {
        guard count > 0 else { return }
        hashes.removeAll()
        let slotCount = slots.count
        slots.removeAll()
        slots.append(repeating: 0, count: slotCount)
    }

    mutating func release() {
        slots.release()
        hashes.release()
    }

    private mutating func grow() {
        let slotCount = max(Self.firstSlotCount, slots.count * 2)
        slots.removeAll()
        slots.append(repeating: 0, count: slotCount)
        for position in 0..<hashes.count { occupy(hashes[position], by: position) }
    }

    private mutating func occupy(_ kept: UInt32, by position: Int) {
        let mask = slots.count - 1
        var slot = Int(kept) & mask
        while slots[slot] != 0 { slot = (slot + 1) & mask }
        slots[slot] = UInt16(position + 1)
    }

    /// The part of a hash that is kept; it also says where the search starts.
    @inline(__always)
    private static func kept(of hash: UInt64) -> UInt32 { UInt32(truncatingIfNeeded: hash >> 32) }

    @inline(__always)
    private static func start(of hash: UInt64, _ mask: Int) -> Int { Int(kept(of: hash)) & mask }
}
