/// What an operator is told once, when it starts.
package struct OperatorSettings: Sendable {
    /// The container image of the job.
    package var image: String
    /// `Always`, `IfNotPresent` or `Never`; `nil` leaves it to Kubernetes.
    package var imagePullPolicy: String?
    /// The service account of jobs, which may report their status and nothing else.
    package var jobServiceAccount: String
    /// Whether jobs get a token and report their own status to the API server.
    package var jobsReport = true
    /// The time after which Kubernetes ends a Job, in seconds; also what ends one that waits for a Secret for ever.
    package var activeDeadlineSeconds = 86_400
    /// Pods of one Job that may fail in a way worth another try, unless the Job's only node has a `retry`.
    package var backoffLimit = 3
    /// How late a scheduled run may begin, in seconds; one that could not begin by then is left out.
    package var startingDeadlineSeconds = 3_600
    /// What a container may use when its workflow does not say.
    package var defaultCPU = "100m"
    package var defaultMemory = "128Mi"
    package var ephemeralStorage = "64Mi"
    /// Finished Jobs of each result, and ended runs, that are kept for each workflow.
    package var keptSucceededJobs = 3
    package var keptFailedJobs = 3
    package var keptRuns = 10

    /// The numeric user and group of jobs.
    package static let jobUser = 65_532
    /// The field manager of everything that the operator declares.
    package static let fieldManager = "nilus-operator"

    /// Settings with the usual limits.
    package init(image: String, jobServiceAccount: String) {
        self.image = image
        self.jobServiceAccount = jobServiceAccount
    }
}

/// What the API server at hand is able to do.
package struct ClusterAbilities: Sendable, Equatable {
    /// Whether it knows `batch/v1` CronJobs (Kubernetes 1.21).
    package var hasCronJobs: Bool
    /// The minor version of Kubernetes 1.
    package var minorVersion: Int

    /// Abilities by name.
    package init(hasCronJobs: Bool, minorVersion: Int) {
        self.hasCronJobs = hasCronJobs
        self.minorVersion = minorVersion
    }

    /// Whether a Job may say which exit codes are worth another pod.
    var hasPodFailurePolicy: Bool { minorVersion >= 26 }
    /// Whether a Job may wait with another pod until the last one has ended.
    var hasPodReplacementPolicy: Bool { minorVersion >= 29 }
    /// Whether a Job may wait without a pod.
    var hasSuspendedJobs: Bool { minorVersion >= 22 }
    /// Whether a CronJob may name a time zone.
    var hasTimeZones: Bool { minorVersion >= 25 }
}
