import Synchronization

/// Counts what was asked and answered; never holds a key.
final class Ledger: Sendable {
    /// Distinct header values remembered at most; more are not told apart.
    private static let valueLimit = 100

    /// What is counted for one operation, and for all of them.
    struct Counts: Sendable {
        var requests = 0
        var rows = 0
        var bytes = 0
        var statuses: [Int: Int] = [:]
        var underWay = 0
        var highestConcurrency = 0
    }

    private struct State {
        var all = Counts()
        var operations: [String: Counts] = [:]
        var connections = 0
        var headers: [String: Set<String>] = [:]
    }

    private static let watchedHeaders = ["Stripe-Version", "Stripe-Account", "Stripe-Context", "User-Agent"]

    private let state = Mutex(State())

    func connectionOpened() {
        state.withLock { $0.connections += 1 }
    }

    /// Counts a request that has arrived, and tells how many are being answered with it.
    func begin(_ operation: String, _ request: Request) -> (all: Int, operation: Int) {
        state.withLock { state in
            for name in Self.watchedHeaders {
                guard let value = request.header(name) else { continue }
                if state.headers[name, default: []].count < Self.valueLimit {
                    state.headers[name, default: []].insert(Self.withoutKeys(value))
                }
            }
            state.all.begin()
            state.operations[operation, default: Counts()].begin()
            return (state.all.underWay, state.operations[operation]?.underWay ?? 0)
        }
    }

    /// Counts an answer that is about to be sent, so that a client that has it finds it counted.
    func answered(_ operation: String, status: Int, bytes: Int, rows: Int) {
        state.withLock { state in
            state.all.answered(status: status, bytes: bytes, rows: rows)
            state.operations[operation, default: Counts()].answered(status: status, bytes: bytes, rows: rows)
        }
    }

    /// Counts that an answer has left, or could not leave.
    func end(_ operation: String) {
        state.withLock { state in
            state.all.underWay -= 1
            state.operations[operation, default: Counts()].underWay -= 1
        }
    }

    /// Forgets everything except what is being answered.
    func reset() {
        state.withLock { state in
            state.connections = 0
            state.headers = [:]
            state.all = state.all.restarted
            state.operations = state.operations.mapValues(\.restarted).filter { $0.value.underWay > 0 }
        }
    }

    /// The statistics as JSON.
    var json: String {
        let state = state.withLock { $0 }
        let operations = state.operations.sorted { $0.key < $1.key }.map { (name: $0.key, value: $0.value.json) }
        let headers = Self.watchedHeaders.map {
            (name: $0, value: JSONWriting.strings((state.headers[$0] ?? []).sorted()))
        }
        return JSONWriting.object([
            ("total", state.all.json), ("connections", "\(state.connections)"),
            ("paths", JSONWriting.object(operations)), ("headers", JSONWriting.object(headers)),
        ])
    }

    /// A value that holds a key by mistake is not kept.
    private static func withoutKeys(_ value: String) -> String {
        ["_test_", "_live_", "_org_"].contains { value.contains($0) } ? "<withheld: looks like a key>" : value
    }
}

extension Ledger.Counts {
    fileprivate mutating func begin() {
        requests += 1
        underWay += 1
        highestConcurrency = max(highestConcurrency, underWay)
    }

    fileprivate mutating func answered(status: Int, bytes: Int, rows: Int) {
        statuses[status, default: 0] += 1
        self.bytes += bytes
        self.rows += rows
    }

    fileprivate var restarted: Ledger.Counts {
        var counts = Ledger.Counts()
        counts.underWay = underWay
        counts.highestConcurrency = underWay
        return counts
    }

    fileprivate var json: String {
        let statuses = statuses.sorted { $0.key < $1.key }.map { (name: "\($0.key)", value: "\($0.value)") }
        return JSONWriting.object([
            ("requests", "\(requests)"), ("rows", "\(rows)"), ("bytes", "\(bytes)"),
            ("rateLimited", "\(self.statuses[429] ?? 0)"), ("statuses", JSONWriting.object(statuses)),
            ("highestConcurrency", "\(highestConcurrency)"),
        ])
    }
}
