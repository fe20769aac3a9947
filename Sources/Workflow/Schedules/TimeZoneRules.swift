package import NilusCore

/// How far the clocks of a time zone are from UTC, from 2026 on.
///
/// Compiled in, because the image holds no files. Zones keep to a rule for ever; those whose days are
/// listed one by one are listed until 2038.
///
/// - SeeAlso: the IANA time zone database; POSIX, "TZ" in the environment variables.
package struct TimeZoneRules: Sendable, Equatable {
    private let standard: Int64
    private let summer: Summer?
    private let changes: [Change]

    /// The clocks of UTC.
    package static let utc = TimeZoneRules(standard: 0, summer: nil, changes: [])

    /// A zone of the database, by its name in it: `Europe/Berlin`.
    ///
    /// - Returns: `nil` for a name that the database does not have.
    package init?(named name: String) {
        let group = Self.database.first { $0.zones.split(separator: " ").contains { $0 == name } }
        guard let group else { return nil }
        self.init(standard: group.standard, summer: group.summer, changes: group.changes)
    }

    private init(standard: Int64, summer: Summer?, changes: [Change]) {
        self.standard = standard
        self.summer = summer
        self.changes = changes
    }

    /// Seconds that the clocks are ahead of UTC at a second since the epoch.
    package func offset(at second: Int64) -> Int64 {
        if let last = changes.last, second < last.second {
            // Before the first there is no other to be known.
            return (changes.last { $0.second <= second } ?? changes[0]).offset
        }
        guard let summer else { return standard }
        let year = CivilDay(daysSinceEpoch: (second + standard).flooredQuotient(by: 86_400)).year
        let start = summer.start.second(in: year) - standard
        let end = summer.end.second(in: year) - summer.offset
        let isSummer = start < end ? (start..<end).contains(second) : !(end..<start).contains(second)
        return isSummer ? summer.offset : standard
    }

    /// A moment as its clocks show it, with their offset: `2026-11-26T03:30:00+01:00`; UTC with `Z`.
    package func text(of moment: Timestamp) -> String {
        let offset = offset(at: moment.seconds)
        guard offset != 0 else { return moment.description }
        let local = Timestamp(microseconds: moment.microseconds + offset * 1_000_000).description.dropLast()
        let minutes = abs(offset) / 60
        return "\(local)\(offset < 0 ? "-" : "+")\(twoDigits(minutes / 60)):\(twoDigits(minutes % 60))"
    }
}

extension TimeZoneRules {
    /// Zones whose clocks show the same from now on.
    struct Group: Sendable {
        let standard: Int64
        let summer: Summer?
        let changes: [Change]
        /// Names with spaces between.
        let zones: String

        init(standard: Int64, summer: Summer? = nil, changes: [Change] = [], zones: String) {
            self.standard = standard
            self.summer = summer
            self.changes = changes
            self.zones = zones
        }
    }

    /// A moment at which the offset changes, of those that no rule tells; the last begins what the rule tells.
    struct Change: Sendable, Equatable {
        let second: Int64
        let offset: Int64

        init(at second: Int64, offset: Int64) {
            self.second = second
            self.offset = offset
        }
    }

    /// The other offset of a year, and the days on which it begins and ends.
    struct Summer: Sendable, Equatable {
        let offset: Int64
        let start: ChangeDay
        let end: ChangeDay

        init(_ offset: Int64, from start: ChangeDay, until end: ChangeDay) {
            self.offset = offset
            self.start = start
            self.end = end
        }
    }

    /// A weekday of a month, the first to the fourth or, as number five, the last; and a second of the wall clock then.
    struct ChangeDay: Sendable, Equatable {
        let month: Int64
        let week: Int64
        let weekday: Int64
        let secondOfDay: Int64

        init(_ month: Int64, _ week: Int64, _ weekday: Int64, at secondOfDay: Int64) {
            self.month = month
            self.week = week
            self.weekday = weekday
            self.secondOfDay = secondOfDay
        }

        /// Seconds since the epoch on the wall clock.
        func second(in year: Int64) -> Int64 {
            guard let first = CivilDay(year: year, month: month, day: 1),
                let next = CivilDay(year: month == 12 ? year + 1 : year, month: month % 12 + 1, day: 1)
            else { return 0 }
            var day = first.daysSinceEpoch + (weekday - first.weekday + 7) % 7 + 7 * (week - 1)
            while day >= next.daysSinceEpoch { day -= 7 }
            return day * 86_400 + secondOfDay
        }
    }
}

extension CivilDay {
    /// Days since Sunday.
    var weekday: Int64 {
        // The first of January 1970 was a Thursday.
        let days = daysSinceEpoch + 4
        return days - days.flooredQuotient(by: 7) * 7
    }
}

private func twoDigits(_ number: Int64) -> String {
    number < 10 ? "0\(number)" : "\(number)"
}
