import JSON

/// A fixed sequence of random values (SplitMix64), so that a failing case can be run again.
struct SeededRandom: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) {
        state = seed
    }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    mutating func below(_ bound: Int) -> Int {
        Int.random(in: 0..<bound, using: &self)
    }

    mutating func pick<Item>(_ items: [Item]) -> Item {
        items[below(items.count)]
    }

    /// A short text of characters and words that YAML treats in some special way.
    mutating func text() -> String {
        let pieces = [
            "a", "b", "yes", "null", "true", "0", "1", "12", "e3", ".", "-", "+", "_", ":", " ", "  ", "#", "\n", "\t",
            "\r", "'", "\"", "\\", "{", "}", "[", "]", ",", "&", "*", "!", "|", ">", "%", "@", "`", "?", "~", "<<", "=",
            "---", "...", "2026-01-01", "T10:00:00", "é", "😀", "\u{85}", "\u{2028}", "\u{FEFF}", "\u{0}", "\u{7F}",
        ]
        return (0..<below(5)).map { _ in pick(pieces) }.joined()
    }

    mutating func jsonValue(depth: Int) -> JSONValue {
        switch below(depth > 0 ? 8 : 5) {
        case 0: return .null
        case 1: return .boolean(below(2) == 0)
        case 2: return .number(String(Int64.random(in: -1_000_000...1_000_000, using: &self)))
        case 5: return .array((0..<below(4)).map { _ in jsonValue(depth: depth - 1) })
        case 6, 7:
            var object = JSONObject()
            for _ in 0..<below(5) { object[text()] = jsonValue(depth: depth - 1) }
            return .object(object)
        default: return .string(text())
        }
    }
}
