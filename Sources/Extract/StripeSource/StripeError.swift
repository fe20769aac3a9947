import Extraction
import NilusCore

// The words of what Stripe, or the way to it, refuses.

extension NilusError {
    /// What was asked, for messages: `page 14 of endpoint 'charge'`.
    static func stripeRefused(_ what: String, status: Int, _ error: StripeErrorBody, requestID: String?) -> NilusError {
        let answer = error.message.map { ": \($0)" } ?? ""
        let context = context(status, error, requestID)
        switch status {
        case 401:
            let cause =
                error.code == "api_key_expired"
                ? "the key has expired; put a new one into the secret" : "Stripe does not accept the key\(answer)"
            return NilusError(.extract, .keyRefused, "cannot read \(what): \(cause)", context: context)
        case 403:
            return NilusError(
                .extract, .permissionMissing,
                "cannot read \(what): the key may not\(answer); give it read permission or take the endpoint out",
                context: context)
        case 300..<400:
            return NilusError(
                .extract, .sourceRefused,
                "cannot read \(what): answered \(status), a redirect, which is not followed with a key; check the API base",
                context: context)
        default:
            return NilusError(
                .extract, .sourceRefused, "cannot read \(what): Stripe refused with \(status)\(answer)",
                context: context)
        }
    }

    /// The key was refused, and what is mounted in its place now cannot be used either.
    static func keyNotRenewed(_ what: String, _ cause: NilusError) -> NilusError {
        NilusError(
            .extract, .keyRefused,
            "cannot read \(what): Stripe does not accept the key any more, and there is no other: \(cause.message)",
            cause: cause)
    }

    static func featureUnavailable(
        _ what: String, status: Int, _ error: StripeErrorBody, requestID: String?
    ) -> NilusError {
        NilusError(
            .extract, .featureUnavailable,
            "cannot read \(what): the account does not have it: \(error.message ?? "no explanation given")",
            context: context(status, error, requestID))
    }

    /// What one answer showed cannot be missing in the next: the endpoint is not to be skipped.
    static func featureLost(_ error: NilusError) -> NilusError {
        NilusError(
            .extract, .sourceRefused,
            "\(error.message); an answer before came, so this is no reason to skip it; run again",
            context: error.context)
    }

    static func gaveUp(_ what: String, _ failure: StripeFailure, attempts: Int, elapsed: Duration) -> NilusError {
        let tries = "\(attempts) \(attempts == 1 ? "time" : "times") in \(Int(elapsed.seconds.rounded())) s"
        switch failure.kind {
        case .throttled:
            return NilusError(
                .extract, .sourceThrottled,
                "cannot read \(what): answered 429 \(tries); lower 'requests-per-second' or run later",
                context: failure.context)
        case .status(let status):
            return NilusError(
                .extract, .sourceUnavailable, "cannot read \(what): answered \(status) \(tries); run later",
                context: failure.context)
        case .transport(let detail):
            return NilusError(
                .extract, .sourceUnavailable, "cannot read \(what): no answer, tried \(tries): \(detail)",
                context: failure.context)
        case .notJSON(let detail):
            return NilusError(
                .extract, .sourceUnavailable,
                "cannot read \(what): answered \(tries) with something that is no list (\(detail)); "
                    + "a proxy may answer in Stripe's place",
                context: failure.context)
        }
    }

    static func notTrusted(_ what: String, _ detail: String) -> NilusError {
        NilusError(
            .extract, .configurationInvalid,
            "cannot read \(what): the server's certificate is not trusted: \(detail); "
                + "check the proxy, or name the right certificates in SSL_CERT_FILE")
    }

    static func unusableRequest(_ what: String, _ detail: String) -> NilusError {
        NilusError(.extract, .configurationInvalid, "cannot read \(what): the request cannot be sent: \(detail)")
    }

    static func objectTooLarge(_ what: String, limit: Int) -> NilusError {
        NilusError(
            .extract, .sourceRefused,
            "cannot read \(what): one object alone is larger than \(limit.asByteCount), more than a page may take")
    }

    static func noServerClock(_ what: String) -> NilusError {
        NilusError(
            .extract, .sourceRefused,
            "cannot read \(what): the answer has no valid 'Date' header, from which the end of the read is taken; "
                + "check the proxy")
    }

    static func ledgerOpen(_ what: String, _ fault: ListFault) -> NilusError {
        let found =
            switch fault {
            case .cursorLost: "Stripe no longer knows any row of the last page, so the next page cannot be found"
            case .emptyPage: "Stripe keeps answering an empty page and says that more rows follow"
            case .repeatedPage: "Stripe keeps answering rows it sent before and says that more follow"
            }
        return NilusError(.extract, .ledgerOpen, "cannot read \(what) to its end: \(found); run again")
    }

    static func malformedList(_ what: String, _ detail: String) -> NilusError {
        NilusError(.extract, .sourceRefused, "cannot read \(what): \(detail)")
    }

    private static func context(_ status: Int, _ error: StripeErrorBody, _ requestID: String?) -> [ContextItem] {
        let items: [(String, String?)] = [
            ("status", String(status)), (ContextItem.requestID, requestID), ("type", error.type),
            ("stripe code", error.code), ("parameter", error.parameter),
        ]
        return items.compactMap { name, value in value.map { ContextItem(name, $0) } }
    }
}
