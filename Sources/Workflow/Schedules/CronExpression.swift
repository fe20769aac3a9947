import NilusCore

/// A cron expression as Kubernetes reads it: minute, hour, day of month, month, day of week.
///
/// - SeeAlso: kubernetes.io, "CronJob", schedule syntax; `robfig/cron` version 3, which Kubernetes uses.
package struct CronExpression: Sendable, Equatable {
    let minutes: CronField
    let hours: CronField
    let days: CronField
    let months: CronField
    let weekdays: CronField

    /// What is wrong with an expression, for a person.
    package struct Problem: Error, Equatable {
        package let text: String
    }

    private static let shortForms = [
        "@yearly": "0 0 1 1 *", "@annually": "0 0 1 1 *", "@monthly": "0 0 1 * *", "@weekly": "0 0 * * 0",
        "@daily": "0 0 * * *", "@midnight": "0 0 * * *", "@hourly": "0 * * * *",
    ]

    /// Reads an expression of five fields, or a short form such as `@daily`.
    ///
    /// - Throws: ``Problem``; also for `@every`, which names no moments of its own.
    package init(_ text: String) throws(Problem) {
        let parts = (Self.shortForms[text] ?? text).split(whereSeparator: \.isWhitespace)
        guard parts.count == CronField.Kind.all.count else {
            throw Problem(
                text: "\(parts.count) fields; expected 5: minute, hour, day of month, month, day of week")
        }
        var fields: [CronField] = []
        for (kind, part) in zip(CronField.Kind.all, parts) {
            guard let field = CronField(part, kind) else { throw Problem(part, kind) }
            fields.append(field)
        }
        (minutes, hours, days, months, weekdays) = (fields[0], fields[1], fields[2], fields[3], fields[4])
    }

    /// Whether it falls due on a day at all.
    ///
    /// With both day fields restricted, either is enough.
    func includes(_ day: CivilDay) -> Bool {
        guard months.contains(day.month) else { return false }
        let isDay = days.contains(day.day)
        let isWeekday = weekdays.contains(day.weekday)
        return days.isAny || weekdays.isAny ? isDay && isWeekday : isDay || isWeekday
    }
}

extension CronExpression.Problem {
    fileprivate init(_ part: Substring, _ kind: CronField.Kind) {
        let bounds = "\(kind.range.lowerBound) to \(kind.range.upperBound)"
        text = "\(MessageText.quoted(part)) is no \(kind.name); expected '*', numbers from \(bounds), ranges or steps"
    }
}
