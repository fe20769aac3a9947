/// What the API description says of one list endpoint.
struct EndpointFacts: Sendable {
    /// What a query parameter may hold.
    enum Parameter: Sendable, Equatable {
        case string
        case enumeration([String])
        case boolean
        case integer
        /// An exact number of seconds, or `[gt]`, `[gte]`, `[lt]`, `[lte]`.
        case range
        case strings
        /// `name[member]` for the named members.
        case object([String])
    }

    let kind: ObjectKind
    let path: String
    /// The member that holds the creation time.
    let createdField: String
    let parameters: [String: Parameter]
    let requiredParameters: [String]
    let createEvents: [String]
    let updateEvents: [String]
    let deleteEvents: [String]
    /// Members that Stripe sends on request only.
    let includableFields: Set<String>

    /// All endpoints, indexed by the raw value of their kind.
    static let all: [EndpointFacts] = StripeDescription.values(StripeDescription.endpoints).map { EndpointFacts($0) }

    private init(_ text: JSONText) {
        guard let kind = ObjectKind(name: text["name"]?.string ?? "") else {
            preconditionFailure("the description names an endpoint that the simulator does not know")
        }
        self.kind = kind
        path = text["path"]?.string ?? ""
        createdField = text["created_field"]?.string ?? "created"
        let members = text["params"]?.members ?? []
        parameters = Dictionary(uniqueKeysWithValues: members.map { ($0.name, Parameter($0.value)) })
        requiredParameters = text["required_params"]?.strings ?? []
        createEvents = text["events"]?["create"]?.strings ?? []
        updateEvents = text["events"]?["update"]?.strings ?? []
        deleteEvents = text["events"]?["delete"]?.strings ?? []
        includableFields = Set(text["includable_fields"]?.strings ?? [])
    }
}

extension EndpointFacts.Parameter {
    fileprivate init(_ text: JSONText) {
        let type = text["type"]?.string ?? "string"
        switch type {
        case "boolean": self = .boolean
        case "integer": self = .integer
        case "range|integer": self = .range
        case "array<string>": self = .strings
        case _ where type.hasPrefix("object{"):
            self = .object(type.dropFirst("object{".count).dropLast().split(separator: ",").map(String.init))
        default: self = text["enum"].map { .enumeration($0.strings) } ?? .string
        }
    }
}

extension ObjectKind {
    /// What the description says of this endpoint; `nil` for kinds without a list of their own.
    var facts: EndpointFacts? {
        Int(rawValue) < EndpointFacts.all.count ? EndpointFacts.all[Int(rawValue)] : nil
    }
}

extension EndpointFacts {
    /// The whole of a list that objects embed and that has no entry of its own in the description.
    static func embeddedList(_ kind: ObjectKind) -> EndpointFacts {
        EndpointFacts(embedded: kind)
    }

    private init(embedded kind: ObjectKind) {
        self.kind = kind
        path = kind.parent?.facts?.path ?? ""
        createdField = "created"
        parameters = ["limit": .integer, "starting_after": .string, "ending_before": .string, "expand": .strings]
        requiredParameters = []
        createEvents = []
        updateEvents = []
        deleteEvents = []
        includableFields = []
    }
}
