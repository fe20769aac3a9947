import NilusCore
import Testing

@testable import StripeSource

struct `The words of a source that failed` {
    struct Case: Sendable, CustomTestStringConvertible {
        let error: NilusError
        let code: ErrorCode
        let message: String
        var testDescription: String { message }

        init(_ error: NilusError, _ code: ErrorCode, _ message: String) {
            self.error = error
            self.code = code
            self.message = message
        }
    }

    private static let page = "page 2 of endpoint 'charge'"

    private static func gaveUp(_ kind: StripeFailure.Kind, attempts: Int = 7) -> NilusError {
        .gaveUp(page, StripeFailure(kind), attempts: attempts, elapsed: .seconds(180))
    }

    @Test(arguments: [
        Case(
            .ledgerOpen("endpoint 'charge'", .cursorLost), .ledgerOpen,
            "cannot read endpoint 'charge' to its end: Stripe no longer knows any row of the last page, so the next "
                + "page cannot be found; run again"),
        Case(
            .ledgerOpen("endpoint 'charge'", .emptyPage), .ledgerOpen,
            "cannot read endpoint 'charge' to its end: Stripe keeps answering an empty page and says that more rows "
                + "follow; run again"),
        Case(
            .ledgerOpen("endpoint 'charge'", .repeatedPage), .ledgerOpen,
            "cannot read endpoint 'charge' to its end: Stripe keeps answering rows it sent before and says that more "
                + "follow; run again"),
        Case(
            gaveUp(.throttled), .sourceThrottled,
            "cannot read page 2 of endpoint 'charge': answered 429 7 times in 180 s; lower 'requests-per-second' or "
                + "run later"),
        Case(
            gaveUp(.status(503), attempts: 1), .sourceUnavailable,
            "cannot read page 2 of endpoint 'charge': answered 503 1 time in 180 s; run later"),
        Case(
            gaveUp(.transport("connection refused")), .sourceUnavailable,
            "cannot read page 2 of endpoint 'charge': no answer, tried 7 times in 180 s: connection refused"),
        Case(
            gaveUp(.notJSON("no JSON object")), .sourceUnavailable,
            "cannot read page 2 of endpoint 'charge': answered 7 times in 180 s with something that is no list "
                + "(no JSON object); a proxy may answer in Stripe's place"),
        Case(
            .notTrusted(page, "self-signed certificate"), .configurationInvalid,
            "cannot read page 2 of endpoint 'charge': the server's certificate is not trusted: self-signed "
                + "certificate; check the proxy, or name the right certificates in SSL_CERT_FILE"),
        Case(
            .objectTooLarge(page, limit: 8 << 20), .sourceRefused,
            "cannot read page 2 of endpoint 'charge': one object alone is larger than 8 MiB, more than a page may "
                + "take"),
        Case(
            .noServerClock("endpoint 'charge'"), .sourceRefused,
            "cannot read endpoint 'charge': the answer has no valid 'Date' header, from which the end of "
                + "the read is taken; check the proxy"),
    ])
    func `say what was read, what was found and what to do`(_ example: Case) {
        #expect(example.error.code == example.code)
        #expect(example.error.message == example.message)
    }
}
