/// Positions of rows in a file: one bit each, up to the highest.
struct RowSet {
    private var words: [UInt64] = []
    private(set) var count = 0

    /// - Precondition: the position is not below zero.
    mutating func insert(_ row: Int) {
        let index = row >> 6
        if index >= words.count { words.append(contentsOf: repeatElement(0, count: index + 1 - words.count)) }
        let bit: UInt64 = 1 << UInt64(row & 63)
        if words[index] & bit == 0 { count += 1 }
        words[index] |= bit
    }

    mutating func formUnion(_ other: RowSet) {
        if other.words.count > words.count {
            words.append(contentsOf: repeatElement(0, count: other.words.count - words.count))
        }
        for index in other.words.indices { words[index] |= other.words[index] }
        count = words.reduce(0) { $0 + $1.nonzeroBitCount }
    }

    func contains(_ row: Int) -> Bool {
        let index = row >> 6
        return index < words.count && words[index] & (1 << UInt64(row & 63)) != 0
    }

    /// Whether one of the rows is there.
    func containsAny(of rows: Range<Int>) -> Bool {
        rows.lowerBound < words.count << 6 && rows.contains(where: contains)
    }
}
