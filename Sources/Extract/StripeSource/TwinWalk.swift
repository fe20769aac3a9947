import Extraction

/// The way through two lists, newest rows first, between which a row may move while they are read: which list is asked
/// next, from which second on, and which rows came before.
///
/// A list that is read only once can hide a row for good: it moves from the one that is yet to be read to the one that
/// was read already. So the seconds of creation are settled from the youngest down, and a second is settled when one
/// list was read there, then the other one, then the first again: a row that moves once is in one of the three
/// answers, whenever it moves. Between the readings lie requests, not runs, and only a row that moves there and back
/// just between them would be missed.
///
/// A reading reaches down as far as it comes, and counts for all seconds that it reached. So the list with fewer rows is
/// read around each reading of the other one, which costs little, however few its rows are.
struct TwinWalk {
    /// One list as it was at one time, from the border of then down.
    private struct Reading {
        let list: Int
        /// The last second of which every row was read; the least of all where the list ended.
        let reach: Int64
    }

    /// Seconds from this one on are settled.
    private(set) var border: Int64
    /// Readings that reach beyond the border, in the order of time: two at most, of different lists.
    private var readings: [Reading] = []
    /// For each list a second that it has rows in or before, as far as known.
    private var rowsUntil: [Int64?] = [nil, nil]
    /// Rows delivered whose second is not settled, by the hash of the bytes of their id: a few readings of each list.
    private var delivered: [Int: Int64] = [:]

    init(window: Window) {
        border = window.upper ?? .max
    }

    /// Whether every second is settled.
    var isFinished: Bool { border == .min }

    /// The list to be read next: the one that was not read last.
    var list: Int { readings.last.map { 1 - $0.list } ?? 0 }

    /// Whether the list to be read next is known to have rows beyond the border, unless they moved.
    var expectsRows: Bool { rowsUntil[list].map { $0 < border } ?? false }

    /// How many rows are remembered.
    var rowsRemembered: Int { delivered.count }

    /// What of a window is not settled.
    func rest(of window: Window) -> Window {
        Window(lower: window.lower, upper: border == .max ? nil : border)
    }

    /// Whether a reading counts that stands at a row of that second.
    func isOfUse(at second: Int64?) -> Bool {
        Self.reach(second) < border
    }

    /// Remembers a row, unless it was delivered before.
    mutating func isNew(_ id: String, created: Int64?) -> Bool {
        delivered.updateValue(created ?? .min, forKey: id.hashOfBytes) == nil
    }

    /// Takes account of a reading of the ``list``, which stands at a row of that second or came to the end, with no row
    /// wanted from the cut on.
    mutating func add(standingAt second: Int64?, isAtEnd: Bool, cut: Int64) {
        rowsUntil[list] = isAtEnd ? second : .min
        readings.append(Reading(list: list, reach: isAtEnd ? .min : Self.reach(second)))
        let settled = readings.count < 3 ? cut : readings.map(\.reach).max() ?? cut
        border = min(border, cut, settled)
        forget()
    }

    private mutating func forget() {
        readings.removeAll { $0.reach >= border }
        // Of two readings of one list with none of the other between them, the later one shows more.
        if readings.count == 2, readings[0].list == readings[1].list { readings.removeFirst() }
        delivered = delivered.filter { $0.value < border }
    }

    /// More rows of the second where a reading stands may follow.
    private static func reach(_ second: Int64?) -> Int64 {
        second.map { $0 == .max ? .max : $0 + 1 } ?? .max
    }
}
