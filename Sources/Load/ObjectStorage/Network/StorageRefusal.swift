/// What a storage said instead of doing what it was asked.
struct StorageRefusal: Sendable, Equatable {
    /// What the asker can make of it.
    enum Kind: Sendable, Equatable {
        /// Trying again may help.
        case busy
        /// The credential is over; a fresh one may help.
        case credentialOver
        case accessDenied
        case keyUnknown
        case signatureWrong
        case clockSkewed
        case containerMissing
        case objectMissing
        case uploadMissing
        /// There is an object already.
        case conditionFailed
        case rangeOutside
        case regionWrong(String?)
        case unsupported
        case other
    }

    let status: Int
    /// The storage's own word, such as `NoSuchKey`; empty when there is none.
    let code: String
    /// The storage's own sentence; for context, not for the message.
    var text = ""
    var requestID: String?
    let kind: Kind

    /// The answer in short, as messages show it: `403 AccessDenied`.
    var summary: String { code.isEmpty ? String(status) : "\(status) \(code)" }
}
