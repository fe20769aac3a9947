package import NilusCore
package import RunStatus

/// The lines of a terminal that follow a run: one for each endpoint under way or done.
package enum ProgressLines {
    /// Shows how every endpoint stands at the time `now`, cut to the `width` of the terminal in columns.
    package static func lines(_ run: WorkflowRun, now: Timestamp, width: Int) -> [String] {
        let endpoints = run.nodes.flatMap(\.endpoints).filter { $0.outcome.phase != .pending }
        let nameWidth = endpoints.map(\.endpoint.count).max() ?? 0
        return endpoints.map { line($0, now: now, nameWidth: nameWidth) }.map { String($0.prefix(max(20, width - 1))) }
    }

    private static func line(_ endpoint: EndpointStatus, now: Timestamp, nameWidth: Int) -> String {
        let name = endpoint.endpoint.padded(to: nameWidth)
        let rows = endpoint.rows.received.grouped.padded(to: 12, onLeft: true)
        let counts =
            "\(rows) rows\(rate(endpoint, now: now)), \(endpoint.extract.pages.grouped) pages, \(retries(endpoint))"
        return "\(mark(endpoint.outcome.phase)) \(name) \(counts)"
    }

    private static func retries(_ endpoint: EndpointStatus) -> String {
        endpoint.extract.retries == 1 ? "1 retry" : "\(endpoint.extract.retries) retries"
    }

    private static func rate(_ endpoint: EndpointStatus, now: Timestamp) -> String {
        guard let start = endpoint.startTime else { return "" }
        let microseconds = (endpoint.completionTime ?? now).microseconds - start.microseconds
        guard microseconds >= 100_000 else { return "" }
        return ", \((Int64(endpoint.rows.received) * 1_000_000 / microseconds).grouped) rows/s"
    }

    private static func mark(_ phase: Phase) -> String {
        switch phase {
        case .pending, .running: "·"
        case .succeeded: "✓"
        case .failed, .interrupted: "✗"
        case .skipped: "–"
        }
    }
}

extension String {
    /// The text with spaces up to a width.
    func padded(to width: Int, onLeft: Bool = false) -> String {
        let padding = String(repeating: " ", count: max(0, width - count))
        return onLeft ? padding + self : self + padding
    }
}
