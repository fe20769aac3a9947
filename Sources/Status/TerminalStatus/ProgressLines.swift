package import NilusCore
package import RunStatus

/// The lines of a terminal that follow a run: one for each endpoint under way or done.
package enum ProgressLines {
    /// Shows how every endpoint stands at the time `now`, within the terminal.
    ///
    /// Lines that scrolled away could not be drawn over: where they do not all fit, those that succeeded share one.
    package static func lines(_ run: WorkflowRun, now: Timestamp, in size: TerminalSize) -> [String] {
        let endpoints = run.nodes.flatMap(\.endpoints).filter { $0.outcome.phase != .pending }
        // The cursor waits in the line below.
        let room = max(3, size.rows - 1)
        let done = endpoints.count > room ? endpoints.filter { $0.outcome.phase == .succeeded } : []
        let shown = endpoints.count > room ? endpoints.filter { $0.outcome.phase != .succeeded } : endpoints
        let nameWidth = shown.map(\.endpoint.count).max() ?? 0
        let lines = together(done) + shown.map { line($0, now: now, nameWidth: nameWidth) }
        return cut(lines, to: room).map { String($0.prefix(max(20, size.columns - 1))) }
    }

    /// One line for endpoints that succeeded, none for none.
    private static func together(_ endpoints: [EndpointStatus]) -> [String] {
        guard !endpoints.isEmpty else { return [] }
        let rows = endpoints.reduce(0) { $0 + $1.rows.received }
        return ["\(mark(.succeeded)) \(endpoints.count) endpoints done, \(rows.grouped) rows"]
    }

    private static func cut(_ lines: [String], to room: Int) -> [String] {
        guard lines.count > room else { return lines }
        return lines.prefix(room - 1) + ["  and \(lines.count - room + 1) more"]
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

/// How much a terminal shows.
package struct TerminalSize: Sendable {
    package let columns: Int
    package let rows: Int

    package init(columns: Int, rows: Int) {
        self.columns = columns
        self.rows = rows
    }
}

extension String {
    /// The text with spaces up to a width.
    func padded(to width: Int, onLeft: Bool = false) -> String {
        let padding = String(repeating: " ", count: max(0, width - count))
        return onLeft ? padding + self : self + padding
    }
}
