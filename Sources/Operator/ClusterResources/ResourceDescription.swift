package import JSON

/// What there is to tell about one workflow, for a person: conditions, runs, events.
package enum ResourceDescription {
    /// Writes the facts of a `Workflow`, its `WorkflowRun`s and its Events.
    package static func text(_ workflow: JSONValue, runs: [JSONValue], events: [JSONValue]) -> String {
        let resource = ClusterResource(.workflow, workflow)
        var lines = zip(ClusterResource.columns, resource.cells).map { "\($0.capitalizedWord): \($1)" }
        if let schedule = workflow["spec"]?["schedule"] { lines.append("Schedule: \(schedule.compactText)") }
        for (title, name) in [("Last due", "lastScheduleTime"), ("Next run", "nextScheduleTime")] {
            if let moment = workflow["status"]?[name]?.string { lines.append("\(title): \(moment)") }
        }
        lines += section("Conditions", ["TYPE", "STATUS", "REASON", "SINCE", "MESSAGE"], conditions(workflow))
        lines += section("Runs", ["NAME", "RUNTIME", "REASON", "ROWS", "STARTED", "COMPLETED"], runs.map(cells))
        for run in runs {
            guard let message = run["status"]?["message"]?.string, !message.isEmpty else { continue }
            lines.append("  \(run["metadata"]?["name"]?.string ?? ""): \(message)")
        }
        lines += section("Events", ["TIME", "TYPE", "REASON", "MESSAGE"], events.map(eventCells))
        return lines.joined(separator: "\n") + "\n"
    }

    private static func section(_ title: String, _ columns: [String], _ rows: [[String]]) -> [String] {
        guard !rows.isEmpty else { return ["", "\(title): none"] }
        let table = ResourceTable.text(columns, rows).split(separator: "\n").map { "  \($0)" }
        return ["", "\(title):"] + table
    }

    private static func conditions(_ workflow: JSONValue) -> [[String]] {
        (workflow["status"]?["conditions"]?.array ?? []).map { condition in
            ["type", "status", "reason", "lastTransitionTime", "message"].map { condition[$0]?.string ?? "" }
        }
    }

    private static func cells(_ run: JSONValue) -> [String] {
        let status = run["status"]
        return [
            run["metadata"]?["name"]?.string ?? "", (status?["phase"]?.string ?? "Pending").lowercased(),
            status?["reason"]?.string ?? "", status?["rowsCommitted"]?.integer.map(String.init) ?? "",
            status?["startTime"]?.string ?? "", status?["completionTime"]?.string ?? "",
        ]
    }

    private static func eventCells(_ event: JSONValue) -> [String] {
        [
            event["eventTime"]?.string ?? event["metadata"]?["creationTimestamp"]?.string ?? "",
            event["type"]?.string ?? "", event["reason"]?.string ?? "", event["note"]?.string ?? "",
        ]
    }
}

extension String {
    /// `NAME` as `Name`.
    fileprivate var capitalizedWord: String { prefix(1).uppercased() + dropFirst().lowercased() }
}
