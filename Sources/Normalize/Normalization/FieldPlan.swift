import Glibc
import Records

/// Finds the column of a JSON key, fast when rows name their fields in the same order.
///
/// Each slot remembers which slot followed it last time; a key is compared with that one first and
/// looked up by hash only when the guess fails.
struct FieldPlan {
    /// What happens to the values of a key.
    enum Target: Hashable {
        case column(Int, Conversion)
        /// The field has no column that can be filled.
        case extra
    }

    // Without references, so that reading a slot counts none.
    private struct Slot {
        let keyStart: Int
        let keyCount: Int
        let target: Target
        /// The slot that followed in the row before.
        var successor: Int?
    }

    private var slots: [Slot] = []
    private var keys: [UInt8] = []
    private var slotsByHash: [UInt64: [Int]] = [:]
    /// The slot of the key before; `nil` at the start of a row.
    private var previous: Int?
    private var firstInRow: Int?

    /// Begins a row.
    mutating func restart() {
        previous = nil
    }

    mutating func add(key: some Collection<UInt8>, _ target: Target) {
        slots.append(Slot(keyStart: keys.count, keyCount: key.count, target: target, successor: nil))
        keys += key
        slotsByHash[Self.hash(key), default: []].append(slots.count - 1)
    }

    /// The target of a key; `nil` when the key is not planned for.
    mutating func target(of key: UnsafeRawBufferPointer) -> Target? {
        let guess = if let previous { slots[previous].successor } else { firstInRow }
        if let guess, matches(guess, key) {
            previous = guess
            return slots[guess].target
        }
        guard let slot = slotsByHash[Self.hash(key)]?.first(where: { matches($0, key) }) else { return nil }
        if let previous { slots[previous].successor = slot } else { firstInRow = slot }
        previous = slot
        return slots[slot].target
    }

    private func matches(_ slot: Int, _ key: UnsafeRawBufferPointer) -> Bool {
        let (start, count) = (slots[slot].keyStart, slots[slot].keyCount)
        guard count == key.count, let keyStart = key.baseAddress else { return count == key.count }
        return keys.withUnsafeBytes { keys in
            guard let base = keys.baseAddress else { return false }
            return memcmp(base + start, keyStart, count) == 0
        }
    }

    /// FNV-1a, 64 bits.
    private static func hash(_ key: some Collection<UInt8>) -> UInt64 {
        key.reduce(0xcbf2_9ce4_8422_2325) { ($0 ^ UInt64($1)) &* 0x0000_0100_0000_01b3 }
    }
}
