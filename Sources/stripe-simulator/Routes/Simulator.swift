import NIOCore
import Synchronization

/// A Stripe account and its API, without the network.
final class Simulator: Sendable {
    let options: SimulatorOptions
    let dataset: Dataset
    let clock: SimulatorClock
    let journal: Journal
    let ledger = Ledger()
    let faults: FaultBook
    let keys: KnownKeys
    let outputs = OutputPool()
    private let gate: RateGate
    private let requestCount = Atomic<UInt64>(0)

    init(_ options: SimulatorOptions) {
        self.options = options
        dataset = Dataset(options)
        clock = SimulatorClock(anchor: options.now)
        journal = Journal(dataset)
        faults = FaultBook(options.faults)
        keys = KnownKeys(options.keys)
        gate = RateGate(options.limits)
    }

    /// Admits or refuses a request that has just arrived; the answer may be made later.
    func receive(_ request: Request) -> PendingAnswer {
        let route = Route(request)
        let underWay = ledger.begin(route.operation, request)
        let (number, _) = requestCount.add(1, ordering: .relaxed)
        var version = StripeDescription.version
        var plan = FaultPlan()
        let credentials = Result { () throws(APIError) -> Credentials in
            let credentials = try Credentials.check(request, options, keys)
            version = try VersionCheck.check(request)
            try permit(route, credentials)
            try gate.admit(
                route.operation, at: SimulatorClock.monotonicNanoseconds(), underWay: underWay,
                isLive: credentials.isLive)
            plan = faults.plan(request)
            return credentials
        }
        return PendingAnswer(
            request: request, route: route, requestID: requestID(number), credentials: credentials, version: version,
            plan: plan, now: clock.now)
    }

    /// Makes the answer, and the changes that a fault makes after it.
    func answer(_ pending: PendingAnswer) -> Answer {
        var answer = outputs.withOutput { output in
            switch pending.plan.replacement {
            case .status(let status, let headers, let body):
                return replacement(status, headers, body, pending, &output)
            case .garbage(let garbage, let status): return self.garbage(garbage, status, pending, &output)
            case nil: return ordinary(pending, &output)
            }
        }
        if let delivery = pending.plan.delivery { answer.delivery = delivery }
        for change in pending.plan.changes { make(change, now: pending.now) }
        return answer
    }

    private func permit(_ route: Route, _ credentials: Credentials) throws(APIError) {
        guard let kind = route.permission else { return }
        if options.forbidden.contains(kind) {
            throw .forbidden(credentials.maskedKey, kind, account: credentials.account)
        }
        if options.notEnabled.contains(kind) { throw .notEnabled(kind) }
    }

    private func requestID(_ number: UInt64) -> String {
        var output = Output()
        Base62.write(Mixing.mix(options.seed, number), count: 14, into: &output)
        return "req_" + String(decoding: output.bytes, as: UTF8.self)
    }

    // MARK: - Changes

    private func make(_ change: ObjectChange, now: Int) {
        do {
            switch change {
            case .create(let kind, let count): _ = try journal.create(kind, count: count, created: now, now: now)
            case .delete(let kind, let place): try journal.delete(try row(kind, place), now: now)
            case .cancel(let place): try journal.cancel(try row(.subscription, place), now: now)
            case .flip(let place): try journal.flip(try row(.price, place), now: now)
            }
        } catch {
            print(stderrLine: "stripe-simulator: a fault rule asks for a change that cannot be made: \(error)")
        }
    }

    private func row(_ kind: ObjectKind, _ place: Int) throws(ChangeError) -> Row {
        let count = dataset.table(kind).count
        guard place < count else {
            throw ChangeError("there is no \(kind.name) at place \(place); there are \(count) at start")
        }
        return Row(kind: kind, index: place)
    }
}
