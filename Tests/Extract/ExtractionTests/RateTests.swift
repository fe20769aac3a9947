import Extraction
import NilusCore
import Synchronization
import Testing

/// A clock that moves only when someone waits.
private final class ManualTime: Sendable {
    private let now = Mutex(Duration.zero)

    var elapsed: Duration { now.withLock { $0 } }

    func advance(_ duration: Duration) { now.withLock { $0 += duration } }

    var source: TimeSource {
        TimeSource(
            monotonic: { self.elapsed }, utc: { Timestamp(microseconds: 0) },
            sleep: { self.advance($0) })
    }
}

struct `A token bucket` {
    @Test func `gives a quarter second's worth at once and then one at a time`() {
        var bucket = TokenBucket(rate: 20, now: .zero)

        let waits = (0..<8).map { _ in bucket.reserve(at: .zero).milliseconds }

        #expect(waits == [0, 0, 0, 0, 0, 50, 100, 150])
    }

    @Test func `never exceeds its rate over a minute`() {
        var bucket = TokenBucket(rate: 25, now: .zero)
        var now = Duration.zero
        var sent = 0
        while now < .seconds(60) {
            now += bucket.reserve(at: now)
            if now < .seconds(60) { sent += 1 }
        }

        #expect((1_500...1_507).contains(sent))
    }

    @Test func `does not save up for later`() {
        var bucket = TokenBucket(rate: 4, now: .zero)

        let afterAnHour = (0..<3).map { _ in bucket.reserve(at: .seconds(3_600)).milliseconds }

        #expect(afterAnHour == [0, 250, 500])
    }
}

struct `A rate budget` {
    private let limits = RateLimits(perSecond: 20, perOperationPerSecond: 10, inFlight: 8)

    @Test func `holds one operation to its own rate and all of them to the common one`() async throws {
        let time = ManualTime()
        let budget = RateBudget(limits, time: time.source)

        for _ in 0..<102 { try await budget.spend(on: "list charge") {} }
        let one = time.elapsed.seconds
        for index in 0..<200 { try await budget.spend(on: "list \(index % 4)") {} }
        let four = time.elapsed.seconds - one

        #expect((9.5...10.5).contains(one))
        #expect((9.0...10.5).contains(four))
    }

    @Test func `is as low as the lowest wish of those who share it, while they do`() async throws {
        let time = ManualTime()
        let budget = RateBudget(limits, time: time.source)
        func rate() async throws -> Int {
            // The first requests may use what was saved up.
            for _ in 0..<10 { try await budget.spend(on: "list charge") {} }
            let start = time.elapsed
            for _ in 0..<40 { try await budget.spend(on: "list charge") {} }
            return Int((40 / (time.elapsed - start).seconds).rounded())
        }

        var fast: RateClaim? = budget.claim(RateWish(perSecond: 100, perOperationPerSecond: 25, inFlight: 2))
        #expect(try await rate() == 25)
        var slow: RateClaim? = budget.claim(RateWish(perSecond: 3, perOperationPerSecond: 3))
        let silent = budget.claim(RateWish())
        #expect(try await rate() == 3)
        slow = nil
        #expect(try await rate() == 25)
        fast = nil
        #expect(try await rate() == 10)
        #expect(slow == nil && fast == nil)
        withExtendedLifetime(silent) {}
    }

    @Test func `lets as many requests out at once as the lowest wish says`() async throws {
        let time = ManualTime()
        let budget = RateBudget(
            RateLimits(perSecond: 10_000, perOperationPerSecond: 10_000, inFlight: 8), time: time.source)
        let claims = [budget.claim(RateWish(inFlight: 5)), budget.claim(RateWish(inFlight: 2))]

        let crowd = try await crowd(of: 40, in: budget)

        #expect(crowd.most <= 2)
        withExtendedLifetime(claims) {}
    }

    @Test func `slows down when the server objects and recovers step by step`() async throws {
        let time = ManualTime()
        let budget = RateBudget(limits, time: time.source)
        func seconds(for count: Int) async throws -> Double {
            let start = time.elapsed
            for _ in 0..<count { try await budget.spend(on: "list charge") {} }
            return (time.elapsed - start).seconds
        }

        _ = try await seconds(for: 10)
        let before = try await seconds(for: 20)
        budget.throttled(.operationRate, on: "list charge")
        let after = try await seconds(for: 20)
        time.advance(.seconds(60))
        for _ in 0..<10 {
            time.advance(.seconds(6))
            _ = try await seconds(for: 1)
        }
        _ = try await seconds(for: 10)
        let later = try await seconds(for: 20)

        #expect(abs(before - 2) < 0.2)
        #expect(abs(after - 2 / 0.7) < 0.4)
        #expect(abs(later - 2) < 0.2)
    }

    @Test func `lets fewer requests out at once after an objection to their number`() async throws {
        let time = ManualTime()
        let budget = RateBudget(
            RateLimits(perSecond: 10_000, perOperationPerSecond: 10_000, inFlight: 8), time: time.source)
        budget.throttled(.concurrency, on: "list charge")

        let crowd = try await crowd(of: 40, in: budget)

        #expect(crowd.most <= 4)
        #expect(crowd.now == 0)
    }

    /// Sends so many requests at once and tells how many were out together.
    private func crowd(of count: Int, in budget: RateBudget) async throws -> Crowd {
        let crowd = Crowd()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<count {
                group.addTask {
                    try await budget.spend(on: "list charge") {
                        crowd.enter()
                        await Task.yield()
                        crowd.leave()
                    }
                }
            }
            try await group.waitForAll()
        }
        return crowd
    }
}

/// Counts who is inside at once.
private final class Crowd: Sendable {
    private let state = Mutex((now: 0, most: 0))

    var now: Int { state.withLock { $0.now } }
    var most: Int { state.withLock { $0.most } }

    func enter() { state.withLock { $0 = ($0.now + 1, max($0.most, $0.now + 1)) } }

    func leave() { state.withLock { $0.now -= 1 } }
}

struct `A retry policy` {
    private let policy = RetryPolicy(patience: .seconds(60))

    @Test func `doubles the wait, spreads it by chance and stops at half a minute`() {
        func milliseconds(_ failures: Int, _ chance: Double) -> Int64? {
            policy.delay(afterFailures: failures, elapsed: .zero, requested: nil, chance: chance)?.milliseconds
        }

        #expect(milliseconds(1, 0) == 250)
        #expect(milliseconds(1, 1) == 500)
        #expect(milliseconds(4, 1) == 4_000)
        #expect(milliseconds(50, 1) == 32_000)
    }

    @Test func `waits as long as the server asks for`() {
        #expect(policy.delay(afterFailures: 1, elapsed: .zero, requested: .seconds(20), chance: 0) == .seconds(20))
    }

    @Test func `ends with its patience, not with a count`() {
        #expect(policy.delay(afterFailures: 100, elapsed: .seconds(20), requested: nil, chance: 0) != nil)
        #expect(policy.delay(afterFailures: 2, elapsed: .milliseconds(59_900), requested: nil, chance: 0) == nil)
    }
}

struct `A checkpoint` {
    @Test func `survives its text`() {
        let checkpoint = Checkpoint(createdBefore: 1_780_272_005)

        #expect(checkpoint.text == #"{"version":1,"created_before":1780272005}"#)
        #expect(Checkpoint(text: checkpoint.text) == checkpoint)
        let late = Checkpoint(createdFrom: 5, createdBefore: 9)
        #expect(late.text == #"{"version":1,"created_before":9,"created_from":5}"#)
        #expect(Checkpoint(text: late.text) == late)
    }

    @Test(
        arguments: [
            // What was promised, what was read, and what both promise.
            ((5, 9), (9, 12), (5, 12)), ((5, 9), (7, 8), (5, 9)), ((5, 9), (2, 5), (2, 9)),
            ((5, 9), (nil, 12), (nil, 12)),
            ((nil, 9), (9, 12), (nil, 12)), ((nil, 9), (10, 12), (nil, 9)), ((5, 9), (nil, 4), (5, 9)),
        ] as [((Int64?, Int64), (Int64?, Int64), (Int64?, Int64))])
    func `grows by what touches it, and by nothing behind a gap`(
        _ promised: (Int64?, Int64), _ read: (Int64?, Int64), _ expected: (Int64?, Int64)
    ) {
        func checkpoint(_ stretch: (Int64?, Int64)) -> Checkpoint {
            Checkpoint(createdFrom: stretch.0, createdBefore: stretch.1)
        }

        #expect(checkpoint(promised).joined(with: checkpoint(read)) == checkpoint(expected))
    }

    @Test(arguments: [
        "", "{}", "null", #"{"version":2,"created_before":1}"#, #"{"version":1,"created_before":"1"}"#,
        #"{"version":1,"created_before":9,"created_from":null}"#,
    ])
    func `is not made of anything else`(_ text: String) {
        #expect(Checkpoint(text: text) == nil)
    }
}
