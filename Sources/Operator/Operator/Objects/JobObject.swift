package import JSON
import KubernetesAPI
package import NilusCore
import Schedules

/// A Job as the operator sees it.
package struct JobObject: Sendable, Equatable {
    /// How a Job ended.
    package enum End: Sendable, Equatable {
        case succeeded
        /// The reason of Kubernetes, such as `BackoffLimitExceeded`, and its sentence.
        case failed(reason: String, message: String)
    }

    package let metadata: ObjectMetadata
    package let startTime: Timestamp?
    package let completionTime: Timestamp?
    /// `nil` while pods run or may still be started.
    package let end: End?
    /// Pods that failed.
    package let failedPods: Int64

    /// Reads an object as the API server sends it.
    package init?(_ object: JSONValue) {
        guard let metadata = ObjectMetadata(object) else { return nil }
        self.metadata = metadata
        let status = object["status"]
        startTime = Timestamp(json: status?["startTime"])
        failedPods = status?["failed"]?.integer ?? 0
        let conditions = (status?["conditions"]?.array ?? []).filter { $0["status"]?.string == "True" }
        // 'FailureTarget' and 'SuccessCriteriaMet' come first, while pods still end.
        if conditions.contains(where: { $0["type"]?.string == "Complete" }) {
            end = .succeeded
            completionTime = Timestamp(json: status?["completionTime"])
        } else if let failure = conditions.first(where: { $0["type"]?.string == "Failed" }) {
            end = .failed(
                reason: failure["reason"]?.string ?? "",
                message: MessageText.withoutCredentials(failure["message"]?.string ?? "", limit: 512))
            completionTime = Timestamp(json: failure["lastTransitionTime"])
        } else {
            end = nil
            completionTime = nil
        }
    }

    /// The name of the run: the same that the job finds out about itself.
    var runName: String { "\(metadata.name)-\(metadata.uid)" }
    var group: String? { metadata.labels[OperatorLabel.group] }
    var node: String? { metadata.labels[OperatorLabel.node] }
    var isActive: Bool { end == nil }
    /// Whether it only says that a run is due, and starts no pod.
    var isTick: Bool { group.map(RunGroup.isTickMark) ?? false }
    /// When the run of a tick was due: the minute in its name, or when somebody made it by hand.
    var dueTime: Timestamp? { ScheduledJobName.moment(in: metadata.name) ?? metadata.creation }
    var reference: ObjectReference { ObjectReference(.job, namespace: metadata.namespace, name: metadata.name) }
}

/// A CronJob as the operator sees it.
package struct CronJobObject: Sendable, Equatable {
    package let metadata: ObjectMetadata
    package let lastScheduleTime: Timestamp?

    /// Reads an object as the API server sends it.
    package init?(_ object: JSONValue) {
        guard let metadata = ObjectMetadata(object) else { return nil }
        self.metadata = metadata
        lastScheduleTime = Timestamp(json: object["status"]?["lastScheduleTime"])
    }

    var reference: ObjectReference { ObjectReference(.cronJob, namespace: metadata.namespace, name: metadata.name) }
}

/// A ConfigMap with a manifest or a depot; only its outline.
package struct ConfigObject: Sendable, Equatable {
    package let metadata: ObjectMetadata

    /// Reads an object as the API server sends it.
    package init?(_ object: JSONValue) {
        guard let metadata = ObjectMetadata(object) else { return nil }
        self.metadata = metadata
    }

    var reference: ObjectReference { ObjectReference(.configMap, namespace: metadata.namespace, name: metadata.name) }
}
