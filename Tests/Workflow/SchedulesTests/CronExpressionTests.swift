import NilusCore
import Testing

@testable import Schedules

/// A moment, an expression, and the moments that come next, on the clocks of a zone.
struct Due: CustomTestStringConvertible, Sendable {
    let cron: String
    let zone: String
    let after: String
    let expected: [String]

    var testDescription: String { "'\(cron)' in \(zone) after \(after)" }

    init(_ cron: String, in zone: String = "UTC", after: String, _ expected: String...) {
        (self.cron, self.zone, self.after, self.expected) = (cron, zone, after, expected)
    }

    static let fields = [
        Due("* * * * *", after: "2026-01-01T00:00:00Z", "2026-01-01T00:01:00Z", "2026-01-01T00:02:00Z"),
        Due("* * * * *", after: "2026-01-01T00:00:59.999Z", "2026-01-01T00:01:00Z"),
        Due("30 3 * * *", after: "2026-01-01T03:29:59Z", "2026-01-01T03:30:00Z", "2026-01-02T03:30:00Z"),
        Due("30 3 * * *", after: "2026-12-31T03:30:00Z", "2027-01-01T03:30:00Z"),
        Due("*/20 * * * *", after: "2026-01-01T00:00:00Z", "2026-01-01T00:20:00Z", "2026-01-01T00:40:00Z"),
        Due("7/25 * * * *", after: "2026-01-01T00:00:00Z", "2026-01-01T00:07:00Z", "2026-01-01T00:32:00Z"),
        Due("5,10-12 0 * * *", after: "2026-01-01T00:05:00Z", "2026-01-01T00:10:00Z", "2026-01-01T00:11:00Z"),
        Due("0 8-18/4 * * ?", after: "2026-01-01T09:00:00Z", "2026-01-01T12:00:00Z", "2026-01-01T16:00:00Z"),
        Due("0 0 * FEB,aug *", after: "2026-03-01T00:00:00Z", "2026-08-01T00:00:00Z"),
        Due("0 0 * * SUN", after: "2026-11-25T00:00:00Z", "2026-11-29T00:00:00Z", "2026-12-06T00:00:00Z"),
        Due("0 0 * * mon-FRI", after: "2026-11-27T00:00:00Z", "2026-11-30T00:00:00Z"),
        Due("0 0 31 * *", after: "2026-01-31T00:00:00Z", "2026-03-31T00:00:00Z", "2026-05-31T00:00:00Z"),
        Due("0 0 29 2 *", after: "2026-01-01T00:00:00Z", "2028-02-29T00:00:00Z"),
        Due("0 0 30 2 *", after: "2026-01-01T00:00:00Z"),
        Due("@hourly", after: "2026-01-01T00:00:00Z", "2026-01-01T01:00:00Z"),
        Due("@weekly", after: "2026-11-25T00:00:00Z", "2026-11-29T00:00:00Z"),
        Due("@yearly", after: "2026-11-25T00:00:00Z", "2027-01-01T00:00:00Z"),
    ]

    /// With both day fields restricted, either is enough; a star restricts nothing, a step does.
    static let days = [
        Due("0 0 13 * 5", after: "2026-11-10T00:00:00Z", "2026-11-13T00:00:00Z", "2026-11-20T00:00:00Z"),
        Due("0 0 1 * 1", after: "2026-11-25T00:00:00Z", "2026-11-30T00:00:00Z", "2026-12-01T00:00:00Z"),
        Due("0 0 * * 1", after: "2026-11-25T00:00:00Z", "2026-11-30T00:00:00Z", "2026-12-07T00:00:00Z"),
        Due("0 0 1 * *", after: "2026-11-25T00:00:00Z", "2026-12-01T00:00:00Z", "2027-01-01T00:00:00Z"),
        Due("0 0 */1 * 1", after: "2026-11-25T00:00:00Z", "2026-11-30T00:00:00Z"),
        Due("0 0 */10 * 1", after: "2026-11-25T00:00:00Z", "2026-11-30T00:00:00Z", "2026-12-01T00:00:00Z"),
        Due("0 0 1,* * 1", after: "2026-11-25T00:00:00Z", "2026-11-30T00:00:00Z"),
    ]

    static let clocks = [
        Due("30 3 * * *", in: "Europe/Berlin", after: "2026-11-25T12:00:00Z", "2026-11-26T03:30:00+01:00"),
        Due("0 0 1 * *", in: "Pacific/Auckland", after: "2026-11-30T10:59:59Z", "2026-12-01T00:00:00+13:00"),
        // Leapt over: the next day.
        Due("30 2 * * *", in: "America/New_York", after: "2026-03-07T12:00:00Z", "2026-03-09T02:30:00-04:00"),
        Due("30 2 8 3 *", in: "America/New_York", after: "2026-03-01T00:00:00Z", "2027-03-08T02:30:00-05:00"),
        Due(
            "0 * * * *", in: "America/New_York", after: "2026-03-08T06:00:00Z", "2026-03-08T03:00:00-04:00",
            "2026-03-08T04:00:00-04:00"),
        // Shown twice: both.
        Due(
            "30 1 * * *", in: "America/New_York", after: "2026-11-01T04:00:00Z", "2026-11-01T01:30:00-04:00",
            "2026-11-01T01:30:00-05:00", "2026-11-02T01:30:00-05:00"),
        Due(
            "0 * * * *", in: "America/New_York", after: "2026-11-01T05:00:00Z", "2026-11-01T01:00:00-05:00",
            "2026-11-01T02:00:00-05:00"),
        Due("0 0 * * *", in: "Africa/Cairo", after: "2026-04-23T12:00:00Z", "2026-04-25T00:00:00+03:00"),
        Due("0 1 * * *", in: "Africa/Cairo", after: "2026-04-23T12:00:00Z", "2026-04-24T01:00:00+03:00"),
        Due("30 23 * * 6", in: "America/Nuuk", after: "2026-03-27T12:00:00Z", "2026-04-04T23:30:00-01:00"),
        Due(
            "45 1 * * *", in: "Australia/Lord_Howe", after: "2026-04-04T12:00:00Z", "2026-04-05T01:45:00+11:00",
            "2026-04-05T01:45:00+10:30"),
    ]
}

struct `A cron expression` {
    private func check(_ due: Due) throws {
        let zone = try #require(TimeZoneRules(named: due.zone))
        let cron = try CronExpression(due.cron)
        var moment = try #require(Timestamp(iso8601: due.after))
        var found: [String] = []
        for _ in 0..<max(due.expected.count, 1) {
            guard let next = cron.next(after: moment, in: zone) else { break }
            found.append(zone.text(of: next))
            moment = next
        }

        #expect(found == due.expected)
    }

    @Test(arguments: Due.fields)
    func `falls due when its fields say so`(due: Due) throws { try check(due) }

    @Test(arguments: Due.days)
    func `takes days of the month and of the week together`(due: Due) throws { try check(due) }

    @Test(arguments: Due.clocks)
    func `follows clocks that are changed`(due: Due) throws { try check(due) }

    /// What is due minute by minute, found without any leap.
    @Test(arguments: [
        ("*/17 2-4 * * *", "Europe/Berlin"), ("0 */3 * * 0", "America/Sao_Paulo"), ("15 0,23 * * *", "Africa/Cairo"),
        ("50 1 5 4 *", "Australia/Lord_Howe"), ("0 2 * 3,10 *", "America/Nuuk"),
    ])
    func `misses nothing and adds nothing`(cron: String, zoneName: String) throws {
        let zone = try #require(TimeZoneRules(named: zoneName))
        let cron = try CronExpression(cron)
        let start = try #require(Timestamp(iso8601: "2026-03-01")).seconds
        let end = try #require(Timestamp(iso8601: "2026-11-10")).seconds
        let expected = stride(from: start + 60, to: end, by: 60).filter { second in
            let local = second + zone.offset(at: second)
            let day = CivilDay(daysSinceEpoch: local.flooredQuotient(by: 86_400))
            return cron.includes(day) && cron.hours.contains(local / 3_600 % 24)
                && cron.minutes.contains(local / 60 % 60)
        }

        var found: [Int64] = []
        var moment = try #require(Timestamp(seconds: start))
        while let next = cron.next(after: moment, in: zone), next.seconds < end {
            found.append(next.seconds)
            moment = next
        }

        #expect(found == expected && !found.isEmpty)
    }

    @Test(arguments: [
        "* * * *", "* * * * * *", "60 * * * *", "* 24 * * *", "* * 0 * *", "* * * 13 *", "* * * * 7", "5-1 * * * *",
        "*/0 * * * *", "*/x * * * *", "1,,2 * * * *", "* * * foo *", "+1 * * * *", "@never", "@every 1h", "",
        "1-2-3 * * * *",
    ])
    func `that Kubernetes would refuse is refused`(text: String) {
        #expect(throws: CronExpression.Problem.self) { try CronExpression(text) }
    }

    @Test func `says which field is wrong`() {
        #expect(
            throws: CronExpression.Problem(
                text: "'24' is no hour; expected '*', numbers from 0 to 23, ranges or steps")
        ) { try CronExpression("0 24 * * *") }
    }
}
