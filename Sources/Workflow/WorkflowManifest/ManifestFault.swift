package import NilusCore

/// Something that a manifest's writer must or may want to know, at the place it concerns.
///
/// Prints as `workflow.yaml:12:5: unknown key 'soruce' in 'spec'; did you mean 'source'?`. No message
/// holds an address, a variable's value or a mask's parameter.
package struct ManifestFault: Sendable, Hashable {
    /// How much a fault matters.
    package enum Severity: String, Sendable, CaseIterable {
        /// The workflow cannot run.
        case error
        /// The workflow runs, though probably not as meant.
        case warning
        /// Nothing is wrong; the reader did something worth telling.
        case remark
    }

    /// How much it matters.
    package let severity: Severity
    /// The place it concerns.
    package let location: SourceLocation
    /// The sentence without place and severity.
    package let message: String
    /// Whether it tells of a credential in the manifest, which must not be copied anywhere.
    let showsCredential: Bool

    /// A fault from its parts.
    package init(
        _ severity: Severity = .error, _ message: String, at location: SourceLocation, showsCredential: Bool = false
    ) {
        self.severity = severity
        self.location = location
        self.message = message
        self.showsCredential = showsCredential
    }
}

extension ManifestFault {
    /// A fault with which the workflow cannot run.
    package static func error(_ message: String, at location: SourceLocation) -> ManifestFault {
        ManifestFault(.error, message, at: location)
    }

    /// A fault with which the workflow runs, though probably not as meant.
    package static func warning(_ message: String, at location: SourceLocation) -> ManifestFault {
        ManifestFault(.warning, message, at: location)
    }
}

extension ManifestFault: CustomStringConvertible {
    /// The fault on one line, its place first; errors carry no severity, as with compilers of old.
    package var description: String {
        severity == .error ? "\(location): \(message)" : "\(location): \(severity.rawValue): \(message)"
    }
}

extension NilusError {
    /// All faults of a manifest as one error: the first in full, the others counted and in the context.
    ///
    /// - Returns: `nil` when none of the faults is an error.
    package static func manifestInvalid(_ faults: [ManifestFault]) -> NilusError? {
        let errors = faults.filter { $0.severity == .error }
        guard let first = errors.first else { return nil }
        let others = errors.dropFirst()
        let count = others.isEmpty ? "" : " (and \(others.count) more \(others.count == 1 ? "fault" : "faults"))"
        return NilusError(
            .workflow, .manifestInvalid, first.message + count,
            context: others.map { ContextItem("fault", $0.description) }, at: first.location)
    }

    /// A file that holds resources, but none that can run.
    static func noWorkflow(in file: String) -> NilusError {
        NilusError(
            .workflow, .manifestInvalid, "cannot run '\(file)': it holds no workflow; expected 'type: workflow'")
    }
}
