/// One rule of a fault file: when it applies, and what then goes wrong.
struct FaultRule: Sendable {
    /// Which requests a rule is about.
    struct Match: Sendable {
        /// The cursor that a request must have.
        enum Cursor: Sendable, Equatable {
            case any
            case none
            case id(String)
        }

        var pathPrefix = "/v1/"
        /// The rule waits until this many requests have matched path and cursor.
        var nth: Int?
        var cursor: Cursor?
        /// The rule applies to this part of the requests, decided by the seed and the request's number.
        var probability: Double?
        var seed: UInt64 = 0
    }

    var match = Match()
    /// How often the rule applies; `nil` for always.
    var times: Int?
    var action: FaultAction
}

/// What goes wrong.
enum FaultAction: Sendable {
    case status(Int, headers: [Header], body: [UInt8]?)
    case redirect(Int, location: String)
    case garbage(Garbage, status: Int)
    case deliver(Delivery)
    case lostCursor
    case repeatPage
    case emptyPage(hasMore: Bool)
    case ignoreCreatedFilter
    case futureRows(count: Int, seconds: Int)
    case alter(ObjectAlteration)
    case change(ObjectChange)
}

/// A body that is not what was asked for.
enum Garbage: String, Sendable, CaseIterable {
    case html, text, truncated, empty
}

/// How an answer leaves.
enum Delivery: Sendable, Equatable {
    case whole
    /// The connection is closed before anything is sent.
    case cutBefore
    /// The head promises the whole body, the connection is closed after a part of it.
    case cutAfter(bytes: Int)
    case slow(bytesPerSecond: Int)
    /// Sends a part of the body, waits, and sends the rest.
    case stall(milliseconds: Int, afterBytes: Int)
    /// Goes on after the body with blanks, up to a size or until the client has had enough.
    case endless(bytes: Int?)
}

/// A member that every so many objects have with another value.
struct ObjectAlteration: Sendable {
    let name: String
    /// The value as JSON, byte for byte as the rule has it.
    let value: [UInt8]
    /// Objects are altered whose place in the order of creation is divisible by this.
    let every: Int
}

/// A change that happens after a request was answered.
enum ObjectChange: Sendable {
    case create(ObjectKind, count: Int)
    /// The object at a place in the order of creation.
    case delete(ObjectKind, place: Int)
    case cancel(place: Int)
    case flip(place: Int)
}
