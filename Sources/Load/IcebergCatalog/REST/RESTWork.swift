import HTTPTransport
import NilusCore

/// What is being done, and where, for the words of an error.
struct RESTWork: Sendable {
    /// A verb and its object, such as `load table 'sales.charges'`.
    let name: String
    /// Scheme, host and port; nothing of a URL beyond that is shown.
    let place: String

    init(_ name: String, at url: String) {
        self.name = name
        place = HTTPOrigin(url: url)?.description ?? "?"
    }
}

extension NilusError {
    /// There is no answer.
    static func catalogUnreachable(_ work: RESTWork, _ failure: HTTPFailure) -> NilusError {
        let advice =
            switch failure.kind {
            case .untrusted: "; expected a certificate that the job trusts (SSL_CERT_FILE names others)"
            case .cut where work.place.hasPrefix("https"):
                "; run again later, or write 'rest_use_ssl=false' if the catalog speaks plain HTTP"
            case .unreachable, .timedOut, .cut: "; run again later"
            case .tooLarge, .unusable: ""
            }
        return NilusError(
            .load, failure.isTransient ? .sinkUnavailable : .sinkRefused,
            "cannot \(work.name): no answer from the catalog at '\(work.place)', \(failure)\(advice)", cause: failure)
    }

    /// The answer is a refusal.
    static func catalogRefused(_ work: RESTWork, _ refusal: RESTRefusal) -> NilusError {
        let isTransient = refusal.status == 429 || refusal.status >= 500
        let advice =
            switch refusal.status {
            case 401, 419: "; check the token or credential of the catalog"
            case 403: "; the catalog knows the job and does not let it do this"
            case _ where isTransient: "; run again later"
            case _ where !refusal.isOfCatalog: "; expected an Iceberg REST catalog there"
            default: ""
            }
        return NilusError(
            .load, isTransient ? .sinkUnavailable : .sinkRefused,
            "cannot \(work.name): the catalog at '\(work.place)' answered \(refusal)\(advice)", cause: refusal)
    }

    /// The token server does not take the client.
    static func clientRefused(_ work: RESTWork, _ refusal: RESTRefusal) -> NilusError {
        let isTransient = refusal.status == 429 || refusal.status >= 500
        return NilusError(
            .load, isTransient ? .sinkUnavailable : .sinkRefused,
            "cannot \(work.name): '\(work.place)' answered \(refusal)"
                + (isTransient ? "; run again later" : "; check the client's name and password in 'credential'"),
            cause: refusal)
    }

    /// The answer is none that a catalog gives.
    static func answerUnusable(_ work: RESTWork, _ fault: RESTDocumentFault) -> NilusError {
        NilusError(
            .load, .sinkRefused,
            "cannot \(work.name): the answer of '\(work.place)' is not as expected, \(fault); "
                + "expected an Iceberg REST catalog there",
            cause: fault)
    }
}
