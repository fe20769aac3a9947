/// Reads fault rules from JSON; every mistake is named by rule and key.
struct FaultRuleReader {
    private static let kinds = [
        "status", "redirect", "garbage", "cut", "slow", "stall", "endless", "lostCursor", "repeat", "emptyPage",
        "ignoreCreatedFilter", "futureRows", "unknownField", "setField", "create", "delete", "cancel", "flip",
    ]

    /// Reads a list of rules.
    ///
    /// - Throws: `OptionError` that names the rule, counted from 1, and the key.
    static func rules(_ bytes: [UInt8]) throws(OptionError) -> [FaultRule] {
        let text: JSONText
        do {
            text = try JSONTextParser.parse(bytes)
        } catch {
            throw OptionError("the fault rules are \(error)")
        }
        guard let items = text.items else { throw OptionError("the fault rules are not a JSON array") }
        var rules: [FaultRule] = []
        for (number, item) in items.enumerated() { rules.append(try rule(item, "rule \(number + 1)")) }
        return rules
    }

    private static func rule(_ text: JSONText, _ place: String) throws(OptionError) -> FaultRule {
        let members = try FaultMembers(text, place)
        try members.allow(["match", "times", "do"])
        guard let action = text["do"] else { throw OptionError("\(place) has no 'do'") }
        var rule = FaultRule(action: try self.action(try FaultMembers(action, "'do' of \(place)")))
        if let match = text["match"] { rule.match = try self.match(try FaultMembers(match, "'match' of \(place)")) }
        rule.times = try members.integer("times", in: 1...Int.max) ?? (rule.match.nth == nil ? nil : 1)
        return rule
    }

    private static func match(_ members: FaultMembers) throws(OptionError) -> FaultRule.Match {
        try members.allow(["path", "nth", "cursor", "probability", "seed"])
        var match = FaultRule.Match()
        match.pathPrefix = try members.string("path") ?? match.pathPrefix
        match.nth = try members.integer("nth", in: 1...Int.max)
        switch try members.string("cursor") {
        case "any": match.cursor = .any
        case "none": match.cursor = FaultRule.Match.Cursor.none
        case let id?: match.cursor = .id(id)
        case nil: break
        }
        match.probability = try members.fraction("probability")
        match.seed = UInt64(try members.integer("seed", in: 0...Int.max) ?? 0)
        return match
    }

    private static func action(_ members: FaultMembers) throws(OptionError) -> FaultAction {
        let kind = try members.required("kind", try members.string("kind"))
        switch kind {
        case "status", "redirect", "garbage": return try answer(kind, members)
        case "cut", "slow", "stall", "endless": return .deliver(try delivery(kind, members))
        case "create", "delete", "cancel", "flip": return .change(try change(kind, members))
        case "unknownField", "setField":
            try members.allow(["kind", "name", "value", "every"])
            return .alter(
                ObjectAlteration(
                    name: try members.required("name", try members.string("name")),
                    value: try members.required("value", members.raw("value")),
                    every: try members.integer("every", in: 1...Int.max) ?? 1))
        default: return try page(kind, members)
        }
    }

    private static func answer(_ kind: String, _ members: FaultMembers) throws(OptionError) -> FaultAction {
        switch kind {
        case "status":
            try members.allow(["kind", "status", "headers", "body"])
            let status = try members.required("status", try members.integer("status", in: 100...599))
            return .status(status, headers: try members.headers("headers"), body: members.body("body"))
        case "redirect":
            try members.allow(["kind", "status", "location"])
            let location = try members.required("location", try members.string("location"))
            return .redirect(try members.integer("status", in: 300...399) ?? 302, location: location)
        default:
            try members.allow(["kind", "status", "as"])
            let form = try members.required("as", try members.string("as"))
            guard let garbage = Garbage(rawValue: form) else {
                throw members.error("as", "one of \(Garbage.allCases.map(\.rawValue).joined(separator: ", "))")
            }
            return .garbage(garbage, status: try members.integer("status", in: 200...599) ?? 200)
        }
    }

    private static func delivery(_ kind: String, _ members: FaultMembers) throws(OptionError) -> Delivery {
        switch kind {
        case "cut":
            try members.allow(["kind", "after"])
            return try members.integer("after", in: 0...Int.max).map { .cutAfter(bytes: $0) } ?? .cutBefore
        case "slow":
            try members.allow(["kind", "bytesPerSecond"])
            let rate = try members.integer("bytesPerSecond", in: 1...1_000_000_000)
            return .slow(bytesPerSecond: try members.required("bytesPerSecond", rate))
        case "stall":
            try members.allow(["kind", "milliseconds", "after"])
            let wait = try members.required("milliseconds", try members.integer("milliseconds", in: 0...86_400_000))
            return .stall(milliseconds: wait, afterBytes: try members.integer("after", in: 0...Int.max) ?? 0)
        default:
            try members.allow(["kind", "bytes"])
            return .endless(bytes: try members.integer("bytes", in: 1...Int.max))
        }
    }

    private static func change(_ kind: String, _ members: FaultMembers) throws(OptionError) -> ObjectChange {
        try members.allow(kind == "create" ? ["kind", "endpoint", "count"] : ["kind", "endpoint", "object"])
        let name =
            try members.string("endpoint") ?? (kind == "cancel" ? "subscription" : kind == "flip" ? "price" : nil)
        let endpoint = try ObjectKind(option: try members.required("endpoint", name))
        let place = try members.integer("object", in: 0...Int.max)
        switch kind {
        case "create": return .create(endpoint, count: try members.integer("count", in: 1...Journal.addedLimit) ?? 1)
        case "delete": return .delete(endpoint, place: try members.required("object", place))
        case "cancel": return .cancel(place: try members.required("object", place))
        default: return .flip(place: try members.required("object", place))
        }
    }

    private static func page(_ kind: String, _ members: FaultMembers) throws(OptionError) -> FaultAction {
        switch kind {
        case "emptyPage":
            try members.allow(["kind", "hasMore"])
            return .emptyPage(hasMore: try members.bool("hasMore") ?? true)
        case "futureRows":
            try members.allow(["kind", "count", "seconds"])
            return .futureRows(
                count: try members.integer("count", in: 1...100) ?? 1,
                seconds: try members.integer("seconds", in: 0...86_400_000) ?? 60)
        case "lostCursor", "repeat", "ignoreCreatedFilter":
            try members.allow(["kind"])
            return kind == "repeat" ? .repeatPage : kind == "lostCursor" ? .lostCursor : .ignoreCreatedFilter
        default:
            throw members.error("kind", "one of \(Self.kinds.joined(separator: ", "))")
        }
    }
}
