/// What a row must satisfy to be listed.
enum RowFilter {
    case everything
    /// The member has one of these JSON values.
    case equals(member: String, [[UInt8]])
    /// The member has another JSON value, or none.
    case differs(member: String, [UInt8])
    /// The member is a number of seconds within the range.
    case within(member: String, SecondRange)
    /// The member is null, or is not.
    case null(member: String, Bool)
    /// The row is one of these.
    case rows(Set<Int>)
    /// The event's type is one of these, or begins with a group's name.
    case eventType([String])
    /// All of the event's notifications were delivered, or not.
    case delivered(Bool)

    func allows(_ row: Row, _ renderer: Renderer) -> Bool {
        switch self {
        case .everything: true
        case .equals(let member, let values): values.contains(Self.value(member, row, renderer) ?? [])
        case .differs(let member, let value): Self.value(member, row, renderer) != value
        case .within(let member, let range): Self.second(member, row, renderer).map(range.contains) ?? false
        case .null(let member, let isNull):
            (Self.value(member, row, renderer).map { $0 == Array("null".utf8) } ?? true) == isNull
        case .rows(let indexes): indexes.contains(row.index)
        case .eventType(let types): EventIndex(row.index).type(renderer).matchesEventType(types)
        case .delivered(let isDelivered):
            (Self.value("pending_webhooks", row, renderer) == Array("0".utf8)) == isDelivered
        }
    }

    private static func value(_ member: String, _ row: Row, _ renderer: Renderer) -> [UInt8]? {
        var output = Output()
        return renderer.writeValue(row.kind, row.index, member: member, into: &output) ? output.bytes : nil
    }

    private static func second(_ member: String, _ row: Row, _ renderer: Renderer) -> Int? {
        value(member, row, renderer).flatMap { Int(String(decoding: $0, as: UTF8.self)) }
    }

}

/// Seconds from a lower bound up to, not including, an upper one.
struct SecondRange: Equatable {
    var lower = Int.min
    var upper = Int.max

    func contains(_ second: Int) -> Bool {
        second >= lower && second < upper
    }
}
