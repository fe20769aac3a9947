import Glibc

/// The keys of rows that a load wrote, each with the place of its last version.
///
/// Keys are kept whole and compared byte by byte: no two keys are ever taken for one. Memory grows
/// with the keys, by some 25 bytes for each besides its own; ``memoryBytes`` says how much it is, and
/// the owner decides when it is enough.
struct KeySet {
    /// Where a row is: the number of its file and its position in it.
    struct Place: Hashable {
        private let packed: UInt64

        /// - Precondition: less than 2²⁴ files, of less than 2⁴⁰ rows each.
        init(file: Int, row: Int) {
            precondition(file >> 24 == 0 && row >> 40 == 0, "a load has less than 2^24 files of less than 2^40 rows")
            packed = UInt64(file) << 40 | UInt64(row)
        }

        var file: Int { Int(packed >> 40) }
        var row: Int { Int(packed & 0xFF_FFFF_FFFF) }
    }

    /// The keys one after another.
    private var bytes: [UInt8] = []
    /// Where each key ends in `bytes`.
    private var ends: [UInt32] = []
    private var places: [Place] = []
    private var moments: [Int64] = []
    /// For each key the number of its last version among the rows of the load; empty when rows are noted in
    /// the order in which they came.
    private var arrivals: [Int] = []
    /// Key numbers plus one by hash, zero where there is none; a power of two of them.
    private var slots: [UInt32] = []

    /// Says that nothing is known about when a row was created.
    static let noMoment = Int64.min

    /// The number of keys.
    var count: Int { ends.count }

    /// Bytes that the set holds by now.
    var memoryBytes: Int {
        bytes.capacity + ends.capacity * 4 + places.capacity * 8 + moments.capacity * 8 + arrivals.capacity * 8
            + slots.capacity * 4
    }

    /// Notes a row; of two rows with one key the one that came later counts.
    ///
    /// `moment`: when the row was created, which is the same for all versions of it.
    /// `arrival`: the number of the row among those of the load; `nil` when rows are noted in the order in
    /// which they came. Either all rows have one or none.
    ///
    /// - Returns: the place of the version that does not count; `nil` for a key that is new.
    mutating func insert(
        _ key: UnsafeRawBufferPointer, at place: Place, moment: Int64, arrival: Int? = nil
    ) -> Place? {
        if (count + 1) * 4 > slots.count * 3 { growSlots() }
        let slot = slot(of: key)
        if slots[slot] != 0 {
            let number = Int(slots[slot]) - 1
            if let arrival {
                guard arrival > arrivals[number] else { return place }
                arrivals[number] = arrival
            }
            let earlier = places[number]
            places[number] = place
            return earlier
        }
        reserveRoom(for: key.count)
        bytes.append(contentsOf: key)
        ends.append(UInt32(bytes.count))
        places.append(place)
        moments.append(moment)
        if let arrival { arrivals.append(arrival) }
        slots[slot] = UInt32(count)
        return nil
    }

    /// Grows by a quarter where an array by itself would double.
    private mutating func reserveRoom(for byteCount: Int) {
        if bytes.count + byteCount > bytes.capacity {
            bytes.reserveCapacity(max(4_096, bytes.count + byteCount, bytes.capacity / 4 * 5))
        }
        guard count == places.capacity else { return }
        let room = max(256, count / 4 * 5)
        ends.reserveCapacity(room)
        places.reserveCapacity(room)
        moments.reserveCapacity(room)
    }

    func contains(_ key: UnsafeRawBufferPointer) -> Bool { number(of: key) != nil }

    /// The number of a key among all, in the order in which they were first noted; `nil` when it is not there.
    func number(of key: UnsafeRawBufferPointer) -> Int? {
        guard !slots.isEmpty else { return nil }
        let slot = slots[slot(of: key)]
        return slot == 0 ? nil : Int(slot) - 1
    }

    /// Where the version of a key is that counts.
    func place(_ number: Int) -> Place { places[number] }

    /// Lends each key, in the order in which they were first noted.
    func forEach(_ body: (UnsafeRawBufferPointer) throws -> Void) rethrows {
        for number in 0..<count { try withKey(number, body) }
    }

    /// Lends a key.
    func withKey<Result>(_ number: Int, _ body: (UnsafeRawBufferPointer) throws -> Result) rethrows -> Result {
        let start = number == 0 ? 0 : Int(ends[number - 1])
        let end = Int(ends[number])
        return try bytes.withUnsafeBytes { try body(UnsafeRawBufferPointer(rebasing: $0[start..<end])) }
    }

    /// When the row of a key was created.
    func moment(_ number: Int) -> Int64 { moments[number] }

    /// The slot that holds the key, or the empty one where it belongs.
    private func slot(of key: UnsafeRawBufferPointer) -> Int {
        let mask = slots.count - 1
        var slot = Self.hash(key) & mask
        while slots[slot] != 0, !withKey(Int(slots[slot]) - 1, { $0.hasSameBytes(as: key) }) {
            slot = (slot + 1) & mask
        }
        return slot
    }

    private mutating func growSlots() {
        slots = [UInt32](repeating: 0, count: max(1_024, slots.count * 2))
        let mask = slots.count - 1
        for number in 0..<count {
            var slot = withKey(number, Self.hash) & mask
            while slots[slot] != 0 { slot = (slot + 1) & mask }
            slots[slot] = UInt32(number + 1)
        }
    }

    /// Seeded anew for each process, so that nobody can choose keys that collide.
    private static func hash(_ key: UnsafeRawBufferPointer) -> Int {
        var hasher = Hasher()
        hasher.combine(bytes: key)
        return hasher.finalize()
    }
}

extension UnsafeRawBufferPointer {
    fileprivate func hasSameBytes(as other: UnsafeRawBufferPointer) -> Bool {
        guard count == other.count else { return false }
        guard let baseAddress, let otherBase = other.baseAddress else { return true }
        return memcmp(baseAddress, otherBase, count) == 0
    }
}
