import NilusCore
import Testing

struct `Timestamps` {
    struct Case: Sendable, CustomTestStringConvertible {
        let text: String
        let microseconds: Int64?
        var testDescription: String { text }
    }

    @Test(arguments: [
        Case(text: "1970-01-01", microseconds: 0),
        Case(text: "2026-02-28T23:59:59Z", microseconds: 1_772_323_199_000_000),
        Case(text: "2026-02-28 23:59:59.25+02:00", microseconds: 1_772_315_999_250_000),
        Case(text: "2026-02-28T23:59-0130", microseconds: 1_772_328_540_000_000),
        Case(text: "0001-01-01", microseconds: -62_135_596_800_000_000),
        Case(text: "2026-02-29", microseconds: nil),
        Case(text: "2026-13-01", microseconds: nil),
        Case(text: "2026-01-01T24:00:00Z", microseconds: nil),
        Case(text: "2026-01-01T10:00:00Zulu", microseconds: nil),
        Case(text: "yesterday", microseconds: nil),
        Case(text: "", microseconds: nil),
    ])
    func `read ISO 8601 and nothing else`(_ example: Case) {
        #expect(Timestamp(iso8601: example.text)?.microseconds == example.microseconds)
    }

    @Test func `print as RFC 3339 in UTC`() throws {
        let whole = try #require(Timestamp(seconds: 1_772_323_199))

        #expect(whole.description == "2026-02-28T23:59:59Z")
        #expect(Timestamp(microseconds: -1).description == "1969-12-31T23:59:59.999999Z")
    }

    @Test func `survive a round trip over four centuries`() {
        for days in stride(from: Int64(-60_000), through: 90_000, by: 37) {
            let moment = Timestamp(microseconds: days * 86_400_000_000 + 45_296_000_001)

            #expect(Timestamp(iso8601: moment.description) == moment)
        }
    }
}
