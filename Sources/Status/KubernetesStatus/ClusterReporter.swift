package import KubernetesAPI
package import NilusCore
package import RunStatus
import Synchronization

/// Keeps the status of runs in the API server up to date, beside the run and never in its way.
///
/// Only the newest state is written, at most one every few seconds; what the server refuses or does not
/// answer is tried again with the next state. The data of a run never depends on it.
package final class ClusterReporter: Sendable {
    private struct Mail {
        var runs: [WorkflowReference: WorkflowRun] = [:]
        /// The workflows in the order in which they were first seen.
        var order: [WorkflowReference] = []
        var changed: Set<WorkflowReference> = []
        var isFinishing = false
    }

    private let mail: Mutex<Mail>
    private let writer: ReportWriter
    private let time: TimeSource
    private let note: @Sendable (String) -> Void
    private let wakeUps: AsyncStream<Void>
    private let wake: AsyncStream<Void>.Continuation
    /// Lets one task write at a time, so that an older state never lands after a newer one.
    private let turn = Turnstile(places: 1)

    /// Time between two writes while a run goes on.
    private static let pause = Duration.seconds(5)
    /// A run that ends waits no longer for its last report; well within the grace period of a pod.
    private static let finalPatience = Duration.seconds(15)

    /// A reporter that has not begun; `note` is told what could not be written, each thing once.
    package init(
        _ client: KubernetesClient, place: ReportPlace, time: TimeSource, note: @escaping @Sendable (String) -> Void
    ) {
        mail = Mutex(Mail())
        writer = ReportWriter(client: client, place: place, time: time)
        self.time = time
        self.note = note
        (wakeUps, wake) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    /// Takes over a state of a run; returns at once.
    package func update(_ run: WorkflowRun) {
        mail.withLock { mail in
            if let known = mail.runs[run.workflow] {
                guard known.revision <= run.revision else { return }
            } else {
                mail.order.append(run.workflow)
            }
            mail.runs[run.workflow] = run
            mail.changed.insert(run.workflow)
        }
        wake.yield()
    }

    /// Writes what changes until ``finish()``.
    package func start() {
        Task.detached { await self.report() }
    }

    /// Writes what is left and waits for that, but not for longer than a few seconds.
    package func finish() async {
        // Not part of the run's task: that one may be cancelled by a signal.
        let end = Task.detached { await self.writeRest() }
        let limit = Task.detached { [time] in
            try? await time.sleep(Self.finalPatience)
            end.cancel()
        }
        let isComplete = await end.value
        limit.cancel()
        if !isComplete { note("the last status was not written to the API server") }
    }

    private func report() async {
        for await _ in wakeUps {
            if mail.withLock({ $0.isFinishing }) { return }
            _ = await writeChanged()
            try? await time.sleep(Self.pause)
        }
    }

    private func writeRest() async -> Bool {
        mail.withLock { $0.isFinishing = true }
        wake.finish()
        while !Task.isCancelled {
            if await writeChanged() { return true }
            if writer.isUseless { return true }
            try? await time.sleep(.seconds(1))
        }
        return false
    }

    /// Writes the newest state of every run that changed.
    ///
    /// - Returns: whether nothing is left to write.
    private func writeChanged() async -> Bool {
        do { try await turn.enter() } catch { return false }
        defer { turn.leave() }
        let (runs, first) = mail.withLock { mail in
            let changed = mail.order.filter(mail.changed.contains).compactMap { mail.runs[$0] }
            mail.changed = []
            return (changed, mail.order.first)
        }
        var isComplete = true
        for run in runs where !writer.isUseless {
            do throws(ClusterFailure) {
                try await writer.write(run, isFirst: run.workflow == first)
            } catch {
                isComplete = false
                mail.withLock { mail in _ = mail.changed.insert(run.workflow) }
                if let sentence = writer.newFault(error) { note(sentence) }
            }
        }
        return isComplete
    }
}
