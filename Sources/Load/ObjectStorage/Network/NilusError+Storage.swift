import HTTPTransport
import NilusCore

extension NilusError {
    /// An answer of a storage that is no success, in words that name bucket, action and key id.
    static func storageRefused(
        _ request: StorageRequest, _ refusal: StorageRefusal, of service: some StorageService, identity: String
    ) -> NilusError {
        var context = [ContextItem("answer", refusal.summary)]
        if !refusal.text.isEmpty {
            context.append(ContextItem("text", MessageText.withoutCredentials(refusal.text, limit: 200)))
        }
        if let id = refusal.requestID { context.append(ContextItem(ContextItem.requestID, id)) }
        let finding = RefusalFinding(
            refusal: refusal, object: request.object, purpose: request.purpose, identity: identity,
            endpoint: service.endpoint, container: "\(service.containerWord) '\(request.object.container)'")
        return NilusError(
            .load, refusal.kind == .busy ? .sinkUnavailable : .sinkRefused,
            "cannot \(request.purpose.verb) '\(request.object.location)': \(finding.clauses)", context: context)
    }

    /// A storage that gave no answer.
    static func storageUnreachable(
        _ request: StorageRequest, _ failure: HTTPFailure, at endpoint: String
    ) -> NilusError {
        NilusError(
            .load, failure.isTransient ? .sinkUnavailable : .sinkRefused,
            "cannot \(request.purpose.verb) '\(request.object.location)': no answer from '\(endpoint)', \(failure)",
            cause: failure)
    }

    /// The same after several attempts.
    func afterAttempts(_ count: Int, in elapsed: Duration) -> NilusError {
        var error = self
        let times = count == 1 ? "once" : "\(count) times"
        error.message += "; asked \(times) in \(elapsed.components.seconds) s, run again later"
        return error
    }

    /// An answer of a storage that is not what its protocol says.
    static func storageAnswerUnreadable(
        _ request: StorageRequest, at endpoint: String, _ finding: String
    ) -> NilusError {
        NilusError(
            .load, .sinkUnavailable,
            "cannot \(request.purpose.verb) '\(request.object.location)': the answer of '\(endpoint)' \(finding)")
    }

    /// A location of another kind of storage, or of none.
    static func locationForeign(_ location: String, expected: String) -> NilusError {
        NilusError(
            .load, .sinkRefused,
            "cannot use location \(MessageText.quoted(location)): it names no object here; '\(expected)' was expected")
    }
}

/// What stands in the way of a request, and what to do.
private struct RefusalFinding {
    let refusal: StorageRefusal
    let object: ObjectName
    let purpose: StoragePurpose
    let identity: String
    let endpoint: String
    let container: String

    private var word: String { refusal.summary }

    var clauses: String {
        switch refusal.kind {
        case .busy: "'\(endpoint)' answered \(word)"
        case .accessDenied:
            "\(container) refuses action '\(purpose.permission)' to \(identity) (\(word)); grant it or use another key"
        case .keyUnknown: "'\(endpoint)' does not know \(identity) (\(word)); check the key and the endpoint"
        case .signatureWrong:
            "the proof by \(identity) does not match (\(word)); check the secret that belongs to it and the region"
        case .credentialOver: "the session of \(identity) is over (\(word)); renew it"
        case .clockSkewed: "the clocks of this machine and of '\(endpoint)' differ too much (\(word)); set this one"
        case .containerMissing: "there is no \(container) at '\(endpoint)'; create it or name another"
        case .objectMissing: "there is no such file; expected one, as the table or the catalog names it"
        case .uploadMissing: "the upload is not known any more (\(word)); run again"
        case .conditionFailed: "there is an object already (\(word)); expected none"
        case .rangeOutside: "the object ends before the bytes asked for (\(word))"
        case .regionWrong(let region):
            "\(container) is in \(region.map { "region '\($0)'" } ?? "another region") (\(word)); set the region to it"
        case .unsupported: "'\(endpoint)' does not support this request (\(word)); use a storage that does"
        case .other: "'\(endpoint)' answered \(word) to action '\(purpose.permission)' by \(identity)"
        }
    }
}
