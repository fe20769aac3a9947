import NilusCore
import YAML

/// The keys that a section knows, and how a key may be spelled.
struct KeySet {
    /// The spellings that count as one.
    enum Spelling {
        /// `logLevel`, or `log_level`, or `log-level`.
        case camelCase
        /// `source-table` or `source_table`.
        case option
    }

    let keys: [String]
    let spelling: Spelling
    /// What an unknown key is.
    let unknown: ManifestFault.Severity
    /// A section of the same workflow whose keys are written here by mistake, and those keys.
    var neighbor: (section: String, keys: [String])?

    /// Keys of a resource; unknown ones are warned of and ignored, those that begin with `x-` silently.
    static func resource(_ keys: [String]) -> KeySet {
        KeySet(keys: keys, spelling: .camelCase, unknown: .warning)
    }

    /// Options; an unknown one is an error, because it would change what the table holds.
    static func options(_ keys: [String], neighbor: (section: String, keys: [String])) -> KeySet {
        KeySet(keys: keys, spelling: .option, unknown: .error, neighbor: neighbor)
    }

    /// The known key that a written one stands for.
    func known(_ written: String) -> String? {
        if keys.contains(written) { return written }
        switch spelling {
        case .camelCase:
            let folded = camelCased(written)
            return keys.contains(folded) ? folded : nil
        case .option:
            let folded = written.hyphenated
            return keys.first { $0.hyphenated == folded }
        }
    }

    /// The section that a misplaced key belongs to.
    func owner(of written: String) -> String? {
        guard let neighbor, neighbor.keys.contains(where: { $0.hyphenated == written.hyphenated }) else { return nil }
        return neighbor.section
    }

    /// The known key that was probably meant, spelled as the writer spells.
    func suggestion(for written: String) -> String? {
        guard let closest = Suggestion.closest(to: written, in: keys) else { return nil }
        let usesUnderscores = spelling == .option && written.contains("_") && !written.contains("-")
        return usesUnderscores ? String(closest.map { $0 == "-" ? "_" : $0 }) : closest
    }

    func ignores(_ written: String) -> Bool {
        unknown == .warning && written.hasPrefix("x-")
    }

    private func camelCased(_ text: String) -> String {
        let parts = text.split(whereSeparator: { $0 == "_" || $0 == "-" })
        guard let first = parts.first, parts.count > 1 else { return text }
        return first + parts.dropFirst().map { $0.prefix(1).uppercased() + $0.dropFirst() }.joined()
    }
}

extension String {
    /// The text with every `_` as `-`.
    var hyphenated: String { String(map { $0 == "_" ? "-" : $0 }) }
}
