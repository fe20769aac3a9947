import JSON
import NilusCore
import RunStatus
import Testing
import YAML

struct `A workflow run as a resource` {
    private func finishedRun() throws -> WorkflowRun {
        var endpoint = EndpointStatus(endpoint: "charge", mode: "full", strategy: "replace", table: "stripe.charge")
        endpoint.outcome = .succeeded(.completed)
        endpoint.extract.requests = 3
        endpoint.extract.retries = 1
        endpoint.rows.received = 201
        endpoint.rows.written = 200
        endpoint.rows.dropped = ["youngerThanCut": 1]
        endpoint.rows.misfits = ["amount": 2]
        endpoint.rows.withoutColumn = 7
        endpoint.window = ReadWindow(
            start: Timestamp(seconds: 1_780_185_600), end: try #require(Timestamp(seconds: 1_780_272_005)))
        endpoint.commit = CommitFigures(
            snapshotID: 42, metadataLocation: "file:///lake/m.json", rowsAdded: 200, filesAdded: 1, bytesAdded: 9_000,
            rowsInTable: 200, schemaChanges: ["new_field string"], checkpoint: #"{"version":1}"#)
        var node = NodeStatus(name: "load", endpoints: [endpoint])
        node.outcome = .succeeded(.completed)
        node.attempts = 1
        node.identification.requests = 1
        var run = WorkflowRun(
            workflow: WorkflowReference(
                name: "stripe-charges", version: "v1", workspace: "public", file: "workflow.yaml", digest: "ab12"),
            runID: "run-1", loadID: "1780272005000000", nodes: [node],
            envelope: EnvelopeStatus(
                memoryBytes: 134_217_728, cpuMillicores: 100, memorySource: "manifest", cpuSource: "default",
                parallelEndpoints: 5, rowGroupBytes: 4_613_734))
        run.outcome = .succeeded(.completed)
        run.startTime = Timestamp(seconds: 1_780_272_005)
        run.completionTime = Timestamp(seconds: 1_780_272_065)
        run.exitCode = .done
        run.warnings = ["workflow.yaml:3:1: warning: unknown key 'x'"]
        return run
    }

    @Test func `tells everything, in YAML`() throws {
        let text = String(decoding: StatusDocument.bytes([try finishedRun()], as: .yaml), as: UTF8.self)

        #expect(
            text == """
                apiVersion: nilus.dataos.io/v1
                kind: WorkflowRun
                metadata:
                  name: run-1
                  namespace: public
                  labels:
                    nilus.dataos.io/workflow: stripe-charges
                spec:
                  workflowRef:
                    name: stripe-charges
                    version: v1
                  manifest:
                    file: workflow.yaml
                    sha256: ab12
                status:
                  phase: Succeeded
                  reason: Completed
                  exitCode: 0
                  observedGeneration: 1
                  startTime: "2026-06-01T00:00:05Z"
                  completionTime: "2026-06-01T00:01:05Z"
                  loadID: "1780272005000000"
                  rowsCommitted: 200
                  conditions:
                    - type: Succeeded
                      status: "True"
                      reason: Completed
                      message: ""
                      lastTransitionTime: "2026-06-01T00:01:05Z"
                  nodes:
                    - name: load
                      phase: Succeeded
                      reason: Completed
                      attempts: 1
                      requests: 4
                      endpoints:
                        - endpoint: charge
                          table: stripe.charge
                          mode: full
                          strategy: replace
                          phase: Succeeded
                          reason: Completed
                          rows:
                            received: 201
                            written: 200
                            dropped:
                              youngerThanCut: 1
                            misfits:
                              amount: 2
                            withoutColumn: 7
                          window:
                            start: "2026-05-31T00:00:00Z"
                            end: "2026-06-01T00:00:05Z"
                          extract:
                            requests: 3
                            retries: 1
                            throttled: 0
                            pages: 0
                            bytes: 0
                          commit:
                            snapshotID: 42
                            metadataLocation: file:///lake/m.json
                            rowsAdded: 200
                            filesAdded: 1
                            bytesAdded: 9000
                            rowsInTable: 200
                            schemaChanges:
                              - new_field string
                            checkpoint: "{\\"version\\":1}"
                  envelope:
                    memoryBytes: 134217728
                    memorySource: manifest
                    cpuMillicores: 100
                    cpuSource: default
                    parallelEndpoints: 5
                    rowGroupBytes: 4613734
                    peakMemoryBytes: 0
                    cpuSeconds: 0.0
                  warnings:
                    - "workflow.yaml:3:1: warning: unknown key 'x'"

                """)
    }

    @Test func `of a manifest that could not be read has no digest`() throws {
        var run = WorkflowRun(
            workflow: WorkflowReference(name: "w", version: nil, workspace: nil, file: "w.yaml", digest: ""),
            runID: "r", loadID: "", nodes: [], envelope: nil)
        run.outcome = Outcome(
            NilusError(.extract, .permissionMissing, "no", context: [ContextItem(ContextItem.requestID, "req_1")]))

        #expect(run.resource["spec"]?["manifest"] == ["file": "w.yaml"])
        #expect(run.resource["status"]?["requestID"]?.string == "req_1")
    }

    @Test func `is the same in JSON, and a list when there are several`() throws {
        let run = try finishedRun()

        let one = try JSONValue(parsing: StatusDocument.bytes([run], as: .json))
        let two = try JSONValue(parsing: StatusDocument.bytes([run, run], as: .json))

        #expect(one == run.resource)
        #expect(two["kind"]?.string == "List" && two["items"]?.array?.count == 2)
        #expect(StatusDocument.Format(path: "/x/status.json") == .json)
        #expect(StatusDocument.Format(path: "/x/status") == .yaml)
    }

    @Test func `has one document for each workflow in YAML`() throws {
        let run = try finishedRun()

        let documents = try YAMLStream.documents(parsing: StatusDocument.bytes([run, run], as: .yaml), file: "s")

        #expect(documents.count == 2)
    }

    struct Ending: Sendable {
        let outcome: Outcome
        let condition: String
    }

    @Test(arguments: [
        Ending(outcome: .running, condition: "Unknown"), Ending(outcome: .succeeded(.completed), condition: "True"),
        Ending(outcome: Outcome(NilusError(.extract, .keyRefused, "no")), condition: "False"),
        Ending(outcome: Outcome(.interrupted(.extract)), condition: "False"),
    ])
    func `says by its condition whether it succeeded`(_ ending: Ending) throws {
        var run = try finishedRun()
        run.outcome = ending.outcome

        let condition = run.resource["status"]?["conditions"]?.array?.first

        #expect(condition?["type"]?.string == "Succeeded")
        #expect(condition?["status"]?.string == ending.condition)
    }
}

struct `An outcome` {
    @Test func `follows from the code of an error`() {
        func phase(_ code: ErrorCode) -> Phase { Outcome(NilusError(.extract, code, "x")).phase }

        #expect(phase(.interrupted) == .interrupted)
        #expect(phase(.featureUnavailable) == .skipped && phase(.dependencyFailed) == .skipped)
        #expect(phase(.keyRefused) == .failed && phase(.internalDefect) == .failed)
    }

    @Test func `names the request that was refused, also one of a layer below`() {
        let refusal = NilusError(
            .load, .sinkRefused, "cannot put", context: [ContextItem(ContextItem.requestID, "req_1")])

        #expect(Outcome(refusal).requestID == "req_1")
        #expect(Outcome(NilusError(.load, .commitConflict, "cannot commit", cause: refusal)).requestID == "req_1")
        #expect(Outcome(NilusError(.load, .sinkRefused, "cannot put")).requestID == nil)
        let endless = ContextItem(ContextItem.requestID, String(repeating: "x", count: 9_000))
        #expect(Outcome(NilusError(.load, .sinkRefused, "no", context: [endless])).requestID?.count == 128)
    }

    @Test func `of a whole is that of its parts, as far as they agree`() {
        let committed = Outcome.succeeded(.alreadyCommitted, "run 'a' is committed")
        let skipped = Outcome(NilusError(.extract, .featureUnavailable, "x"))
        let nothingNew = Outcome.succeeded(.completed, "nothing to read")

        #expect(Outcome(summing: [], of: [committed, committed]) == committed)
        #expect(Outcome(summing: [], of: [committed, skipped]) == committed)
        #expect(Outcome(summing: [], of: [committed, .succeeded(.completed)]) == .succeeded(.completed))
        #expect(Outcome(summing: [], of: [nothingNew, .succeeded(.completed)]) == .succeeded(.completed))
        #expect(Outcome(summing: [], of: [skipped]) == .succeeded(.completed))
    }
}
