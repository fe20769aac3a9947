extension NilusError {
    /// The error in one line: place, then sentence.
    package var line: String {
        guard let location else { return message }
        return "\(location): \(message)"
    }

    /// The error with code, context and causes, one fact a line.
    package var tree: String {
        var lines = [line, "  stage: \(stage.rawValue)", "  code: \(code.rawValue)"]
        lines += context.map { "  \($0.name): \($0.value)" }
        if let inner = cause as? NilusError {
            lines.append("  caused by:")
            lines += inner.tree.split(separator: "\n").map { "    \($0)" }
        } else if let cause {
            lines.append("  caused by: \(cause)")
        }
        return lines.joined(separator: "\n")
    }
}

extension NilusError {
    /// How the service that refused calls the request; of the cause when this layer knows none.
    package var requestID: String? {
        context.first { $0.name == ContextItem.requestID }?.value ?? (cause as? NilusError)?.requestID
    }
}

extension NilusError: CustomStringConvertible {
    package var description: String { line }
}

extension NilusError {
    /// A fault of our own: an invariant that does not hold, named so that it can be reported.
    package static func defect(_ stage: Stage, _ invariant: String) -> NilusError {
        NilusError(stage, .internalDefect, "cannot go on: \(invariant); this is a defect of nilus, report it")
    }

    /// An error of unknown type from below, kept as the cause of a defect.
    package static func unexpected(_ stage: Stage, _ error: any Error) -> NilusError {
        if let known = error as? NilusError { return known }
        if error is CancellationError { return .interrupted(stage) }
        return NilusError(
            stage, .internalDefect, "cannot go on: an error of type '\(type(of: error))' was not foreseen here",
            cause: error)
    }

    /// The run was asked to stop before it was done.
    package static func interrupted(_ stage: Stage) -> NilusError {
        NilusError(stage, .interrupted, "cannot finish the run: it was asked to stop; run it again")
    }
}
