import NilusCore
import Secrets
import WorkflowManifest

/// A part of an address with its placeholders filled, and where the fillings came from.
struct AddressText: Sendable {
    let text: Redacted<String>
    /// Whether a part of it is only in the `envs` of the manifest.
    let isOfManifestVariables: Bool
    /// Whether a part of it is in the job's secret files or its environment.
    let isOfJob: Bool

    /// Fills the placeholders of a part.
    ///
    /// - Throws: `secretMissing`, `secretRefused` (terminal).
    init(_ value: AddressValue, _ secrets: SecretStore) throws(NilusError) {
        var origins: [SecretOrigin] = []
        text = try value.resolved { placeholder throws(NilusError) in
            guard let found = try secrets.find(placeholder.name, looksRight: { _ in true }) else {
                throw .secretMissing(placeholder.name, lookedIn: secrets.places(for: placeholder.name))
            }
            origins.append(found.origin)
            return Redacted(found.value.expose().withBytes { String(decoding: $0, as: UTF8.self) })
        }
        isOfManifestVariables = origins.contains { if case .manifest = $0 { true } else { false } }
        isOfJob = origins.contains { if case .manifest = $0 { false } else { true } }
    }
}
