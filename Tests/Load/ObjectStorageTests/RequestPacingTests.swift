import NilusCore
@testable import ObjectStorage
import Testing

struct `A date of HTTP` {
    @Test(arguments: [
        ("1970-01-01T00:00:00Z", "Thu, 01 Jan 1970 00:00:00 GMT"),
        ("2015-06-26T23:39:12Z", "Fri, 26 Jun 2015 23:39:12 GMT"),
        ("2024-02-29T12:00:00Z", "Thu, 29 Feb 2024 12:00:00 GMT"),
        ("1969-12-31T23:59:59Z", "Wed, 31 Dec 1969 23:59:59 GMT"),
    ])
    func `is written and read`(_ iso: String, _ text: String) throws {
        let moment = try #require(Timestamp(iso8601: iso))

        #expect(HTTPDate.text(of: moment) == text)
        #expect(HTTPDate.moment(text) == moment)
    }

    @Test(arguments: [
        "", "Fri, 26 Jun 2015 23:39:12", "Fri, 26 Foo 2015 23:39:12 GMT", "Fri, 99 Jun 2015 23:39:12 GMT",
    ])
    func `is nothing else`(_ text: String) {
        #expect(HTTPDate.moment(text) == nil)
    }
}

struct `A wait before the next attempt` {
    private func delay(
        _ failures: Int, elapsed: Duration = .zero, requested: Duration? = nil, chance: Double = 0
    ) -> Duration? {
        StorageRetry(patience: .seconds(120)).delay(
            afterFailures: failures, elapsed: elapsed, requested: requested, chance: chance)
    }

    @Test func `doubles, is spread, and has a bound`() {
        #expect((1...9).map { delay($0)?.milliseconds } == [50, 100, 200, 400, 800, 1_600, 3_200, 5_000, 5_000])
        #expect(delay(1, chance: 0.5) == .milliseconds(75))
        #expect(delay(.max, chance: 0) == .seconds(5))
        #expect(delay(0) == .milliseconds(50))
    }

    @Test func `is what the storage asks for, within reason`() {
        #expect(delay(1, requested: .seconds(7)) == .seconds(7))
        #expect(delay(1, requested: .seconds(100_000)) == .seconds(30))
    }

    @Test func `is none when the time is up`() {
        #expect(delay(8, elapsed: .seconds(115)) == .seconds(5))
        #expect(delay(8, elapsed: .seconds(116)) == nil)
    }
}
