package import NilusCore

/// The names of Jobs that tell when they were due.
///
/// A CronJob calls its Jobs `<name>-<minutes since the epoch>`, an operator those of nodes
/// `<workflow>-t<minutes>-<node>`.
package enum ScheduledJobName {
    /// What stands before the minute in the names of nodes' Jobs.
    package static let tickPrefix = "t"

    /// Minutes from 2010 to 2099: other numbers in a name are no moments.
    private static let plausibleMinutes: ClosedRange<Int64> = 21_038_400...68_374_080

    /// The minute in a name; `nil` when it tells none.
    package static func minute(in name: String) -> Int64? {
        let parts = name.split(separator: "-")
        let marked = parts.dropFirst().filter { $0.hasPrefix(tickPrefix) }.compactMap { minute($0.dropFirst()) }
        return parts.last.flatMap(minute) ?? marked.last
    }

    private static func minute(_ text: Substring) -> Int64? {
        guard let minute = Int64(text), plausibleMinutes.contains(minute) else { return nil }
        return minute
    }

    /// The moment in a name.
    package static func moment(in name: String) -> Timestamp? {
        minute(in: name).flatMap { Timestamp(seconds: $0 * 60) }
    }
}
