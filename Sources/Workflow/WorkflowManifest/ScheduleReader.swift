import NilusCore
import Schedules
import YAML

/// Reads `schedule`.
struct ScheduleReader {
    let log: FaultLog

    private static let keys = KeySet.resource(["cron", "crons", "timezone", "endOn", "concurrencyPolicy", "suspend"])

    func read(_ parent: SectionReader) -> WorkflowSchedule? {
        guard let section = parent.section("schedule", keys: Self.keys) else { return nil }
        if let single = section["cron"], let several = section["crons"] {
            log.add(.twoSchedules(single, several))
        }
        let crons = (section.texts("cron") + section.texts("crons")).filter(isAccepted)
        if section["cron"] == nil, section["crons"]?.value.sequence?.isEmpty ?? (section["crons"] == nil) {
            log.add(.noCron(at: section.location))
        }
        return WorkflowSchedule(
            crons: crons, timezone: section.text("timezone").flatMap(timezone),
            endOn: section.timestamp("endOn")?.value,
            concurrencyPolicy: section.choice("concurrencyPolicy", of: WorkflowSchedule.ConcurrencyPolicy.self)?.value)
    }

    private func isAccepted(_ cron: Located<String>) -> Bool {
        if cron.value.hasPrefix("@") { log.add(.shortForm(cron)) }
        if cron.value.hasPrefix("@every ") { return true }
        do throws(CronExpression.Problem) {
            _ = try CronExpression(cron.value)
            return true
        } catch {
            log.add(ManifestFault(.error, "'cron' cannot be read: \(error.text)", at: cron.location))
            return false
        }
    }

    /// Checks the form; whether the zone exists is known to the scheduler's own tables.
    private func timezone(_ text: Located<String>) -> String? {
        let isZone = text.value.utf8.allSatisfy { byte in
            let letter = byte | 0x20
            return (0x61...0x7A).contains(letter) || (0x30...0x39).contains(byte) || "_+-/".utf8.contains(byte)
        }
        if isZone { return text.value }
        log.add(.badTimezone(text))
        return nil
    }
}

extension ManifestFault {
    fileprivate static func twoSchedules(_ single: YAMLEntry, _ several: YAMLEntry) -> ManifestFault {
        ManifestFault(
            .error, "'cron' and 'crons' are both written in 'schedule'; keep one of them",
            at: max(single.keyLocation, several.keyLocation))
    }

    fileprivate static func noCron(at place: SourceLocation) -> ManifestFault {
        ManifestFault(.error, "missing key 'cron' in 'schedule'", at: place)
    }

    fileprivate static func shortForm(_ cron: Located<String>) -> ManifestFault {
        ManifestFault(
            .warning, "'cron' \(MessageText.quoted(cron.value)) is a short form that not every scheduler knows",
            at: cron.location)
    }

    fileprivate static func badTimezone(_ text: Located<String>) -> ManifestFault {
        ManifestFault(
            .error,
            "'timezone' must be a name such as 'UTC' or 'Europe/Berlin'; found \(MessageText.quoted(text.value))",
            at: text.location)
    }
}
