package import NilusCore

extension CronExpression {
    /// Years after which a moment that never comes (the 30th of February) is given up, as Kubernetes does.
    private static let patientYears: Int64 = 5
    /// Clocks of all zones change at whole quarters of an hour, and by whole quarters.
    private static let quarter: Int64 = 900

    /// The first moment after another at which the clocks of a zone show what the expression asks for.
    ///
    /// What clocks leap over does not happen; what they show twice happens twice.
    ///
    /// - Returns: `nil` when there is none within five years.
    /// - Complexity: a few thousand steps at most.
    package func next(after moment: Timestamp, in zone: TimeZoneRules) -> Timestamp? {
        var second = (moment.seconds.flooredQuotient(by: 60) + 1) * 60
        let lastYear = LocalTime(second, in: zone).day.year + Self.patientYears
        while true {
            let local = LocalTime(second, in: zone)
            guard local.day.year <= lastYear else { return nil }
            if !includes(local.day) {
                second = Self.nextMidnight(after: second, local, in: zone)
            } else if !hours.contains(local.hour) {
                second += Self.quarter - local.secondOfDay % Self.quarter
            } else if !minutes.contains(local.minute) {
                second += 60
            } else {
                return Timestamp(seconds: second)
            }
        }
    }

    /// The first second of the next day, or one a little earlier when the clocks change that night.
    private static func nextMidnight(after second: Int64, _ local: LocalTime, in zone: TimeZoneRules) -> Int64 {
        let rest = 86_400 - local.secondOfDay
        let change = zone.offset(at: second + rest) - zone.offset(at: second)
        return max(second + min(rest, rest - change), second + quarter - local.secondOfDay % quarter)
    }
}

/// What the clocks of a zone show.
private struct LocalTime {
    let day: CivilDay
    let secondOfDay: Int64

    init(_ second: Int64, in zone: TimeZoneRules) {
        let local = second + zone.offset(at: second)
        let days = local.flooredQuotient(by: 86_400)
        day = CivilDay(daysSinceEpoch: days)
        secondOfDay = local - days * 86_400
    }

    var hour: Int64 { secondOfDay / 3_600 }
    var minute: Int64 { secondOfDay / 60 % 60 }
}
