import JSON
import KubernetesAPI
import Logging
import NilusCore
import Synchronization

/// Gets the Lease, keeps it, and gives it back.
final class LeaseKeeper: Sendable {
    private let client: KubernetesClient
    private let lease: ObjectReference
    private let election: Mutex<LeaderElection>
    private let time: TimeSource
    private let logger: Logger
    private let health: OperatorHealth

    init(
        _ client: KubernetesClient, _ election: LeaderElection, time: TimeSource, logger: Logger,
        health: OperatorHealth
    ) {
        self.client = client.with(LeaderElection.patience)
        lease = ObjectReference(.lease, namespace: election.namespace, name: election.name)
        self.election = Mutex(election)
        self.time = time
        self.logger = logger
        self.health = health
    }

    /// Whether this operator may act.
    var leads: Bool {
        let now = time.monotonic()
        return election.withLock { $0.leads(at: now) }
    }

    /// Waits until this operator leads.
    func acquire() async throws {
        while true {
            if try await tryOnce() { return }
            try await time.sleep(LeaderElection.retryPause)
        }
    }

    /// Renews the Lease until that fails for too long.
    ///
    /// - Throws: `clusterUnavailable` when somebody else leads or the server does not answer in time.
    func keep() async throws {
        while true {
            try await time.sleep(LeaderElection.renewPause)
            while try await !tryOnce() {
                guard leads else { throw NilusError.noLongerLeading() }
                try await time.sleep(LeaderElection.failurePause)
            }
        }
    }

    /// One attempt; whether the Lease is this operator's now.
    private func tryOnce() async throws -> Bool {
        do throws(ClusterFailure) {
            let present = try await read()
            health.connected()
            let start = time.monotonic()
            let utc = time.utc()
            let step = election.withLock { $0.step(present, monotonic: start, utc: utc) }
            switch step {
            case .wait:
                election.withLock { $0.lost() }
                return false
            case .create(let document):
                _ = try await client.create(
                    .lease, namespace: lease.namespace, document, manager: OperatorSettings.fieldManager)
            case .replace(let document):
                _ = try await client.replace(lease, with: document, manager: OperatorSettings.fieldManager)
            }
            // Counted from before the request: the server may have taken its time.
            election.withLock { $0.renewed(at: start) }
            return true
        } catch .cancelled {
            throw CancellationError()
        } catch  where error.refusal?.isConflict == true {
            return false
        } catch {
            logger.warning("lease not renewed", metadata: ["error": "\(error.worded("renew the Lease").line)"])
            return false
        }
    }

    private func read() async throws(ClusterFailure) -> JSONValue? {
        do throws(ClusterFailure) {
            return try await client.get(lease)
        } catch  where error.refusal?.isNotFound == true {
            return nil
        }
    }

    /// Gives the Lease back, so that another operator need not wait for its end.
    func release() async {
        let utc = time.utc()
        guard let present = try? await read(),
            let document = election.withLock({ $0.released(present, utc: utc) })
        else { return }
        // Should this fail, the Lease runs out by itself.
        _ = try? await client.replace(lease, with: document, manager: OperatorSettings.fieldManager)
    }
}
