import Synchronization

/// The rules in force, and how often each has applied.
final class FaultBook: Sendable {
    fileprivate struct Entry {
        let rule: FaultRule
        /// Requests that matched path and cursor.
        var seen = 0
        var applied = 0
    }

    private let entries: Mutex<[Entry]>

    init(_ rules: [FaultRule]) {
        entries = Mutex(rules.map { Entry(rule: $0) })
    }

    /// Puts other rules in force; all counting begins anew.
    func replace(_ rules: [FaultRule]) {
        entries.withLock { $0 = rules.map { Entry(rule: $0) } }
    }

    /// What goes wrong with a request.
    func plan(_ request: Request) -> FaultPlan {
        entries.withLock { entries in
            var plan = FaultPlan()
            for place in entries.indices where entries[place].applies(to: request) {
                plan.add(entries[place].rule.action)
            }
            return plan
        }
    }
}

extension FaultBook.Entry {
    /// Counts a request, and tells whether the rule applies to it.
    fileprivate mutating func applies(to request: Request) -> Bool {
        guard request.path.hasPrefix(rule.match.pathPrefix), matchesCursor(of: request) else { return false }
        seen += 1
        if let nth = rule.match.nth, seen < nth { return false }
        if let times = rule.times, applied >= times { return false }
        if let probability = rule.match.probability {
            let mixed = Mixing.mix(rule.match.seed, UInt64(seen)) >> 11
            guard Double(mixed) / Double(UInt64(1) << 53) < probability else { return false }
        }
        applied += 1
        return true
    }

    private func matchesCursor(of request: Request) -> Bool {
        let cursor = request.value("starting_after")
        return switch rule.match.cursor {
        case nil: true
        case .any?: cursor != nil
        case FaultRule.Match.Cursor.none?: cursor == nil
        case .id(let id)?: cursor == id
        }
    }
}
