import NilusCore
import Testing

@testable import Schedules

/// A moment, and what the clocks of a zone show then.
struct Clock: CustomTestStringConvertible, Sendable {
    let zone: String
    let moment: String
    let expected: String

    var testDescription: String { "\(zone) at \(moment)" }

    init(_ zone: String, _ moment: String, _ expected: String) {
        (self.zone, self.moment, self.expected) = (zone, moment, expected)
    }

    static let all = [
        Clock("UTC", "2026-07-01T00:00:00Z", "2026-07-01T00:00:00Z"),
        Clock("Asia/Kolkata", "2026-07-01T00:00:00Z", "2026-07-01T05:30:00+05:30"),
        Clock("Etc/GMT+5", "2026-07-01T00:00:00Z", "2026-06-30T19:00:00-05:00"),
        Clock("Europe/Berlin", "2026-03-29T00:59:59Z", "2026-03-29T01:59:59+01:00"),
        Clock("Europe/Berlin", "2026-03-29T01:00:00Z", "2026-03-29T03:00:00+02:00"),
        Clock("Europe/Berlin", "2026-10-25T00:59:59Z", "2026-10-25T02:59:59+02:00"),
        Clock("Europe/Berlin", "2026-10-25T01:00:00Z", "2026-10-25T02:00:00+01:00"),
        Clock("Europe/Berlin", "2051-07-01T00:00:00Z", "2051-07-01T02:00:00+02:00"),
        // Winter is what differs there from the standard, in the words of the database.
        Clock("Europe/Dublin", "2026-01-15T12:00:00Z", "2026-01-15T12:00:00Z"),
        Clock("Europe/Dublin", "2026-03-29T01:00:00Z", "2026-03-29T02:00:00+01:00"),
        Clock("America/New_York", "2026-03-08T07:00:00Z", "2026-03-08T03:00:00-04:00"),
        Clock("America/New_York", "2026-11-01T05:59:59Z", "2026-11-01T01:59:59-04:00"),
        Clock("America/New_York", "2026-11-01T06:00:00Z", "2026-11-01T01:00:00-05:00"),
        // Summer over the turn of the year.
        Clock("Australia/Sydney", "2026-01-01T00:00:00Z", "2026-01-01T11:00:00+11:00"),
        Clock("Australia/Sydney", "2026-06-01T00:00:00Z", "2026-06-01T10:00:00+10:00"),
        Clock("Australia/Sydney", "2026-12-31T14:00:00Z", "2027-01-01T01:00:00+11:00"),
        Clock("Australia/Lord_Howe", "2026-04-04T14:59:59Z", "2026-04-05T01:59:59+11:00"),
        Clock("Australia/Lord_Howe", "2026-04-04T15:00:00Z", "2026-04-05T01:30:00+10:30"),
        Clock("Pacific/Chatham", "2026-07-01T00:00:00Z", "2026-07-01T12:45:00+12:45"),
        // The change falls on the evening of the day before.
        Clock("America/Nuuk", "2026-03-29T00:59:59Z", "2026-03-28T22:59:59-02:00"),
        Clock("America/Nuuk", "2026-03-29T01:00:00Z", "2026-03-29T00:00:00-01:00"),
        // Days that are listed one by one, until the rule holds.
        Clock("Asia/Gaza", "2026-07-01T00:00:00Z", "2026-07-01T03:00:00+03:00"),
        Clock("Asia/Gaza", "2026-12-01T00:00:00Z", "2026-12-01T02:00:00+02:00"),
        Clock("Africa/Casablanca", "2026-03-01T00:00:00Z", "2026-03-01T00:00:00Z"),
    ]
}

struct `The clocks of a time zone` {
    @Test(arguments: Clock.all)
    func `follow its rule`(clock: Clock) throws {
        let zone = try #require(TimeZoneRules(named: clock.zone))

        #expect(zone.text(of: try #require(Timestamp(iso8601: clock.moment))) == clock.expected)
    }

    @Test(arguments: ["Europe/Atlantis", "", "europe/berlin", "Local", "UTC Europe/Berlin"])
    func `are unknown for other names`(name: String) {
        #expect(TimeZoneRules(named: name) == nil)
    }

    @Test func `belong to one zone each`() {
        let names = TimeZoneRules.database.flatMap { $0.zones.split(separator: " ") }

        #expect(names.count > 500 && Set(names).count == names.count)
    }
}
