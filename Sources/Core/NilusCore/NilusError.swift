/// The one error shape of the program: where it arose, what it is, what to say, and what may help.
///
/// Each room words its own errors in an extension with static functions, so that a `throw` gives
/// data and the sentence is written once:
///
///     cannot <verb> <thing with its name>: <what was found>; <what was expected or what to do>
package struct NilusError: Error, Sendable {
    /// The stage that could not go on.
    package var stage: Stage
    /// What went wrong, for machines; also the status reason and the exit code.
    package var code: ErrorCode
    /// The sentence for a person: lower case, no full stop, no secret, no personal data.
    package var message: String
    /// Further facts in the order a reader wants them, such as Stripe's request id.
    package var context: [ContextItem]
    /// The error of the layer below, when there was one.
    package var cause: (any Error)?
    /// The place in a file that a person wrote, when the fault is there.
    package var location: SourceLocation?
    /// Whether trying again can help.
    package var disposition: Disposition

    package init(
        _ stage: Stage,
        _ code: ErrorCode,
        _ message: String,
        context: [ContextItem] = [],
        cause: (any Error)? = nil,
        at location: SourceLocation? = nil,
        disposition: Disposition? = nil
    ) {
        self.stage = stage
        self.code = code
        self.message = message
        self.context = context
        self.cause = cause
        self.location = location
        self.disposition = disposition ?? code.usualDisposition
    }
}

/// A named fact beside an error message.
package struct ContextItem: Sendable, Equatable {
    package let name: String
    package let value: String

    package init(_ name: String, _ value: String) {
        self.name = name
        self.value = value
    }

    /// The name of the fact that a service's support asks for: how the service calls one request.
    package static let requestID = "request id"
}

/// The six stages of a run, in order.
package enum Stage: String, Sendable, CaseIterable {
    case workflow, secret, extract, normalize, load, status
}

/// What may be done after an error.
package enum Disposition: Sendable, Equatable {
    /// Trying again may help, at the earliest after the given time when it is known.
    case transient(retryAfter: Duration? = nil)
    /// Nothing changes until a person does something.
    case terminal
    /// It may have happened: read back before repeating or cleaning up.
    case outcomeUnknown

    /// Whether a retry of the same thing may succeed.
    package var isTransient: Bool {
        if case .transient = self { true } else { false }
    }
}
