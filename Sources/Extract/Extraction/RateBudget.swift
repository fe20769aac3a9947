package import NilusCore
import Synchronization

/// How fast one credential may ask: a rate for all requests, one for each operation, and a number in flight.
///
/// All endpoints that share a credential share its budget, because the limit is the account's and the
/// merchant's own payments live under it too.
package final class RateBudget: Sendable {
    fileprivate struct State {
        var limits: RateLimits
        var overall: AdaptiveRate
        var operations: [String: AdaptiveRate] = [:]
        var inFlight: AdaptiveCount
        var claims: [Int: RateWish] = [:]
        var lastClaim = 0
    }

    /// What holds while nobody wishes anything else.
    private let standard: RateLimits
    private let time: TimeSource
    private let state: Mutex<State>
    private let gate: Turnstile

    /// A budget of these limits, unless those who share it wish others.
    package init(_ standard: RateLimits, time: TimeSource) {
        self.standard = standard
        self.time = time
        state = Mutex(
            State(
                limits: standard, overall: AdaptiveRate(target: standard.perSecond, now: time.monotonic()),
                inFlight: AdaptiveCount(target: standard.inFlight)))
        gate = Turnstile(places: standard.inFlight)
    }

    /// Lets the lowest wish of all who share the budget hold, for as long as the claim that is returned lives.
    package func claim(_ wish: RateWish) -> RateClaim {
        let id = change { state in
            state.lastClaim += 1
            state.claims[state.lastClaim] = wish
            return state.lastClaim
        }
        return RateClaim(self, id)
    }

    fileprivate func release(_ claim: Int) {
        change { $0.claims[claim] = nil }
    }

    private func change<Result: Sendable>(_ body: (inout State) -> Result) -> Result {
        let now = time.monotonic()
        let (result, places) = state.withLock { state in
            let result = body(&state)
            return (result, state.hold(to: standard.narrowed(by: state.claims.values), at: now))
        }
        gate.resize(to: places)
        return result
    }

    /// Waits for the turn of a request, runs it, and makes place for the next one.
    package func spend<Result>(on operation: String, _ request: () async throws -> Result) async throws -> Result {
        try await gate.enter()
        defer { gate.leave() }
        let wait = state.withLock { $0.reserve(operation, time.monotonic()) }
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
    fileprivate mutating func reserve(_ operation: String, _ now: Duration) -> Duration {
        let first = AdaptiveRate(target: limits.perOperationPerSecond, now: now)
        let operationWait = operations[operation, default: first].reserve(at: now)
        return max(overall.reserve(at: now), operationWait)
    }

    /// Goes on under other limits and returns how many requests may be in flight.
    fileprivate mutating func hold(to limits: RateLimits, at now: Duration) -> Int {
        self.limits = limits
        overall.retarget(limits.perSecond, at: now)
        for operation in operations.keys {
            operations[operation]?.retarget(limits.perOperationPerSecond, at: now)
        }
        return inFlight.retarget(limits.inFlight)
    }
}

/// One reader's part in a shared budget: its wish counts until the claim is let go.
package final class RateClaim: Sendable {
    private let budget: RateBudget
    private let id: Int

    fileprivate init(_ budget: RateBudget, _ id: Int) {
        self.budget = budget
        self.id = id
    }

    deinit { budget.release(id) }
}

/// What one of those who share a budget asks for; `nil` where it leaves the limit to the others.
package struct RateWish: Sendable, Hashable {
    package let perSecond: Double?
    package let perOperationPerSecond: Double?
    package let inFlight: Int?

    package init(perSecond: Double? = nil, perOperationPerSecond: Double? = nil, inFlight: Int? = nil) {
        self.perSecond = perSecond
        self.perOperationPerSecond = perOperationPerSecond
        self.inFlight = inFlight
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

extension RateLimits {
    /// These limits, and in place of each the lowest that is wished.
    fileprivate func narrowed(by wishes: some Collection<RateWish>) -> RateLimits {
        RateLimits(
            perSecond: wishes.compactMap(\.perSecond).min() ?? perSecond,
            perOperationPerSecond: wishes.compactMap(\.perOperationPerSecond).min() ?? perOperationPerSecond,
            inFlight: wishes.compactMap(\.inFlight).min() ?? inFlight)
    }
}

/// Which limit the server says was met.
package enum ThrottleCause: Sendable, Hashable {
    case keyRate, operationRate, concurrency
}

/// A number in flight that halves when the server objects and grows back one at a time.
package struct AdaptiveCount: Sendable {
    private var target: Int
    private var successes = 0
    package private(set) var count: Int

    /// Answers without objection that give back one place.
    private static let successesPerPlace = 50

    package init(target: Int) {
        self.target = target
        count = target
    }

    /// Goes on with another number to return to; one that yielded stays as low as it is.
    mutating func retarget(_ newTarget: Int) -> Int {
        count = count < target ? min(count, newTarget) : newTarget
        target = newTarget
        return count
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
