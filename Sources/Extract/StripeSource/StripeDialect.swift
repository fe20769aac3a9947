import NilusCore
package import WorkflowManifest

/// What only Stripe knows about a source section: endpoint names, address parameters, its options.
package enum StripeDialect {
    /// Everything wrong or remarkable with a source section, for the manifest's own list of faults.
    @Sendable
    package static func check(_ section: SourceSection, _ header: NodeHeader) -> [ManifestFault] {
        addressFaults(section.address) + keyFaults(section.address, header)
            + section.tables.flatMap(tableFaults) + repeatedTables(section.tables) + optionFaults(section.options)
    }

    private static func addressFaults(_ address: ManifestAddress) -> [ManifestFault] {
        var faults: [ManifestFault] = []
        if !address.authority.isEmpty || !address.path.isEmpty {
            let place = address.authority.isEmpty ? address.path.location : address.authority.location
            faults.append(
                .error(
                    "a 'stripe' address has no host and no path; write 'stripe://?api_key={STRIPE_API_KEY}'", at: place)
            )
        }
        return faults + address.parameters.flatMap(parameterFaults)
    }

    private static func parameterFaults(_ parameter: AddressParameter) -> [ManifestFault] {
        guard let name = StripeParameter(rawValue: parameter.name) else {
            let known = StripeParameter.allCases.map(\.rawValue)
            let hint =
                Suggestion.closest(to: parameter.name, in: known).map { "did you mean '\($0)'?" }
                ?? "known are \(known.map { "'\($0)'" }.joined(separator: ", "))"
            return [
                .error(
                    "unknown parameter \(MessageText.quoted(parameter.name)) in a 'stripe' address; \(hint)",
                    at: parameter.location
                )
            ]
        }
        guard let text = parameter.value.literal?.expose() else { return [] }
        if text.isEmpty {
            return [.error("parameter '\(name.rawValue)' of the source address is empty", at: parameter.location)]
        }
        switch name {
        case .apiBase: return baseFaults(text, at: parameter.value.location)
        case .apiVersion:
            return [
                .warning(
                    "'api_version' replaces \(StripeEndpoint.apiVersion), whose fields the tables are made of; "
                        + "fields of other versions become further columns", at: parameter.location)
            ]
        case .account, .context: return accountFaults(name, text, at: parameter.value.location)
        case .apiKey: return []
        }
    }

    private static func accountFaults(
        _ name: StripeParameter, _ text: String, at location: SourceLocation
    ) -> [ManifestFault] {
        guard let fault = name.fault(ofAccount: text) else { return [] }
        return [
            ManifestFault(
                .error, "parameter '\(name.rawValue)' of the source address \(fault)", at: location,
                showsCredential: MessageText.holdsKey(text))
        ]
    }

    /// What can be told of the key before it is looked for.
    private static func keyFaults(_ address: ManifestAddress, _ header: NodeHeader) -> [ManifestFault] {
        let value = address[parameter: StripeParameter.apiKey.rawValue]?.value
        if let value, let key = value.literal?.expose() {
            return key.isEmpty ? [] : literalKeyFaults(SecretBytes(key), address, at: value.location)
        }
        if let value, value.pieces.count > 1 {
            return [
                .error(
                    "parameter 'api_key' mixes text and placeholders; write one placeholder, "
                        + "'api_key={STRIPE_API_KEY}'", at: value.location)
            ]
        }
        let name = value?.placeholders.first?.name ?? StripeParameter.defaultKeyName
        return header.environment.credentialFaults(name)
    }

    private static func literalKeyFaults(
        _ key: SecretBytes, _ address: ManifestAddress, at location: SourceLocation
    ) -> [ManifestFault] {
        let hasContext = address[parameter: StripeParameter.context.rawValue] != nil
        let withoutContext = StripeKey.isOrganization(key) && !hasContext ? StripeKey.contextFault : nil
        if let fault = StripeKey.fault(of: key) ?? withoutContext {
            return [.error("the Stripe key in the address cannot be used: \(fault)", at: location)]
        }
        return [.credentialShown("the Stripe key", instead: "api_key={STRIPE_API_KEY}", at: location)]
    }

    private static func baseFaults(_ text: String, at location: SourceLocation) -> [ManifestFault] {
        guard let base = StripeBase.normalized(text) else {
            return [
                .error(
                    "parameter 'api_base' is no server address; expected a form like 'http://127.0.0.1:12111'",
                    at: location)
            ]
        }
        guard StripeBase.isLoopback(base) else {
            return [
                .error(
                    "parameter 'api_base' may only name this machine, because a manifest must not send the key "
                        + "elsewhere; set \(StripeBase.variable) in the job's environment instead", at: location)
            ]
        }
        return []
    }

    private static func tableFaults(_ table: SourceTable) -> [ManifestFault] {
        guard !table.isAll, StripeEndpoint.named(table.name) == nil else { return [] }
        let names = StripeEndpoint.all.map(\.name)
        let hint =
            Suggestion.closest(to: table.name, in: names + names.map { $0 + "s" }).map { "did you mean '\($0)'?" }
            ?? "'nilus endpoints' lists them"
        return [.error("unknown Stripe endpoint \(MessageText.quoted(table.name)); \(hint)", at: table.location)]
    }

    private static func repeatedTables(_ tables: [SourceTable]) -> [ManifestFault] {
        var seen: Set<String> = []
        return tables.compactMap { table in
            guard let name = StripeEndpoint.named(table.name)?.name, !seen.insert(name).inserted else { return nil }
            return ManifestFault.error("endpoint '\(name)' is named twice in 'source-table'", at: table.location)
        }
    }
}
