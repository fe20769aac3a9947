import NilusCore
package import WorkflowManifest

/// What only the lakehouse knows about a sink section.
package enum LakehouseDialect {
    /// Finds everything wrong or remarkable with a sink section, for the manifest's own list of faults.
    @Sendable
    package static func check(_ section: SinkSection, _ header: NodeHeader) -> [ManifestFault] {
        addressFaults(section.address)
            + section.address.credentialFaults(RESTAddress.credentials, header.environment)
    }

    /// The parameters of each scheme that can be written to.
    static let sqliteParameters = ["warehouse", "catalog_name"]
    private static let depotParameters = ["acl", "purpose"]

    private static func addressFaults(_ address: ManifestAddress) -> [ManifestFault] {
        switch address.scheme {
        case "iceberg+sqlite":
            let misplaced = address.authority.isEmpty ? [] : [hostFault(address)]
            return misplaced + address.parameters.flatMap { unknown($0, known: sqliteParameters, address.scheme) }
        case "dataos":
            // The platform allows further parameters, which mean nothing here.
            return depotFaults(address)
                + address.parameters.flatMap { unknown($0, known: depotParameters, address.scheme, isFault: false) }
        case "iceberg+rest": return restFaults(address)
        default: return []
        }
    }

    /// What the platform accepts as the name of a depot: a lower-case letter, then lower-case letters and digits.
    private static func depotFaults(_ address: ManifestAddress) -> [ManifestFault] {
        guard address.isComplete, let depot = address.depotAddress?.depot,
            !depot.contains(DestinationTable.endpointPlaceholder)
        else { return [] }
        func isLetter(_ byte: UInt8) -> Bool { (0x61...0x7A).contains(byte) }
        let isName = depot.utf8.allSatisfy { isLetter($0) || (0x30...0x39).contains($0) }
        if isName, depot.utf8.first.map(isLetter) ?? false { return [] }
        return [
            .error(
                "no depot is named \(MessageText.quoted(depot)); expected lower-case letters and digits, a letter first, "
                    + "as in 'dataos://lakehouse'", at: address.authority.location)
        ]
    }

    private static func restFaults(_ address: ManifestAddress) -> [ManifestFault] {
        var faults = address.parameters.flatMap { unknown($0, known: RESTAddress.parameters, address.scheme) }
        if address.isComplete, address.authority.isEmpty { faults.append(catalogHostFault(address)) }
        for name in RESTAddress.switches {
            guard let parameter = address[parameter: name], let text = parameter.value.literal?.expose().lowercased(),
                !["true", "false", "1", "0"].contains(text)
            else { continue }
            faults.append(.error("parameter '\(name)' must be 'true' or 'false'", at: parameter.location))
        }
        let pairs = [("access_key_id", "secret_access_key"), ("secret_access_key", "access_key_id")]
        for (given, missing) in pairs where address[parameter: missing] == nil {
            guard let parameter = address[parameter: given] else { continue }
            faults.append(.error("parameter '\(given)' needs '\(missing)' beside it", at: parameter.location))
        }
        if let token = address[parameter: "token"], address[parameter: "credential"] != nil {
            faults.append(.error("'token' and 'credential' are both given; keep one of them", at: token.location))
        }
        return faults
    }

    private static func catalogHostFault(_ address: ManifestAddress) -> ManifestFault {
        .error(
            "an 'iceberg+rest' address names a host; write 'iceberg+rest://host:port/path?warehouse=…'",
            at: address.location)
    }

    private static func hostFault(_ address: ManifestAddress) -> ManifestFault {
        .error(
            "an 'iceberg+sqlite' address has no host; write three slashes, 'iceberg+sqlite:///path/catalog.db'",
            at: address.authority.location)
    }

    private static func unknown(
        _ parameter: AddressParameter, known: [String], _ scheme: String, isFault: Bool = true
    ) -> [ManifestFault] {
        guard !known.contains(parameter.name) else { return [] }
        let hint = Suggestion.closest(to: parameter.name, in: known).map { "; did you mean '\($0)'?" } ?? ""
        let message = "unknown parameter \(MessageText.quoted(parameter.name)) in a '\(scheme)' address\(hint)"
        return [ManifestFault(isFault ? .error : .warning, message, at: parameter.location)]
    }
}
