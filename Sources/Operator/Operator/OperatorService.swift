package import KubernetesAPI
package import Logging
package import NilusCore

/// One process of `nilus operator`: waits until it leads, then follows the cluster and makes workflows run.
package final class OperatorService: Sendable {
    private let client: KubernetesClient
    private let options: OperatorOptions
    private let read: ReadManifest
    private let time: TimeSource
    private let logger: Logger
    private let meter = OperatorMeter()
    private let health: OperatorHealth

    /// An operator that does nothing yet; `read` reads manifests with what source and sink know.
    package init(
        _ client: KubernetesClient, _ options: OperatorOptions, read: @escaping ReadManifest,
        time: TimeSource, logger: Logger
    ) {
        self.client = client
        self.options = options
        self.read = read
        self.time = time
        self.logger = logger
        health = OperatorHealth(time: time)
    }

    /// Works until the task is cancelled.
    ///
    /// - Throws: `configurationInvalid` when it cannot listen, `clusterUnavailable` when it no longer leads.
    package func run() async throws(NilusError) {
        let server = try ProbeServer(options.listen) { [self] path in answer(path) }
        defer { server.stop() }
        do {
            try await lead()
        } catch is CancellationError {
            return
        } catch {
            throw .unexpected(.status, error)
        }
    }

    private func answer(_ path: String) -> ProbeAnswer {
        switch path {
        case "/healthz": health.isAlive ? .ok("ok\n") : .unavailable("the work stands still\n")
        case "/readyz": health.isReady ? .ok("ok\n") : .unavailable("not connected yet\n")
        case "/metrics": .metrics(MetricsPage.text(meter, health))
        default: .notFound
        }
    }

    private func lead() async throws {
        let keeper = LeaseKeeper(
            client, LeaderElection(identity: options.identity, name: options.leaseName, namespace: options.namespace),
            time: time, logger: logger, health: health)
        try await keeper.acquire()
        health.leads()
        logger.info("leading", metadata: ["identity": "\(options.identity)"])
        do {
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await keeper.keep() }
                group.addTask { try await self.work(keeper) }
                try await group.next()
                group.cancelAll()
            }
        } catch {
            // Not part of the cancelled task: the next operator need not wait for the Lease to run out.
            await Task.detached { await keeper.release() }.value
            throw error
        }
    }

    private func work(_ keeper: LeaseKeeper) async throws {
        let abilities = try await findAbilities()
        let mirror = ClusterMirror()
        let queue = WorkQueue(time: time)
        health.follow(mirror, queue)
        let worker = WorkflowWorker(
            performer: ActionPerformer(
                client: client, time: time, logger: logger, meter: meter, instance: options.identity),
            settings: options.settings, abilities: abilities, read: read, mirror: mirror, queue: queue, time: time,
            logger: logger, meter: meter, health: health, mayAct: { keeper.leads })
        try await withThrowingTaskGroup(of: Void.self) { group in
            for (kind, collection) in collections(abilities) {
                let follower = CollectionFollower(
                    kind: kind, collection: collection, client: client, mirror: mirror, queue: queue, time: time,
                    logger: logger, meter: meter)
                group.addTask { try await follower.run() }
            }
            let kinds = Set(collections(abilities).map(\.0))
            group.addTask { try await worker.run(when: kinds) }
            try await group.next()
            group.cancelAll()
        }
    }

    /// Asks until the server says what it knows.
    private func findAbilities() async throws -> ClusterAbilities {
        var failures = 0
        while true {
            do throws(ClusterFailure) {
                let hasCronJobs = try await client.serves(.cronJob)
                return ClusterAbilities(hasCronJobs: hasCronJobs, minorVersion: try await client.minorVersion())
            } catch .cancelled {
                throw CancellationError()
            } catch {
                failures += 1
                logger.warning(
                    "API server not asked", metadata: ["error": "\(error.worded("ask for its abilities").line)"])
                try await time.sleep(.seconds(min(30, 1 << min(failures, 5))))
            }
        }
    }

    private func collections(_ abilities: ClusterAbilities) -> [(ClusterMirror.Kind, ObjectCollection)] {
        let own = "\(OperatorLabel.managedBy)=\(OperatorLabel.manager)"
        let space = options.watchedNamespace
        var collections: [(ClusterMirror.Kind, ObjectCollection)] = [
            (.workflows, ObjectCollection(.workflow, namespace: space)),
            (.jobs, ObjectCollection(.job, namespace: space, selector: own)),
            (.pods, ObjectCollection(.pod, namespace: space, selector: own)),
            (.runs, ObjectCollection(.workflowRun, namespace: space, selector: own)),
            (.configs, ObjectCollection(.configMap, namespace: space, selector: OperatorLabel.type)),
        ]
        if abilities.hasCronJobs {
            collections.append((.cronJobs, ObjectCollection(.cronJob, namespace: space, selector: own)))
        }
        return collections
    }
}

/// What an operator process is told.
package struct OperatorOptions: Sendable {
    /// Where it keeps its Lease.
    package let namespace: String
    /// The namespace whose workflows it runs; `nil` for all.
    package let watchedNamespace: String?
    package let leaseName: String
    /// Its name among operators: that of its pod.
    package let identity: String
    package let listen: ListenAddress
    package let settings: OperatorSettings

    /// Options from their parts.
    package init(
        namespace: String, watchedNamespace: String?, leaseName: String, identity: String, listen: ListenAddress,
        settings: OperatorSettings
    ) {
        self.namespace = namespace
        self.watchedNamespace = watchedNamespace
        self.leaseName = leaseName
        self.identity = identity
        self.listen = listen
        self.settings = settings
    }
}
