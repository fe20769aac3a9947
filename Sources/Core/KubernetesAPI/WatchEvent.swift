package import JSON

/// One change that a watch tells.
package enum WatchEvent: Sendable, Equatable {
    case added(JSONValue)
    case modified(JSONValue)
    case deleted(JSONValue)
    /// Nothing changed up to this resource version; its object has no name.
    case bookmark(resourceVersion: String)
    /// The server ends the watch and says why inside the stream, although it answered 200.
    case error(ClusterRefusal)

    /// Reads one line of a watch; `nil` when it is no event of a known type.
    package init?(_ line: JSONValue) {
        guard let object = line["object"] else { return nil }
        switch line["type"]?.string {
        case "ADDED": self = .added(object)
        case "MODIFIED": self = .modified(object)
        case "DELETED": self = .deleted(object)
        case "BOOKMARK":
            guard let version = object["metadata"]?["resourceVersion"]?.string else { return nil }
            self = .bookmark(resourceVersion: version)
        case "ERROR": self = .error(ClusterRefusal(status: Int(object["code"]?.integer ?? 500), body: object))
        default: return nil
        }
    }
}

/// Cuts the body of a watch, which arrives in pieces of any size, into events: one JSON value a line.
package struct WatchDecoder: Sendable {
    /// Longest event, in bytes: etcd keeps objects of at most 1.5 MiB.
    package static let largestEvent = 8 * 1_024 * 1_024

    /// Why a stream cannot be read on.
    package enum Problem: Error, Equatable {
        case tooLarge
        case notAnEvent
    }

    private var rest: [UInt8] = []

    /// Starts at the beginning of a stream.
    package init() {}

    /// Takes the next piece and gives the events that are complete now.
    ///
    /// - Throws: `Problem` when a line is too long or no event; the stream is then of no use.
    package mutating func take(_ piece: some Sequence<UInt8>) throws(Problem) -> [WatchEvent] {
        var events: [WatchEvent] = []
        for byte in piece {
            guard byte == 0x0A else {
                rest.append(byte)
                guard rest.count <= Self.largestEvent else { throw .tooLarge }
                continue
            }
            if let event = try Self.event(rest) { events.append(event) }
            rest.removeAll(keepingCapacity: rest.count < 65_536)
        }
        return events
    }

    private static func event(_ line: [UInt8]) throws(Problem) -> WatchEvent? {
        if line.allSatisfy({ $0 <= 0x20 }) { return nil }
        guard let value = try? JSONValue(parsing: line), let event = WatchEvent(value) else { throw .notAnEvent }
        return event
    }
}
