import Depots
import HTTPTransport
import IcebergCatalog
import NilusCore
import Secrets
import WorkflowManifest

/// The `iceberg+rest` form of a sink address: `iceberg+rest://host:port/path?warehouse=…`.
struct RESTAddress {
    /// The parameters, by the names that ingestr documents, and below them some of Iceberg's own clients.
    static let parameters = [
        "warehouse", "endpoint", "region", "use_ssl", "rest_use_ssl", "access_key_id", "secret_access_key",
        "session_token", "credential", "token", "scope", "oauth2-server-uri", "rest.sigv4-enabled",
        "rest.signing-name", "rest.signing-region",
    ]
    /// Those whose values nobody else may read.
    static let credentials = ["secret_access_key", "session_token", "credential", "token"]
    /// Those that are `true` or `false`.
    static let switches = ["use_ssl", "rest_use_ssl", "rest.sigv4-enabled"]

    let address: ManifestAddress
    let secrets: SecretStore
    let hosts: PlatformHosts
    let platformKey: Redacted<SecretBytes>?

    /// The lakehouse that the address names.
    ///
    /// - Throws: `configurationInvalid`, `secretMissing`, `secretRefused` (terminal).
    func place() throws(NilusError) -> RESTPlace {
        var values: [String: AddressText] = [:]
        for parameter in address.parameters { values[parameter.name] = try AddressText(parameter.value, secrets) }
        let (url, isURLOfManifestVariables) = try catalogURL(values)
        var place = RESTPlace(catalogURL: url, warehouse: values["warehouse"]?.nonEmpty)
        place.storage = try storage(values)
        place.identity = try identity(values, url)
        try check(values, isURLOfManifestVariables, url)
        place.mayUseEnvironment = !(isURLOfManifestVariables || values["endpoint"]?.isOfManifestVariables ?? false)
        if isURLOfManifestVariables, case .platformKey = place.identity, !hosts.trusts(url) { place.identity = .none }
        return place
    }

    /// The address of the catalog; plain HTTP only to this machine, unless told otherwise.
    private func catalogURL(_ values: [String: AddressText]) throws(NilusError) -> (String, isOfManifestVariables: Bool)
    {
        let authority = try AddressText(address.authority, secrets)
        let path = try AddressText(address.path, secrets)
        let place = authority.text.expose() + path.text.expose()
        guard !authority.text.expose().isEmpty, !authority.text.expose().contains("@") else {
            throw .catalogHostInvalid(at: address.location)
        }
        let url = try Self.url(place, isSecure: try flag("rest_use_ssl", values)) { () in
            NilusError.catalogHostInvalid(at: address.location)
        }
        return (url, authority.isOfManifestVariables || path.isOfManifestVariables)
    }

    /// A URL from a host, port and path.
    private static func url(
        _ place: String, isSecure: Bool?, otherwise error: () -> NilusError
    ) throws(NilusError) -> String {
        guard let origin = HTTPOrigin(url: "http://\(place)"),
            place.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "?") })
        else { throw error() }
        return (isSecure ?? !origin.isLoopback) ? "https://\(place)" : "http://\(place)"
    }

    private func storage(_ values: [String: AddressText]) throws(NilusError) -> TableStorage.Settings {
        var settings: TableStorage.Settings = [:]
        for (name, setting) in [
            ("region", "s3.region"), ("access_key_id", "s3.access-key-id"),
            ("secret_access_key", "s3.secret-access-key"), ("session_token", "s3.session-token"),
        ] {
            if let value = values[name]?.nonEmpty { settings[setting] = Redacted(value) }
        }
        if let endpoint = values["endpoint"]?.nonEmpty {
            settings["s3.endpoint"] = Redacted(
                try Self.endpoint(endpoint, isSecure: try flag("use_ssl", values), address))
        }
        return settings
    }

    private static func endpoint(
        _ text: String, isSecure: Bool?, _ address: ManifestAddress
    ) throws(NilusError) -> String {
        guard text.contains("://") else {
            return try url(text, isSecure: isSecure) { () in
                NilusError.endpointInvalid(text, at: address[parameter: "endpoint"]?.location)
            }
        }
        guard HTTPOrigin(url: text) != nil else {
            throw .endpointInvalid(text, at: address[parameter: "endpoint"]?.location)
        }
        if let isSecure, isSecure != text.lowercased().hasPrefix("https") {
            throw .endpointContradicts(at: address[parameter: "use_ssl"]?.location)
        }
        return text
    }

    private func identity(
        _ values: [String: AddressText], _ url: String
    ) throws(NilusError) -> RESTPlace.Identity {
        if let token = values["token"]?.nonEmpty { return .token(Redacted(token)) }
        if let credential = values["credential"]?.nonEmpty {
            return .client(
                RESTClientCredentials(
                    credential: credential, catalogURL: url, scope: values["scope"]?.nonEmpty,
                    tokenURL: values["oauth2-server-uri"]?.nonEmpty))
        }
        if let signature = try signature(values, url) { return signature }
        // The key of the platform goes only where the job's own environment says that the platform is.
        return hosts.trusts(url) ? platformKey.map { .platformKey($0) } ?? .none : .none
    }

    /// Signing, where it is asked for, or the host is one of AWS that takes nothing else.
    private func signature(
        _ values: [String: AddressText], _ url: String
    ) throws(NilusError) -> RESTPlace.Identity? {
        let amazon = HTTPOrigin(url: url).flatMap(AmazonCatalog.init)
        let isWanted = try flag("rest.sigv4-enabled", values) ?? (amazon != nil)
        guard isWanted else { return nil }
        let region = values["rest.signing-region"]?.nonEmpty ?? amazon?.region ?? values["region"]?.nonEmpty
        return .signature(
            service: values["rest.signing-name"]?.nonEmpty ?? amazon?.service ?? "glue",
            region: region ?? "us-east-1")
    }

    private func flag(_ name: String, _ values: [String: AddressText]) throws(NilusError) -> Bool? {
        guard let text = values[name]?.nonEmpty else { return nil }
        switch text.lowercased() {
        case "true", "1": return true
        case "false", "0": return false
        default: throw .switchInvalid(name, at: address[parameter: name]?.location)
        }
    }

    /// Refuses to send what is the job's own to a host that only the manifest's `envs` name.
    private func check(
        _ values: [String: AddressText], _ isURLOfManifestVariables: Bool, _ url: String
    ) throws(NilusError) {
        func refuse(_ host: String, _ names: [String]) throws(NilusError) {
            for name in names where values[name]?.isOfJob ?? false {
                throw .credentialMisled(name, host: host, at: address[parameter: name]?.location)
            }
        }
        if isURLOfManifestVariables, !hosts.trusts(url) {
            try refuse("the catalog", ["token", "credential", "access_key_id", "secret_access_key", "session_token"])
        }
        if values["oauth2-server-uri"]?.isOfManifestVariables ?? false {
            try refuse("'oauth2-server-uri'", ["credential"])
        }
        if values["endpoint"]?.isOfManifestVariables ?? false {
            try refuse("'endpoint'", ["access_key_id", "secret_access_key", "session_token"])
        }
    }
}

extension RESTClientCredentials {
    /// Credentials as `name:password`, or the password alone.
    init(credential: String, catalogURL: String, scope: String?, tokenURL: String?) {
        let parts = credential.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        let base = catalogURL.hasSuffix("/") ? String(catalogURL.dropLast()) : catalogURL
        self.init(
            id: parts.count == 2 ? String(parts[0]) : "",
            secret: Redacted(SecretBytes(parts.count == 2 ? parts[1] : parts[0])),
            scope: scope ?? Self.standardScope, tokenURL: tokenURL ?? Self.tokenURL(ofCatalogAt: base))
    }
}

/// The catalogs of AWS, which take signed requests alone.
struct AmazonCatalog: Equatable {
    let service: String
    let region: String

    /// Recognises `glue.<region>.amazonaws.com` and `s3tables.<region>.amazonaws.com`.
    init?(_ origin: HTTPOrigin) {
        let labels = origin.host.split(separator: ".")
        guard labels.count >= 4, labels[2] == "amazonaws", labels[3] == "com", ["glue", "s3tables"].contains(labels[0])
        else { return nil }
        service = String(labels[0])
        region = String(labels[1])
    }
}

extension AddressText {
    var nonEmpty: String? { text.expose().isEmpty ? nil : text.expose() }
}

extension NilusError {
    static func catalogHostInvalid(at location: SourceLocation) -> NilusError {
        NilusError(
            .load, .configurationInvalid,
            "cannot find the catalog: expected 'iceberg+rest://host:port/path?warehouse=…'", at: location)
    }

    fileprivate static func endpointInvalid(_ text: String, at location: SourceLocation?) -> NilusError {
        NilusError(
            .load, .configurationInvalid,
            "cannot use storage endpoint \(MessageText.quoted(text)): expected 'host:port' or 'https://host:port'",
            at: location)
    }

    fileprivate static func endpointContradicts(at location: SourceLocation?) -> NilusError {
        NilusError(
            .load, .configurationInvalid,
            "cannot use the storage: 'use_ssl' and the scheme of 'endpoint' contradict; "
                + "keep one of them",
            at: location)
    }

    fileprivate static func switchInvalid(_ name: String, at location: SourceLocation?) -> NilusError {
        NilusError(
            .load, .configurationInvalid, "cannot read parameter '\(name)': expected 'true' or 'false'", at: location)
    }

    fileprivate static func credentialMisled(
        _ name: String, host: String, at location: SourceLocation?
    ) -> NilusError {
        NilusError(
            .load, .configurationInvalid,
            "cannot send '\(name)' to a host that only the manifest's 'envs' name: it is a secret of the job; write the "
                + "host of \(host) in the address, or set its variable in the job's own environment",
            at: location)
    }
}
