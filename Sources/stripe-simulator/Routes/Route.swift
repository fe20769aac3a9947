/// What a path of the API asks for.
enum Route: Equatable {
    case list(ObjectKind)
    case retrieve(ObjectKind, id: String)
    /// The whole of a list that an object embeds.
    case children(ObjectKind, parentID: String)
    case account
    case unrecognized

    private static let kindsByPath = Dictionary(
        uniqueKeysWithValues: EndpointFacts.all.map { ($0.path.dropFirst("/v1/".count), $0.kind) })

    init(_ request: Request) {
        self = request.method == "GET" ? Self.route(request.segments) : .unrecognized
    }

    private static func route(_ segments: [String]) -> Route {
        guard segments.first == "v1", segments.count > 1, segments.last?.isEmpty == false else {
            return .unrecognized
        }
        if segments == ["v1", "account"] { return .account }
        guard let kind = kindsByPath[segments[1][...]] else { return .unrecognized }
        switch segments.count {
        case 2: return .list(kind)
        case 3: return .retrieve(kind, id: segments[2])
        case 4 where segments[3] == "lines" && kind == .invoice: return .children(.lineItem, parentID: segments[2])
        case 4 where segments[3] == "lines" && kind == .creditNote:
            return .children(.creditNoteLineItem, parentID: segments[2])
        default: return .unrecognized
        }
    }

    /// The operation's name: what a rate limit and the statistics count together.
    var operation: String {
        switch self {
        case .list(let kind): kind.facts?.path ?? ""
        case .retrieve(let kind, _): (kind.facts?.path ?? "") + "/{id}"
        case .children(let kind, _): (kind.parent?.facts?.path ?? "") + "/{id}/lines"
        case .account: "/v1/account"
        case .unrecognized: "unrecognized"
        }
    }

    /// The name by which options forbid the operation: that of an endpoint, or `account`.
    var permission: ObjectKind? {
        switch self {
        case .list(let kind), .retrieve(let kind, _): kind
        case .children(let kind, _): kind.parent
        case .account: .account
        case .unrecognized: nil
        }
    }
}
