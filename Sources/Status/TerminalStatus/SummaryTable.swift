import NilusCore
package import RunStatus

/// The table that ends a run on a terminal.
package enum SummaryTable {
    /// Writes the table, a verdict, a line for each endpoint that did not simply succeed, and the warnings.
    package static func text(_ run: WorkflowRun) -> String {
        let endpoints = run.nodes.flatMap(\.endpoints)
        let header = ["endpoint", "table", "phase", "rows", "files", "size", "requests", "retries"]
        let rows = endpoints.map(cells)
        let widths = header.indices.map { column in
            ([header] + rows).map { $0[column].count }.max() ?? 0
        }
        let lines = ([header] + rows).map { row in
            zip(row, widths).enumerated().map { column, cell in
                cell.0.padded(to: cell.1, onLeft: column >= firstNumber)
            }.joined(separator: "  ")
        }
        let below = [verdict(run)] + remarks(endpoints) + warnings(run)
        return (lines.map(trimmed) + below).joined(separator: "\n") + "\n"
    }

    private static let firstNumber = 3

    private static func cells(_ endpoint: EndpointStatus) -> [String] {
        [
            endpoint.endpoint, endpoint.table, endpoint.outcome.phase.rawValue, endpoint.rows.written.grouped,
            endpoint.commit.map { $0.filesAdded.grouped } ?? "-",
            endpoint.commit.map { $0.bytesAdded.asByteCount } ?? "-", endpoint.extract.requests.grouped,
            endpoint.extract.retries.grouped,
        ]
    }

    private static func verdict(_ run: WorkflowRun) -> String {
        let rows = "\(run.rowsCommittedNow.grouped) rows committed"
        guard let envelope = run.envelope else { return "\(run.outcome.phase.rawValue): \(rows)" }
        let memory = "peak memory \(envelope.peakMemoryBytes.asByteCount) of \(envelope.memoryBytes.asByteCount)"
        let cpu = "\((envelope.cpuSeconds * 100).rounded() / 100) s of CPU"
        return "\(run.outcome.phase.rawValue): \(rows), \(cpu), \(memory)"
    }

    /// What did not simply succeed, a line each.
    private static func remarks(_ endpoints: [EndpointStatus]) -> [String] {
        endpoints.compactMap { endpoint in
            guard let message = endpoint.outcome.message else { return nil }
            return "  \(endpoint.endpoint): \(message)"
        }
    }

    private static func warnings(_ run: WorkflowRun) -> [String] {
        run.warnings.isEmpty ? [] : ["Warnings:"] + run.warnings.map { "  \($0)" }
    }

    private static func trimmed(_ line: String) -> String {
        String(line.reversed().drop { $0 == " " }.reversed())
    }
}
