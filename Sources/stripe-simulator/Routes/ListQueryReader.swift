/// Reads a list query from a request, as strictly as Stripe does.
struct ListQueryReader {
    private static let bounds = ["gt", "gte", "lt", "lte"]

    let kind: ObjectKind
    let facts: EndpointFacts
    let request: Request
    let renderer: Renderer

    func read() throws(APIError) -> ListQuery {
        try refuseUnknownParameters()
        for name in facts.requiredParameters where request.value(name) == nil { throw .missingParameter(name) }
        for item in request.query where item.value.isEmpty { throw .empty(item.name) }
        if let path = request.query.first(where: { base(of: $0.name) == "expand" })?.value {
            throw .cannotExpand(path)
        }
        var query = ListQuery(kind: kind)
        query.limit = try limit()
        query.cursor = try cursor()
        query.created = try range("created") ?? SecondRange()
        query.filters = try usualFilters()
        for name in facts.parameters.keys.sorted() where !Self.isCore(name) {
            if let filter = try filter(name) { query.filters.append(filter) }
        }
        return query
    }

    /// The page size that is asked for; also used for lists that are embedded in objects.
    func limit() throws(APIError) -> Int {
        guard let limit = try integer("limit") else { return ListQuery.usualLimit }
        guard ListQuery.limits.contains(limit) else { throw .outOfRange("limit", limit, ListQuery.limits) }
        return limit
    }

    // MARK: - Cursors

    private func cursor() throws(APIError) -> ListQuery.Cursor? {
        let after = try row("starting_after")
        let before = try row("ending_before")
        switch (after, before) {
        case (.some, .some): throw .bothCursors
        case (let row?, nil): return .startingAfter(row)
        case (nil, let row?): return .endingBefore(row)
        case (nil, nil): return nil
        }
    }

    private func row(_ parameter: String) throws(APIError) -> Row? {
        guard let id = request.value(parameter) else { return nil }
        guard let row = renderer.row(kind, id: id) else {
            throw .missing(kind, id: id, parameter: parameter, status: 400)
        }
        return row
    }

    // MARK: - Filters

    private static func isCore(_ name: String) -> Bool {
        ["limit", "starting_after", "ending_before", "created", "expand", "types"].contains(name)
    }

    /// What Stripe hides unless asked.
    private func usualFilters() throws(APIError) -> [RowFilter] {
        switch kind {
        case .subscription where request.value("status") == nil:
            [.differs(member: "status", Self.json("canceled"))]
        case .price where request.value("active") == nil: [.equals(member: "active", [Array("true".utf8)])]
        case .paymentMethod where request.value("type") == nil: [.differs(member: "type", Self.json("custom"))]
        case .event: try eventTypes()
        default: []
        }
    }

    private func eventTypes() throws(APIError) -> [RowFilter] {
        let types = list("types")
        if let type = request.value("type") {
            guard types.isEmpty else { throw .bothEventTypes }
            return [.eventType([type])]
        }
        guard types.count <= 20 else { throw .tooManyTypes(types.count) }
        return types.isEmpty ? [] : [.eventType(types)]
    }

    private func filter(_ name: String) throws(APIError) -> RowFilter? {
        guard let parameter = facts.parameters[name] else { return nil }
        guard request.query.contains(where: { base(of: $0.name) == name }) else { return nil }
        if let filter = try ownFilter(name) { return filter }
        guard renderer.dataset.table(kind).templates.fieldNumber(name) != nil else {
            guard (kind, name) == (.price, "lookup_keys") else { throw .unsupportedFilter(name, facts.path) }
            return .equals(member: "lookup_key", list(name).map(Self.json))
        }
        let value = request.value(name) ?? ""
        switch parameter {
        case .string: return .equals(member: name, [Self.json(value)])
        case .enumeration(let values):
            guard values.contains(value) else { throw .notOneOf(name, values) }
            return .equals(member: name, [Self.json(value)])
        case .boolean: return .equals(member: name, [Array(try boolean(name).utf8)])
        case .range: return try range(name).map { .within(member: name, $0) }
        case .integer, .strings, .object: throw .unsupportedFilter(name, facts.path)
        }
    }

    /// Filters that are not the equality of a member of the same name.
    private func ownFilter(_ name: String) throws(APIError) -> RowFilter? {
        switch (kind, name) {
        case (.subscription, "status"):
            guard case .enumeration(let values) = facts.parameters[name], let value = request.value(name) else {
                return nil
            }
            guard values.contains(value) else { throw .notOneOf(name, values) }
            if value == "all" { return .everything }
            let wanted = value == "ended" ? ["canceled", "incomplete_expired"] : [value]
            return .equals(member: name, wanted.map(Self.json))
        case (.invoiceItem, "pending"): return .null(member: "invoice", try boolean(name) == "true")
        case (.event, "delivery_success"): return .delivered(try boolean(name) == "true")
        case (.event, "type"): return .eventType([request.value(name) ?? ""])
        case (.product, "ids"):
            return .rows(Set(list(name).compactMap { renderer.row(.product, id: $0)?.index }))
        default: return nil
        }
    }

    // MARK: - Values

    private func integer(_ name: String) throws(APIError) -> Int? {
        guard let value = request.value(name) else { return nil }
        // Far beyond any second, and far from overflow.
        guard let integer = Int(value), abs(Double(integer)) < 1e15 else { throw .invalidInteger(name, value) }
        return integer
    }

    private func boolean(_ name: String) throws(APIError) -> String {
        let value = request.value(name) ?? ""
        guard value == "true" || value == "false" else { throw .invalidBoolean(name, value) }
        return value
    }

    private func range(_ name: String) throws(APIError) -> SecondRange? {
        var range = SecondRange()
        var isGiven = false
        if let second = try integer(name) {
            range = SecondRange(lower: second, upper: second + 1)
            isGiven = true
        }
        for bound in Self.bounds {
            guard let second = try integer("\(name)[\(bound)]") else { continue }
            isGiven = true
            switch bound {
            case "gt": range.lower = max(range.lower, second + 1)
            case "gte": range.lower = max(range.lower, second)
            case "lt": range.upper = min(range.upper, second)
            default: range.upper = min(range.upper, second + 1)
            }
        }
        return isGiven ? range : nil
    }

    private func list(_ name: String) -> [String] {
        request.query.filter { base(of: $0.name) == name }.map(\.value)
    }

    private static func json(_ text: String) -> [UInt8] {
        Array(JSONWriting.string(text).utf8)
    }

    // MARK: - Names

    /// The name before the first bracket.
    private func base(of name: String) -> String {
        String(name.prefix { $0 != "[" })
    }

    /// Throws when the request has a parameter that the endpoint does not.
    func refuseUnknownParameters() throws(APIError) {
        let unknown = request.query.map(\.name).filter { !isKnown($0) }
        if !unknown.isEmpty { throw .unknownParameters(unknown) }
    }

    private func isKnown(_ name: String) -> Bool {
        guard let parameter = facts.parameters[base(of: name)] else { return false }
        let rest = name.dropFirst(base(of: name).count)
        switch parameter {
        case .string, .enumeration, .boolean, .integer: return rest.isEmpty
        case .range: return rest.isEmpty || Self.bounds.contains { rest == "[\($0)]" }
        case .strings: return rest == "[]" || (rest.hasPrefix("[") && Int(rest.dropFirst().dropLast()) != nil)
        case .object(let members): return members.contains { rest == "[\($0)]" }
        }
    }
}
