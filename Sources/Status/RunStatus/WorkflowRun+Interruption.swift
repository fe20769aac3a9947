package import NilusCore

extension WorkflowRun {
    /// The run as it stands when its process stops without waiting for it: what has not ended is interrupted.
    ///
    /// What was committed stays told. A commit that is under way is not: whether it happened, the next run finds out.
    package func interrupted(at now: Timestamp) -> WorkflowRun {
        guard !outcome.phase.isFinal else { return self }
        let interruption = Outcome(.stoppedAtOnce())
        var run = self
        run.revision += 1
        for node in run.nodes.indices where !run.nodes[node].outcome.phase.isFinal {
            run.nodes[node].outcome = interruption
            run.nodes[node].completionTime = now
            for endpoint in run.nodes[node].endpoints.indices
            where !run.nodes[node].endpoints[endpoint].outcome.phase.isFinal {
                run.nodes[node].endpoints[endpoint].outcome = interruption
                run.nodes[node].endpoints[endpoint].completionTime = now
            }
        }
        run.outcome = interruption
        run.completionTime = now
        run.exitCode = ErrorCode.interrupted.exitCode
        return run
    }
}

extension NilusError {
    fileprivate static func stoppedAtOnce() -> NilusError {
        NilusError(.status, .interrupted, "cannot finish the run: it was asked to stop at once; run it again")
    }
}
