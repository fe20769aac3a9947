package import JSON
package import NilusCore

/// A pod of a job as the operator sees it.
package struct PodObject: Sendable, Equatable {
    /// How the container ended.
    package struct End: Sendable, Equatable {
        package let exitCode: Int
        /// The word of the kubelet: `Completed`, `Error`, `OOMKilled`.
        package let reason: String
        /// What the job left behind in `/dev/termination-log`; nobody vouches for it.
        package let message: String
        package let time: Timestamp?
    }

    package let metadata: ObjectMetadata
    package let phase: String
    /// Why the pod as a whole ended, such as `Evicted`.
    package let reason: String
    package let startTime: Timestamp?
    package let end: End?
    /// Why the container does not start, such as `CreateContainerConfigError`.
    package let waitingReason: String?

    /// Kubernetes keeps no more of a termination message, in bytes.
    private static let longestMessage = 4_096

    /// Reads an object as the API server sends it.
    package init?(_ object: JSONValue) {
        guard let metadata = ObjectMetadata(object) else { return nil }
        self.metadata = metadata
        let status = object["status"]
        phase = status?["phase"]?.string ?? ""
        reason = status?["reason"]?.string ?? ""
        startTime = Timestamp(json: status?["startTime"])
        let state = status?["containerStatuses"]?.array?.first?["state"]
        waitingReason = state?["waiting"]?["reason"]?.string
        end = state?["terminated"].map { terminated in
            End(
                exitCode: Int(terminated["exitCode"]?.integer ?? -1), reason: terminated["reason"]?.string ?? "",
                message: String((terminated["message"]?.string ?? "").prefix(Self.longestMessage)),
                time: Timestamp(json: terminated["finishedAt"]))
        }
    }

    /// Whether it failed, for whatever reason.
    var hasFailed: Bool { phase == "Failed" }

    /// Whether no container of it runs, nor ever will: it can report nothing more.
    var isOver: Bool { phase == "Succeeded" || phase == "Failed" }

    /// The uid of its Job: of its owner, or in the label of newer clusters or of older ones when it outlives that.
    var jobUID: String? {
        metadata.controllerUID ?? metadata.labels["batch.kubernetes.io/controller-uid"]
            ?? metadata.labels["controller-uid"]
    }
}
