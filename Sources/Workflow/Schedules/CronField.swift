import NilusCore

/// One field of a cron expression: the numbers it allows.
struct CronField: Sendable, Equatable {
    /// Bit n stands for the number n.
    private(set) var numbers: UInt64 = 0
    /// Whether it says `*`, without a step; then the other of two day fields decides alone.
    private(set) var isAny = false

    func contains(_ number: Int64) -> Bool { numbers & (1 << UInt64(number)) != 0 }

    /// What a field may hold.
    struct Kind: Sendable {
        let name: String
        let range: ClosedRange<Int>
        /// Names for the numbers, the first for the first of the range.
        let words: [String]

        static let all = [
            Kind(name: "minute", range: 0...59, words: []),
            Kind(name: "hour", range: 0...23, words: []),
            Kind(name: "day of month", range: 1...31, words: []),
            Kind(
                name: "month", range: 1...12,
                words: ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]),
            Kind(name: "day of week", range: 0...6, words: ["sun", "mon", "tue", "wed", "thu", "fri", "sat"]),
        ]

        /// The number that a text stands for.
        func number(_ text: Substring) -> Int? {
            if let position = words.firstIndex(of: text.lowercased()) { return range.lowerBound + position }
            guard !text.isEmpty, text.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let number = Int(text),
                range.contains(number)
            else { return nil }
            return number
        }
    }

    /// Reads `item,item,…` with items `*`, `?`, a number or a range, each with an optional step.
    init?(_ text: Substring, _ kind: Kind) {
        for item in text.split(separator: ",", omittingEmptySubsequences: false) {
            guard take(item, kind) else { return nil }
        }
    }

    private mutating func take(_ item: Substring, _ kind: Kind) -> Bool {
        let halves = item.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        guard let range = Self.range(halves[0], kind, hasStep: halves.count == 2) else { return false }
        let step = halves.count == 2 ? Self.step(halves[1]) : 1
        guard let step else { return false }
        for number in stride(from: range.lowerBound, through: range.upperBound, by: step) {
            numbers |= 1 << UInt64(number)
        }
        if step == 1, halves[0] == "*" || halves[0] == "?" { isAny = true }
        return true
    }

    /// A number with a step begins a range to the end.
    private static func range(_ text: Substring, _ kind: Kind, hasStep: Bool) -> ClosedRange<Int>? {
        if text == "*" || text == "?" { return kind.range }
        let ends = text.split(separator: "-", maxSplits: 1, omittingEmptySubsequences: false)
        guard let first = kind.number(ends[0]) else { return nil }
        if ends.count == 1 { return first...(hasStep ? kind.range.upperBound : first) }
        guard let last = kind.number(ends[1]), first <= last else { return nil }
        return first...last
    }

    /// No step leaves a field further than a larger one would.
    private static func step(_ text: Substring) -> Int? {
        guard text.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let step = Int(text), step > 0 else { return nil }
        return min(step, 64)
    }
}
