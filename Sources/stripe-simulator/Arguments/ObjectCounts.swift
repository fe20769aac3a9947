/// How many objects of each kind there are at start.
struct ObjectCounts: Sendable, Equatable {
    /// Indexes are hidden in 40 bits of some ids, and event numbers take five bits more than an index.
    static let limit = 1_000_000_000

    /// The number for kinds that are not named; enough for every shape of every kind to occur.
    var usual = 250
    var named: [ObjectKind: Int] = [:]

    func count(of kind: ObjectKind) -> Int {
        named[kind] ?? usual
    }

    /// Reads `charge=100000,customer=5000,default=10`.
    ///
    /// - Throws: `OptionError` for a name that is no endpoint, a derived endpoint, or a wrong number.
    init(parsing text: String) throws(OptionError) {
        for pair in text.split(separator: ",", omittingEmptySubsequences: false) {
            let sides = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            guard sides.count == 2 else {
                throw OptionError("'\(pair)' is not of the form endpoint=number")
            }
            guard let count = Int(sides[1]), (0...Self.limit).contains(count) else {
                throw OptionError("'\(sides[1])' in '\(pair)' is not a number of 0 to \(Self.limit)")
            }
            if sides[0] == "default" { usual = count } else { named[try Self.kind(sides[0])] = count }
        }
    }

    init(usual: Int = 250, _ named: [ObjectKind: Int] = [:]) {
        self.usual = usual
        self.named = named
    }

    private static func kind(_ name: String) throws(OptionError) -> ObjectKind {
        let kind = try ObjectKind(option: name)
        switch kind {
        case .subscriptionItem:
            throw OptionError("the number of 'subscription_item' follows from 'subscription'; set that one")
        case .event:
            throw OptionError("the number of 'event' follows from the objects of the last 30 days; set those")
        default: return kind
        }
    }
}

/// Why the value of an option cannot be used.
struct OptionError: Error, Equatable, CustomStringConvertible {
    let description: String

    init(_ description: String) {
        self.description = description
    }
}

extension ObjectKind {
    /// Reads the name of an endpoint as given on the command line.
    init(option name: String) throws(OptionError) {
        guard let kind = ObjectKind(name: name), ObjectKind.endpoints.contains(kind) else {
            let known = ObjectKind.endpoints.map(\.name).sorted().joined(separator: ", ")
            throw OptionError("'\(name)' is no endpoint; endpoints are \(known)")
        }
        self = kind
    }
}
