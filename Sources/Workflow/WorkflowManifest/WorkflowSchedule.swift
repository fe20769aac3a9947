package import NilusCore

/// When a workflow runs; one without a schedule runs once when it is applied.
package struct WorkflowSchedule: Sendable {
    /// What happens when a run is due while another is still running.
    package enum ConcurrencyPolicy: String, Sendable, CaseIterable {
        case allow = "Allow"
        case forbid = "Forbid"
        case replace = "Replace"
    }

    /// Cron expressions of five fields; one of them falling due is enough.
    package let crons: [Located<String>]
    /// An IANA name such as `Europe/Berlin`; `nil` means UTC.
    package let timezone: String?
    /// The moment after which no run begins.
    package let endOn: Timestamp?
    /// `nil` leaves it to the scheduler.
    package let concurrencyPolicy: ConcurrencyPolicy?
}
