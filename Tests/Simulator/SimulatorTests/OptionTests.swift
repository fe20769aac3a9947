import ArgumentParser
import Testing

@testable import stripe_simulator

struct `Options` {
    @Test func `set the numbers of objects`() throws {
        let counts = try ObjectCounts(parsing: "charge=100000,customer=5000,default=7")

        #expect(counts == ObjectCounts(usual: 7, [.charge: 100_000, .customer: 5000]))
        #expect(counts.count(of: .invoice) == 7)
    }

    struct Mistake: Sendable, CustomTestStringConvertible {
        let text: String
        let message: String
        var testDescription: String { text }
    }

    @Test(arguments: [
        Mistake(text: "charge", message: "'charge' is not of the form endpoint=number"),
        Mistake(text: "", message: "'' is not of the form endpoint=number"),
        Mistake(text: "charge=-1", message: "'-1' in 'charge=-1' is not a number of 0 to 1000000000"),
        Mistake(text: "charge=1e5", message: "'1e5' in 'charge=1e5' is not a number of 0 to 1000000000"),
        Mistake(
            text: "charges=1",
            message: "'charges' is no endpoint; endpoints are balance_transaction, charge, coupon, credit_note,"
                + " customer, event, invoice, invoice_item, payment_intent, payment_method, payout, price, product,"
                + " promotion_code, refund, setup_intent, subscription, subscription_item, subscription_schedule,"
                + " tax_rate, webhook_endpoint"),
        Mistake(
            text: "subscription_item=3",
            message: "the number of 'subscription_item' follows from 'subscription'; set that one"),
        Mistake(
            text: "event=3",
            message: "the number of 'event' follows from the objects of the last 30 days; set those"),
    ])
    func `name the mistake in a number of objects`(_ mistake: Mistake) {
        #expect(throws: OptionError(mistake.message)) { try ObjectCounts(parsing: mistake.text) }
    }

    struct Time: Sendable, CustomTestStringConvertible {
        let text: String
        let second: Int
        let date: String
        var testDescription: String { text }
    }

    @Test(arguments: [
        Time(text: "2026-06-01T00:00:00Z", second: 1_780_272_000, date: "Mon, 01 Jun 2026 00:00:00 GMT"),
        Time(text: "1780272000", second: 1_780_272_000, date: "Mon, 01 Jun 2026 00:00:00 GMT"),
        Time(text: "1994-11-06T08:49:37Z", second: 784_111_777, date: "Sun, 06 Nov 1994 08:49:37 GMT"),
        Time(text: "2000-02-29T23:59:59Z", second: 951_868_799, date: "Tue, 29 Feb 2000 23:59:59 GMT"),
        Time(text: "1970-01-01T00:00:00Z", second: 0, date: "Thu, 01 Jan 1970 00:00:00 GMT"),
    ])
    func `set the time`(_ time: Time) throws {
        #expect(try UTCTime.parse(time.text) == time.second)
        #expect(UTCTime.httpDate(time.second) == time.date)
    }

    @Test(arguments: [
        "now", "2026-06-01", "2026-13-01T00:00:00Z", "2026-02-30T00:00:00Z", "2026-06-01T24:00:00Z", "-5",
    ])
    func `refuse a time that does not exist`(_ text: String) {
        #expect(throws: OptionError.self) { try UTCTime.parse(text) }
    }

    @Test(arguments: [
        ["--port", "70000"], ["--span-days", "0"], ["--latency-ms", "-1"], ["--threads", "0"],
        ["--requests-per-second", "0"], ["--endpoint-requests-per-second", "-2"], ["--concurrency", "0"],
        ["--objects", "charges=1"], ["--account", "12"], ["--now", "1"], ["--forbid", "nothing"],
        ["--not-enabled", "charge,nothing"], ["--span-days", "36500"],
    ])
    func `that make no sense are refused`(_ arguments: [String]) {
        #expect(throws: (any Error).self) { try StripeSimulator.parse(arguments) }
    }

    @Test func `are all optional`() throws {
        let command = try StripeSimulator.parse([])

        #expect(command.objects == ObjectCounts())
        #expect(command.requestsPerSecond == nil)
        #expect(command.key.isEmpty)
    }

    @Test func `tell what is wrong with a value`() {
        let message = #expect(throws: (any Error).self) { try StripeSimulator.parse(["--span-days", "0"]) }
            .map { StripeSimulator.message(for: $0) }

        #expect(message == "--span-days is 0; expected 1 to 36500")
    }
}
