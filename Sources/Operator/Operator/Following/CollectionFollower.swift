import JSON
import KubernetesAPI
import Logging
import NilusCore

/// Keeps the mirror of one kind up to date: lists it once, then follows its changes, and begins anew when it must.
struct CollectionFollower: Sendable {
    let kind: ClusterMirror.Kind
    let collection: ObjectCollection
    let client: KubernetesClient
    let mirror: ClusterMirror
    let queue: WorkQueue
    let time: TimeSource
    let logger: Logger
    let meter: OperatorMeter
    var chance: @Sendable () -> Double = { Double.random(in: 0..<1) }

    /// Follows until the task is cancelled.
    func run() async throws {
        var machine = ListWatch()
        while true {
            try Task.checkCancellation()
            try await time.sleep(machine.delay(chance: chance()))
            do throws(ClusterFailure) {
                switch machine.step {
                case .list:
                    meter.count(.lists)
                    machine.listed(at: try await list())
                case .watch(let version):
                    meter.count(.watches)
                    try await watch(from: version, &machine)
                }
            } catch {
                try note(error, &machine)
            }
        }
    }

    private func list() async throws(ClusterFailure) -> String {
        var present: Set<ObjectKey> = []
        var concerned: Set<WorkflowKey> = []
        let version = try await client.list(collection) { item in
            if let key = ObjectKey(item) { present.insert(key) }
            if let workflow = mirror.take(kind, item, isDeleted: false) { concerned.insert(workflow) }
        }
        concerned.formUnion(mirror.keepOnly(kind, present))
        mirror.markSynced(kind)
        queue.add(concerned)
        return version
    }

    private func watch(from version: String, _ machine: inout ListWatch) async throws(ClusterFailure) {
        var stream = try await client.watch(collection, from: version)
        var count = 0
        while let events = try await stream.next() {
            count += events.count
            for event in events {
                if take(event, machine.saw(event)) { return }
            }
        }
        machine.ended(afterEvents: count)
    }

    /// Takes over an event; whether the watch is over.
    private func take(_ event: WatchEvent, _ change: ListWatch.Change) -> Bool {
        switch (event, change) {
        case (.added(let object), .store), (.modified(let object), .store):
            if let workflow = mirror.take(kind, object, isDeleted: false) { queue.add([workflow]) }
        case (.deleted(let object), .remove):
            if let workflow = mirror.take(kind, object, isDeleted: true) { queue.add([workflow]) }
        case (_, .stop):
            if case .error(let refusal) = event {
                logger.info(
                    "watch ended by the server",
                    metadata: ["kind": "\(collection.kind.plural)", "reason": "\(refusal.reason)"])
            }
            return true
        default: break
        }
        return false
    }

    private func note(_ failure: ClusterFailure, _ machine: inout ListWatch) throws {
        switch failure {
        case .cancelled: throw CancellationError()
        case .refused(let refusal): machine.failed(refusal)
        case .unreachable, .unusable, .unprepared: machine.brokeOff()
        }
        meter.count(.watchFailures)
        logger.warning(
            "collection not followed",
            metadata: ["error": "\(failure.worded("follow the \(collection.kind.plural)").line)"])
    }
}
