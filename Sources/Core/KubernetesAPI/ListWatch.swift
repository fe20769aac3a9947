import JSON

/// What a client that mirrors a collection does next: list all of it, or watch on from where it stands.
///
/// - SeeAlso: kubernetes.io, "Kubernetes API Concepts", efficient detection of changes.
package struct ListWatch: Sendable {
    /// The next request.
    package enum Step: Sendable, Equatable {
        case list
        case watch(from: String)
    }

    /// What an event means for the mirror.
    package enum Change: Sendable, Equatable {
        case store
        case remove
        case nothing
        /// The watch is over; the next step says how to go on.
        case stop
    }

    /// The next request.
    package private(set) var step = Step.list
    private var failures = 0

    /// First wait after a failure, and the longest.
    private static let firstDelay = Duration.milliseconds(500)
    private static let longestDelay = Duration.seconds(30)

    /// Begins with a list.
    package init() {}

    /// A list came to its end at a resource version.
    package mutating func listed(at resourceVersion: String) {
        step = .watch(from: resourceVersion)
        failures = 0
    }

    /// A watch told something.
    package mutating func saw(_ event: WatchEvent) -> Change {
        switch event {
        case .added(let object), .modified(let object):
            return move(to: object["metadata"]?["resourceVersion"]?.string, .store)
        case .deleted(let object): return move(to: object["metadata"]?["resourceVersion"]?.string, .remove)
        case .bookmark(let resourceVersion): return move(to: resourceVersion, .nothing)
        case .error(let refusal):
            failed(refusal)
            return .stop
        }
    }

    private mutating func move(to resourceVersion: String?, _ change: Change) -> Change {
        if let resourceVersion { step = .watch(from: resourceVersion) }
        failures = 0
        return change
    }

    /// The server ended a watch in good order; one that told nothing must not be repeated at once.
    package mutating func ended(afterEvents count: Int) {
        if count == 0 { failures += 1 }
    }

    /// A list or watch was refused: an expired position is thrown away, a passing failure keeps it.
    package mutating func failed(_ refusal: ClusterRefusal) {
        if refusal.isExpired || !refusal.isTransient { step = .list }
        if !refusal.isExpired { failures += 1 }
    }

    /// A list or watch broke off without an answer.
    package mutating func brokeOff() {
        failures += 1
    }

    /// The wait before the next request, with `chance` out of 0 ..< 1 to spread clients.
    package func delay(chance: Double) -> Duration {
        guard failures > 0 else { return .zero }
        return min(Self.firstDelay * (1 << min(failures - 1, 10)), Self.longestDelay) * (0.5 + chance / 2)
    }
}
