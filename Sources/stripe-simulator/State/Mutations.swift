/// What has changed since the start: a value, so that an answer sees one state throughout.
struct Mutations: Sendable {
    /// A member that has another value than the generated one.
    struct Replacement: Sendable {
        let name: String
        /// The value as JSON.
        let value: [UInt8]
    }

    /// The changes of one kind of object.
    struct Changes: Sendable {
        /// When the added objects were created, by their serial number.
        var addedTimes: [Int] = []
        /// The serial numbers in order of creation.
        var addedOrder: [Int] = []
        var deleted: Set<Int> = []
        var replacements: [Int: [Replacement]] = [:]
    }

    /// An event of a change.
    struct Event: Sendable {
        let created: Int
        let type: String
        let kind: ObjectKind
        let index: Int
        /// The object after the change; `nil` when it is the object as it was generated.
        let snapshot: Snapshot?
        /// The replaced members with their earlier values.
        let previousAttributes: [UInt8]?
    }

    /// An object as it was, once for each mode in which it may be read.
    struct Snapshot: Sendable {
        let test: [UInt8]
        let live: [UInt8]
    }

    private var changes = Array(repeating: Changes(), count: ObjectKind.allCases.count)
    /// In the order they happened.
    var events: [Event] = []

    subscript(kind: ObjectKind) -> Changes {
        get { changes[Int(kind.rawValue)] }
        set { changes[Int(kind.rawValue)] = newValue }
    }

    func isDeleted(_ kind: ObjectKind, _ index: Int) -> Bool {
        let deleted = changes[Int(kind.rawValue)].deleted
        return !deleted.isEmpty && deleted.contains(index)
    }

    @inline(__always)
    func replacements(_ kind: ObjectKind, _ index: Int) -> [Replacement] {
        let replacements = changes[Int(kind.rawValue)].replacements
        return replacements.isEmpty ? [] : replacements[index] ?? []
    }
}
