package import JSON
import NilusCore

extension WorkflowRun {
    /// The run as a Kubernetes-shaped resource, `WorkflowRun` of `nilus.dataos.io/v1`.
    package var resource: JSONValue {
        [
            "apiVersion": "nilus.dataos.io/v1",
            "kind": "WorkflowRun",
            "metadata": metadata,
            "spec": spec,
            "status": status,
        ]
    }

    private var metadata: JSONValue {
        var fields: JSONObject = ["name": .string(runID)]
        fields["namespace"] = workflow.workspace.map(JSONValue.string)
        fields["labels"] = ["nilus.dataos.io/workflow": .string(workflow.name)]
        return .object(fields)
    }

    private var spec: JSONValue {
        var reference: JSONObject = ["name": .string(workflow.name)]
        reference["version"] = workflow.version.map(JSONValue.string)
        var manifest: JSONObject = ["file": .string(workflow.file)]
        if !workflow.digest.isEmpty { manifest["sha256"] = .string(workflow.digest) }
        return ["workflowRef": .object(reference), "manifest": .object(manifest)]
    }

    private var status: JSONValue {
        var fields: JSONObject = ["phase": .string(outcome.phase.rawValue)]
        fields.add(outcome)
        fields["exitCode"] = exitCode.map { .integer($0.rawValue) }
        fields["observedGeneration"] = 1
        fields.add(startTime, completionTime)
        fields["loadID"] = .string(loadID)
        fields["rowsCommitted"] = .integer(rowsCommitted)
        fields["conditions"] = [condition]
        fields["nodes"] = .array(nodes.map(\.document))
        fields["envelope"] = envelope?.document
        if !warnings.isEmpty { fields["warnings"] = .array(warnings.map(JSONValue.string)) }
        return .object(fields)
    }

    /// The one condition of a run: whether it succeeded, `Unknown` until it ended.
    private var condition: JSONValue {
        let verdict =
            switch outcome.phase {
            case .succeeded: "True"
            case .failed, .interrupted, .skipped: "False"
            case .pending, .running: "Unknown"
            }
        var fields: JSONObject = ["type": "Succeeded", "status": .string(verdict)]
        fields["reason"] = .string(outcome.reason ?? outcome.phase.rawValue)
        fields["message"] = .string(outcome.message ?? "")
        fields["lastTransitionTime"] = (completionTime ?? startTime).map { .string($0.description) }
        return .object(fields)
    }
}

extension NodeStatus {
    fileprivate var document: JSONValue {
        var fields: JSONObject = ["name": .string(name), "phase": .string(outcome.phase.rawValue)]
        fields.add(outcome)
        fields["attempts"] = .integer(attempts)
        fields.add(startTime, completionTime)
        fields["requests"] = .integer(requests)
        fields["endpoints"] = .array(endpoints.map(\.document))
        return .object(fields)
    }
}

extension EndpointStatus {
    fileprivate var document: JSONValue {
        var fields: JSONObject = ["endpoint": .string(endpoint), "table": .string(table)]
        fields["mode"] = .string(mode)
        fields["strategy"] = .string(strategy)
        fields["phase"] = .string(outcome.phase.rawValue)
        fields.add(outcome)
        fields.add(startTime, completionTime)
        fields["rows"] = rows.document
        fields["window"] = window?.document
        fields["extract"] = extract.document
        fields["commit"] = commit?.document
        return .object(fields)
    }
}

extension RowFigures {
    fileprivate var document: JSONValue {
        var fields: JSONObject = ["received": .integer(received), "written": .integer(written)]
        fields["dropped"] = Self.counts(dropped)
        fields["misfits"] = Self.counts(misfits)
        if withoutColumn > 0 { fields["withoutColumn"] = .integer(withoutColumn) }
        return .object(fields)
    }

    private static func counts(_ counts: [String: Int]) -> JSONValue? {
        guard !counts.isEmpty else { return nil }
        var fields = JSONObject()
        for (name, count) in counts.sorted(by: { $0.key < $1.key }) { fields[name] = .integer(count) }
        return .object(fields)
    }
}

extension ReadWindow {
    fileprivate var document: JSONValue {
        var fields = JSONObject()
        fields["start"] = start.map { .string($0.description) }
        fields["end"] = .string(end.description)
        return .object(fields)
    }
}

extension ExtractFigures {
    fileprivate var document: JSONValue {
        [
            "requests": .integer(requests), "retries": .integer(retries), "throttled": .integer(throttled),
            "pages": .integer(pages), "bytes": .integer(bytes),
        ]
    }
}

extension CommitFigures {
    fileprivate var document: JSONValue {
        var fields: JSONObject = ["snapshotID": .integer(snapshotID)]
        fields["metadataLocation"] = .string(metadataLocation)
        fields["rowsAdded"] = .integer(rowsAdded)
        for (name, count) in fates.named where count > 0 { fields[name] = .integer(count) }
        fields["filesAdded"] = .integer(filesAdded)
        fields["bytesAdded"] = .integer(bytesAdded)
        fields["rowsInTable"] = rowsInTable.map { .integer($0) }
        if !schemaChanges.isEmpty { fields["schemaChanges"] = .array(schemaChanges.map(JSONValue.string)) }
        fields["checkpoint"] = checkpoint.map(JSONValue.string)
        fields["search"] = search?.document
        if tablesTogether > 1 { fields["tablesTogether"] = .integer(tablesTogether) }
        return .object(fields)
    }
}

extension RowFates {
    fileprivate var named: [(String, Int)] {
        [
            ("rowsReplaced", replaced), ("rowsDeleted", deleted), ("versionsClosed", closed),
            ("rowsUnchanged", unchanged),
        ]
    }
}

extension SearchCost {
    fileprivate var document: JSONValue {
        [
            "filesInTable": .integer(filesInTable), "filesOpened": .integer(filesOpened),
            "filesScanned": .integer(filesScanned), "bytesRead": .integer(bytesRead),
        ]
    }
}

extension EnvelopeStatus {
    fileprivate var document: JSONValue {
        var fields: JSONObject = ["memoryBytes": .integer(memoryBytes), "memorySource": .string(memorySource)]
        fields["cpuMillicores"] = .integer(cpuMillicores)
        fields["cpuSource"] = .string(cpuSource)
        fields["parallelEndpoints"] = .integer(parallelEndpoints)
        fields["rowGroupBytes"] = .integer(rowGroupBytes)
        fields["peakMemoryBytes"] = .integer(peakMemoryBytes)
        fields["groupPeakMemoryBytes"] = groupPeakMemoryBytes.map(JSONValue.integer)
        fields["cpuSeconds"] = Self.seconds(cpuSeconds)
        fields["throttledSeconds"] = throttledSeconds.map(Self.seconds)
        fields["throttledPeriods"] = throttledPeriods.map(JSONValue.integer)
        fields["quotaPeriods"] = quotaPeriods.map(JSONValue.integer)
        return .object(fields)
    }

    /// Seconds to the millisecond.
    private static func seconds(_ seconds: Double) -> JSONValue {
        .number(String((seconds * 1_000).rounded() / 1_000))
    }
}

extension JSONObject {
    fileprivate mutating func add(_ outcome: Outcome) {
        self["reason"] = outcome.reason.map(JSONValue.string)
        self["message"] = outcome.message.map(JSONValue.string)
        self["requestID"] = outcome.requestID.map(JSONValue.string)
    }

    fileprivate mutating func add(_ startTime: Timestamp?, _ completionTime: Timestamp?) {
        self["startTime"] = startTime.map { .string($0.description) }
        self["completionTime"] = completionTime.map { .string($0.description) }
    }
}
