package import NilusCore
import Synchronization

/// How fast one credential may ask: a rate for all requests, one for each operation, and a number in flight.
///
/// All endpoints that share a credential share its budget, because the limit is the account's and the
/// merchant's own payments live under it too.
package final class RateBudget: Sendable {
    fileprivate struct State {
        var overall: AdaptiveRate
        var operations: [String: AdaptiveRate] = [:]
        var inFlight: AdaptiveCount
    }

    private let limits: RateLimits
    private let time: TimeSource
    private let state: Mutex<State>
    private let gate: Turnstile

    package init(_ limits: RateLimits, time: TimeSource) {
        self.limits = limits
        self.time = time
        state = Mutex(
            State(
                overall: AdaptiveRate(target: limits.perSecond, now: time.monotonic()),
                inFlight: AdaptiveCount(target: limits.inFlight)))
        gate = Turnstile(places: limits.inFlight)
    }

    /// Waits for the turn of a request, runs it, and makes place for the next one.
    package func spend<Result>(on operation: String, _ request: () async throws -> Result) async throws -> Result {
        try await gate.enter()
        defer { gate.leave() }
        let wait = state.withLock { $0.reserve(operation, limits, time.monotonic()) }
        if wait > .zero { try await time.sleep(wait) }
        let result = try await request()
        return result
    }

    /// Notes an answer that met no limit.
    package func succeeded() {
        gate.resize(to: state.withLock { $0.inFlight.succeeded() })
    }

    /// Notes that the server met a limit, so that the next requests come slower or fewer at once.
    package func throttled(_ cause: ThrottleCause, on operation: String) {
        let now = time.monotonic()
        let places: Int? = state.withLock { state in
            switch cause {
            case .keyRate: state.overall.yield(at: now)
            case .operationRate: state.operations[operation]?.yield(at: now)
            case .concurrency: return state.inFlight.yield()
            }
            return nil
        }
        if let places { gate.resize(to: places) }
    }
}

extension RateBudget.State {
    /// Takes a place in both queues and returns the longer wait.
    fileprivate mutating func reserve(_ operation: String, _ limits: RateLimits, _ now: Duration) -> Duration {
        let first = AdaptiveRate(target: limits.perOperationPerSecond, now: now)
        let operationWait = operations[operation, default: first].reserve(at: now)
        return max(overall.reserve(at: now), operationWait)
    }
}

/// The published or configured limits of a credential.
package struct RateLimits: Sendable, Hashable {
    /// Requests per second over all operations.
    package let perSecond: Double
    /// Requests per second of one operation.
    package let perOperationPerSecond: Double
    /// Requests on their way at once.
    package let inFlight: Int

    package init(perSecond: Double, perOperationPerSecond: Double, inFlight: Int) {
        self.perSecond = perSecond
        self.perOperationPerSecond = perOperationPerSecond
        self.inFlight = inFlight
    }
}

/// Which limit the server says was met.
package enum ThrottleCause: Sendable, Hashable {
    case keyRate, operationRate, concurrency
}

/// A number in flight that halves when the server objects and grows back one at a time.
package struct AdaptiveCount: Sendable {
    private let target: Int
    private var successes = 0
    package private(set) var count: Int

    /// Answers without objection that give back one place.
    private static let successesPerPlace = 50

    package init(target: Int) {
        self.target = target
        count = target
    }

    /// Notes an objection and returns how many may be in flight now.
    package mutating func yield() -> Int {
        successes = 0
        count = max(1, count / 2)
        return count
    }

    /// Notes an answer without objection and returns how many may be in flight now.
    package mutating func succeeded() -> Int {
        guard count < target else { return count }
        successes += 1
        if successes == Self.successesPerPlace {
            successes = 0
            count += 1
        }
        return count
    }
}
