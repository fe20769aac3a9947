package import NilusCore

/// Credentials that stand in a manifest itself, where everybody who may read the manifest reads them.
///
/// A run accepts them with a warning, because the format's documentation shows one; a cluster, which
/// would copy them into more objects, does not.
enum ShownCredential {
    /// How the names end of the variables by which a job is given credentials.
    private static let endings = [
        "SECRET_ACCESS_KEY", "SESSION_TOKEN", "ACCOUNT_KEY", "SAS_TOKEN", "AUTHORIZATION_TOKEN", "CLIENT_SECRET",
        "KEY_JSON", "CREDENTIALS_JSON", "APIKEY",
    ]

    /// Whether a variable's name or its value tells that it is one.
    static func isHeld(by variable: NodeEnvironment.Variable) -> Bool {
        let value = variable.value.expose()
        let name = variable.name.uppercased()
        return MessageText.holdsKey(value) || !value.isEmpty && endings.contains(where: name.hasSuffix)
    }
}

extension ManifestFault {
    /// A warning of a credential in the manifest, which is an error where the manifest is kept in a cluster.
    package static func credentialShown(
        _ title: String, instead: String? = nil, at location: SourceLocation
    ) -> ManifestFault {
        let advice = instead.map { " and write '\($0)'" } ?? ""
        return ManifestFault(
            .warning,
            "\(title) stands in the manifest, where others can read it; put it into an instance secret\(advice)",
            at: location, showsCredential: true)
    }

    /// The warning of a credential in `envs`.
    static func credentialShown(in variable: NodeEnvironment.Variable) -> ManifestFault {
        credentialShown(
            "the credential in variable \(MessageText.quoted(variable.name))", at: variable.location)
    }
}

extension NodeEnvironment {
    /// Warns of the variable of a name that addresses use for a credential.
    package func credentialFaults(_ name: String) -> [ManifestFault] {
        variables.filter { $0.name == name && !$0.value.expose().isEmpty }.map { .credentialShown(in: $0) }
    }
}

extension ManifestAddress {
    /// Warns of values that stand in the address or in `envs`: those of the named parameters, and whatever
    /// looks like a key elsewhere.
    package func credentialFaults(_ names: [String], _ environment: NodeEnvironment) -> [ManifestFault] {
        let places = [authority, path].filter(\.holdsKey).map {
            ManifestFault.credentialShown("the key in the address", at: $0.location)
        }
        return places
            + parameters.flatMap { parameter in
                let isNamed = names.contains(parameter.name)
                let isShown = parameter.value.holdsKey || isNamed && parameter.value.endsInText
                let used = isNamed ? parameter.value.placeholders : []
                return (isShown ? [.credentialShown(parameter)] : [])
                    + used.flatMap { environment.credentialFaults($0.name) }
            }
    }
}

extension ManifestFault {
    fileprivate static func credentialShown(_ parameter: AddressParameter) -> ManifestFault {
        let name = parameter.name
        let placeholder = name.uppercased().replacing("-", with: "_").replacing(".", with: "_")
        // A name that looks like a key is not shown.
        let isPrintable = MessageText.quoted(name) == "'\(name)'"
        return credentialShown(
            "the credential in parameter \(MessageText.quoted(name))",
            instead: isPrintable ? "\(name)={\(placeholder)}" : nil, at: parameter.value.location)
    }
}

extension AddressValue {
    /// Whether a piece of the text looks like a key.
    fileprivate var holdsKey: Bool {
        pieces.contains { if case .text(let text) = $0 { MessageText.holdsKey(text.expose()) } else { false } }
    }

    /// Whether the last piece is text: what a secret is, also in `id:secret`.
    fileprivate var endsInText: Bool {
        if case .text(let text) = pieces.last { !text.expose().isEmpty } else { false }
    }
}
