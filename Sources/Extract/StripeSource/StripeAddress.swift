import NilusCore
import Secrets
import WorkflowManifest

/// A `stripe://` address at run time: its placeholders become values.
struct StripeAddress: Sendable {
    private let address: ManifestAddress
    private let secrets: SecretStore
    private let environment: EnvironmentVariables

    init(_ address: ManifestAddress, secrets: SecretStore, environment: EnvironmentVariables) {
        self.address = address
        self.secrets = secrets
        self.environment = environment
    }

    /// The key, checked, with the words for where it was.
    func key() throws(NilusError) -> (key: Redacted<SecretBytes>, origin: String, remarks: [String]) {
        if let literal = keyParameter?.value.literal {
            let key = SecretBytes(literal.expose())
            try check(key, "the source address")
            return (Redacted(key), "the source address", [])
        }
        let name = keyName
        guard keyParameter?.value.pieces.count ?? 1 == 1 else {
            throw .defect(.secret, "the key is put together from pieces, which the manifest's check refuses")
        }
        guard let found = try secrets.find(name, looksRight: StripeKey.looksLikeKey) else {
            throw .secretMissing(name, lookedIn: secrets.places(for: name))
        }
        try check(found.value.expose(), found.origin.description)
        let remarks = found.readableByAll.map { "\($0) can be read by every user of the machine; narrow its mode" }
        return (found.value, found.origin.description, remarks)
    }

    /// The key as it is mounted now, with its file; `nil` for a key that no file holds and that so cannot change.
    ///
    /// - Throws: `secretRefused` (terminal) when what is mounted now cannot be used.
    func mountedKey() throws(NilusError) -> (key: Redacted<SecretBytes>, origin: String)? {
        guard keyParameter?.value.literal == nil,
            let found = try secrets.findMounted(keyName, looksRight: StripeKey.looksLikeKey)
        else { return nil }
        try check(found.value.expose(), found.origin.description)
        return (found.value, found.origin.description)
    }

    private var keyParameter: AddressParameter? { address[parameter: StripeParameter.apiKey.rawValue] }

    private var keyName: String { keyParameter?.value.placeholders.first?.name ?? StripeParameter.defaultKeyName }

    private func check(_ key: SecretBytes, _ origin: String) throws(NilusError) {
        if let fault = StripeKey.fault(of: key) { throw .keyUnusable(origin, fault) }
    }

    /// The value of a parameter that is no secret; `nil` when it is absent.
    func text(_ name: StripeParameter) throws(NilusError) -> String? {
        guard let parameter = address[parameter: name.rawValue] else { return nil }
        let text = try parameter.value.resolved { placeholder throws(NilusError) in try value(of: placeholder) }
            .expose()
        let isHeaderText = text.utf8.allSatisfy { (0x21...0x7E).contains($0) }
        guard !text.isEmpty, isHeaderText else { throw .parameterUnusable(name.rawValue, parameter.location) }
        if let fault = name.fault(ofAccount: text) {
            throw .accountUnusable(name.rawValue, fault, parameter.value.location)
        }
        return text
    }

    /// The API server: what the job's environment says, else a server of this machine that the address names.
    func base() throws(NilusError) -> String {
        if let url = environment[StripeBase.variable] {
            guard let base = StripeBase.normalized(url) else {
                throw .baseUnusable("variable '\(StripeBase.variable)'")
            }
            return base
        }
        guard let url = try text(.apiBase) else { return StripeConnection.publicBase }
        guard let base = StripeBase.normalized(url), StripeBase.isLoopback(base) else {
            throw .baseUnusable("parameter 'api_base'")
        }
        return base
    }

    private func value(of placeholder: SecretPlaceholder) throws(NilusError) -> Redacted<String> {
        guard let found = try secrets.find(placeholder.name, looksRight: { _ in true }) else {
            throw .secretMissing(placeholder.name, lookedIn: secrets.places(for: placeholder.name))
        }
        return Redacted(found.value.expose().withBytes { String(decoding: $0, as: UTF8.self) })
    }
}

extension NilusError {
    fileprivate static func parameterUnusable(_ name: String, _ location: SourceLocation) -> NilusError {
        NilusError(
            .secret, .configurationInvalid,
            "parameter '\(name)' of the source address is empty or holds characters that no header may have",
            at: location)
    }

    fileprivate static func accountUnusable(
        _ name: String, _ fault: String, _ location: SourceLocation
    ) -> NilusError {
        NilusError(
            .secret, .configurationInvalid, "parameter '\(name)' of the source address \(fault)", at: location)
    }

    fileprivate static func baseUnusable(_ origin: String) -> NilusError {
        NilusError(
            .extract, .configurationInvalid,
            "cannot use the API server of \(origin): expected 'https://host' or 'http://host:port' without a path; "
                + "in an address only a server of this machine")
    }
}
