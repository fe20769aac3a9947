import NilusCore

/// The kinds of depot, and what each needs to be known of it.
enum DepotType: String, CaseIterable {
    case s3 = "S3"
    case abfss = "ABFSS"
    case wasbs = "WASBS"
    case gcs = "GCS"
    /// A folder of this machine; an extension of this program.
    case local = "LOCAL"

    /// Reads the name of a type in any letter case.
    init(_ name: String) throws(DepotFault) {
        guard let type = Self(rawValue: name.trimmed.uppercased()) else {
            let known = Self.allCases.map(\.rawValue)
            let hint =
                Suggestion.closest(to: name, in: known).map { "did you mean '\($0)'?" }
                ?? "known are \(known.map { "'\($0)'" }.joined(separator: ", "))"
            throw DepotFault("unknown depot type \(MessageText.quoted(name)); \(hint)")
        }
        self = type
    }

    /// The sections of a manifest that may describe the connection, the likeliest first.
    ///
    /// Depots of type `WASBS` are written with a section `wasbs` and, as the two differ in their host only, `abfss`.
    var sections: [String] {
        switch self {
        case .abfss: ["abfss", "wasbs"]
        case .wasbs: ["wasbs", "abfss"]
        case .s3, .gcs, .local: [rawValue.lowercased()]
        }
    }

    /// The names under which secrets hold the credentials of a type.
    var secretNames: [String] {
        switch self {
        case .s3:
            [
                "awsaccesskeyid", "accesskeyid", "awssecretaccesskey", "secretkey", "awssessiontoken", "token",
                "credential",
            ]
        case .abfss, .wasbs:
            [
                "azurestorageaccountname", "azurestorageaccountkey", "azureendpointsuffix", "azurestoragesastoken",
                "token", "credential",
            ]
        case .gcs: ["gcskey_json", "projectid", "gcsaccesskeyid", "gcssecretaccesskey", "token", "credential"]
        case .local: []
        }
    }

    /// The folder of all tables.
    func location(_ properties: DepotProperties) throws(DepotFault) -> String {
        if let location = properties["destinationBucket"] { return try Self.checked(location, self) }
        let path = (properties["relativePath", "path"] ?? "").split(separator: "/").joined(separator: "/")
        let suffix = path.isEmpty ? "" : "/\(path)"
        switch self {
        case .s3: return "s3://\(try Self.required("bucket", properties))\(suffix)"
        case .gcs: return "gs://\(try Self.required("bucket", properties))\(suffix)"
        case .abfss: return try azureLocation(properties, host: "dfs") + suffix
        case .wasbs: return try azureLocation(properties, host: "blob") + suffix
        case .local: return try Self.required("path", properties)
        }
    }

    private func azureLocation(_ properties: DepotProperties, host: String) throws(DepotFault) -> String {
        let container = try Self.required("container", properties)
        guard let account = Self.azureAccount(properties) else { throw DepotFault("'account' is missing") }
        return "\(schemes[0])://\(container)@\(account).\(host).\(Self.azureSuffix(properties))"
    }

    static func azureAccount(_ properties: DepotProperties) -> String? {
        properties["account", "azureStorageAccountName"]
    }

    /// The end of Azure's host names, without the `dfs` or `blob` that some write before it.
    private static func azureSuffix(_ properties: DepotProperties) -> String {
        let written = properties["endpointSuffix", "azureEndpointSuffix"] ?? "core.windows.net"
        let parts = written.split(separator: ".")
        return (["dfs", "blob"].contains(parts.first ?? "") ? parts.dropFirst() : parts[...]).joined(separator: ".")
    }

    private static func required(_ name: String, _ properties: DepotProperties) throws(DepotFault) -> String {
        guard let value = properties[name] else { throw DepotFault("'\(name)' is missing") }
        return value
    }

    /// The schemes under which the storage of a type is written.
    private var schemes: [String] {
        switch self {
        case .s3: ["s3", "s3a", "s3n"]
        case .abfss: ["abfss", "abfs"]
        case .wasbs: ["wasbs", "wasb"]
        case .gcs: ["gs", "gcs"]
        case .local: ["file"]
        }
    }

    private static func checked(_ location: String, _ type: DepotType) throws(DepotFault) -> String {
        let parts = location.split(separator: ":", maxSplits: 1)
        guard parts.count == 2, type.schemes.contains(parts[0].lowercased()), parts[1].hasPrefix("//") else {
            throw DepotFault(
                "location \(MessageText.quoted(location)) is not of type \(type.rawValue); "
                    + "expected '\(type.schemes[0])://…'")
        }
        var rest = parts[1]
        while rest.hasSuffix("/") { rest.removeLast() }
        return "\(type.schemes[0]):\(rest)"
    }
}

/// What keeps a description from being a depot; the reader of it knows where it stands.
struct DepotFault: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) {
        self.description = description
    }
}
