import JSON
import NilusCore

/// How a run ended, found out from its Job and pods in place of a job that can no longer say it.
struct RunVerdict: Equatable {
    let phase: String
    /// A reason of the closed list, or one of those that only an operator can know.
    let reason: String
    let message: String
    let exitCode: Int?
    let rowsCommitted: Int64?
    let completionTime: Timestamp?

    /// What a Job that has ended says about its run; `nil` while it has not.
    init?(_ job: JobObject, pods: [PodObject]) {
        let last = Self.newest(pods)
        switch job.end {
        case nil: return nil
        case .succeeded:
            let report = last?.end.flatMap { JobReport($0.message) }
            self.init(
                phase: "Succeeded", reason: report?.reason ?? "Completed", message: report?.message ?? "",
                exitCode: 0, rows: report?.rowsCommitted, at: job.completionTime)
        case .failed(let reason, let message):
            self.init(failure: reason, message, last, at: job.completionTime)
        }
    }

    /// A run whose Job is gone before anyone said how it ended; its pods have ended, and the last may have left a word.
    static func jobGone(at time: Timestamp, pods: [PodObject]) -> RunVerdict {
        if let end = newest(pods)?.end, let verdict = told(end, at: time) { return verdict }
        return RunVerdict(
            phase: "Interrupted", reason: "Interrupted",
            message: "the Job of this run was deleted before the run had ended", exitCode: nil, rows: nil, at: time)
    }

    private static func newest(_ pods: [PodObject]) -> PodObject? {
        pods.max {
            ($0.startTime ?? $0.metadata.creation ?? .distantPast)
                < ($1.startTime ?? $1.metadata.creation ?? .distantPast)
        }
    }

    /// The last word of a job, which nobody took over; `nil` when it left none.
    private static func told(_ end: PodObject.End, at time: Timestamp?) -> RunVerdict? {
        guard end.reason != "OOMKilled", let report = JobReport(end.message) else { return nil }
        return RunVerdict(
            phase: report.phase, reason: report.reason, message: report.message, exitCode: end.exitCode,
            rows: report.rowsCommitted, at: end.time ?? time)
    }

    private init(failure: String, _ message: String, _ pod: PodObject?, at time: Timestamp?) {
        let told = pod?.end.flatMap { Self.told($0, at: time) }
        // The job knows of the signal, not why it came.
        if let told, failure != "DeadlineExceeded" || told.reason != "Interrupted" {
            self = told
            return
        }
        let killed = Self.killed(failure, pod)
        let code = pod?.end?.exitCode
        self.init(
            phase: killed.reason == "Interrupted" ? "Interrupted" : "Failed", reason: killed.reason,
            message: killed.message ?? message, exitCode: code.flatMap { (0...255).contains($0) ? $0 : nil },
            rows: told?.rowsCommitted, at: pod?.end?.time ?? time)
    }

    /// Why a container ended that left no word.
    private static func killed(_ failure: String, _ pod: PodObject?) -> (reason: String, message: String?) {
        if pod?.end?.reason == "OOMKilled" {
            return ("OOMKilled", "the container used more memory than its limit; raise 'resources.limits.memory'")
        }
        if pod?.reason == "Evicted" {
            return ("Evicted", "the pod was evicted from its node; the next run takes up what is missing")
        }
        if failure == "DeadlineExceeded" || pod?.reason == "DeadlineExceeded" {
            return waiting(pod) ?? ("DeadlineExceeded", nil)
        }
        switch pod?.end?.exitCode {
        case 132, 133, 134, 139: return ("InternalDefect", "the container crashed; look at its log")
        case 137, 143: return ("Interrupted", "the container was killed before it could say how far it came")
        default: return ("InternalDefect", nil)
        }
    }

    /// Why a container never started.
    static func waiting(_ pod: PodObject?) -> (reason: String, message: String?)? {
        switch pod?.waitingReason {
        case "CreateContainerConfigError"?:
            return ("SecretMissing", "the container cannot start: a Secret, a ConfigMap or a key in one is missing")
        case "ImagePullBackOff"?, "ErrImagePull"?, "InvalidImageName"?, "ErrImageNeverPull"?:
            return ("ConfigurationInvalid", "the container cannot start: its image cannot be pulled")
        default: return nil
        }
    }

    private init(
        phase: String, reason: String, message: String, exitCode: Int?, rows: Int64?, at time: Timestamp?
    ) {
        self.phase = phase
        self.reason = reason
        // Older servers take an empty text in a server-side apply for null, and refuse that.
        self.message = message.isEmpty ? "the run ended: \(phase.lowercased())" : message
        self.exitCode = exitCode
        rowsCommitted = rows
        completionTime = time
    }

    /// The fields of a run's status that say so.
    func fields(now: Timestamp) -> JSONObject {
        var fields: JSONObject = [
            "phase": .string(phase), "reason": .string(reason), "message": .string(message),
            "completionTime": .string((completionTime ?? now).description), "observedGeneration": 1,
        ]
        fields["exitCode"] = exitCode.map { .integer($0) }
        fields["rowsCommitted"] = rowsCommitted.map { .integer($0) }
        fields["conditions"] = [condition(now: now)]
        return fields
    }

    /// Whether the run succeeded, as a condition.
    func condition(now: Timestamp) -> JSONValue {
        [
            "type": "Succeeded", "status": phase == "Succeeded" ? "True" : "False", "reason": .string(reason),
            "message": .string(MessageText.cut(message, toBytes: MessageText.conditionBytes)),
            "lastTransitionTime": .string((completionTime ?? now).description),
        ]
    }
}

/// What a job wrote into its termination message.
///
/// The message comes from a container, so that nothing in it is taken on trust: words of a known form and short texts.
struct JobReport: Equatable {
    let phase: String
    let reason: String
    let message: String
    let rowsCommitted: Int64?

    private static let phases: Set = ["Succeeded", "Failed", "Interrupted", "Skipped"]
    private static let longestReason = 64
    private static let longestMessage = 1_000

    init?(_ text: String) {
        guard let value = try? JSONValue(parsing: Array(text.utf8)), let phase = value["phase"]?.string,
            let reason = value["reason"]?.string, Self.phases.contains(phase), !reason.isEmpty,
            reason.utf8.count <= Self.longestReason, reason.utf8.allSatisfy(Self.isLetterOrDigit)
        else { return nil }
        self.phase = phase
        self.reason = reason
        message = MessageText.withoutCredentials(value["message"]?.string ?? "", limit: Self.longestMessage)
        rowsCommitted = value["rowsCommitted"]?.integer.flatMap { $0 >= 0 ? $0 : nil }
    }

    private static func isLetterOrDigit(_ byte: UInt8) -> Bool {
        (0x61...0x7A).contains(byte) || (0x41...0x5A).contains(byte) || (0x30...0x39).contains(byte)
    }
}

extension Timestamp {
    /// Before everything that Kubernetes can tell.
    static let distantPast = Timestamp(microseconds: .min)
}
