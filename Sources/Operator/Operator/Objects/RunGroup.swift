import Schedules

/// The names of run groups: all Jobs of one run of a workflow have the same.
///
/// Each follows from what the run is for, so that an operator that starts anew finds the run that it began.
enum RunGroup {
    /// The run of a generation of the spec.
    static func generation(_ generation: Int64) -> String { "g\(generation)" }

    /// The run that somebody asked for.
    static func request(_ text: String) -> String { "r\(ChildName.digest(of: text))" }

    /// What stands on the Jobs of the CronJob of the first cron expression, or of a later one.
    static func tickMark(position: Int) -> String {
        position == 0 ? tickPrefix : "\(tickPrefix)-\(position + 1)"
    }

    static func isTickMark(_ group: String) -> Bool { group == tickPrefix || group.hasPrefix("\(tickPrefix)-") }

    /// The run of a tick: `t29000000`, of the third cron expression `t29000000-3`.
    ///
    /// A Job that somebody made by hand of the CronJob has no minute in its name; its uid stands for that.
    static func ofTick(_ tick: JobObject) -> String {
        let position = (tick.group ?? "").dropFirst(tickPrefix.utf8.count)
        let minute = ScheduledJobName.minute(in: tick.metadata.name).map(String.init)
        return "\(tickPrefix)\(minute ?? ChildName.digest(of: tick.metadata.uid))\(position)"
    }

    /// Whether the run of a group belongs to some tick.
    static func isOfTick(_ group: String) -> Bool { group.hasPrefix(tickPrefix) && !isTickMark(group) }

    private static let tickPrefix = ScheduledJobName.tickPrefix
}
