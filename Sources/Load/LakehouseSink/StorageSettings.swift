import IcebergCatalog
import NilusCore
import ObjectStorage
import RequestSigning

/// Settings of a storage by the names that Iceberg's clients use, as this program understands them.
struct StorageSettings: Sendable {
    private let values: TableStorage.Settings

    init(_ values: TableStorage.Settings) {
        self.values = values
    }

    /// What was written, completed by what the catalog says.
    ///
    /// Credentials belong together, so those of the catalog count only where none are written.
    init(written: TableStorage.Settings, catalog: TableStorage.Settings) {
        let isComplete = StorageSettings(written).hasCredential
        let said = isComplete ? catalog.filter { !Self.isCredential($0.key) } : catalog
        values = said.merging(written) { $1 }
    }

    private subscript(_ names: String...) -> String? {
        names.lazy.compactMap { values[$0]?.expose() }.first { !$0.isEmpty }
    }

    /// Whether there is any credential among the settings.
    var hasCredential: Bool { values.keys.contains(where: Self.isCredential) }

    private static func isCredential(_ name: String) -> Bool {
        ["s3.access-key-id", "s3.secret-access-key", "s3.session-token"].contains(name)
    }

    /// The region, where it is said.
    var region: String? { self["s3.region", "client.region"] }

    /// How to reach a storage that speaks S3, without a key.
    var s3: S3Settings {
        S3Settings(
            endpoint: self["s3.endpoint"], region: region,
            usesPathStyle: self["s3.path-style-access"].map { $0.lowercased() == "true" })
    }

    /// The key pair among the settings; `expiry` is when it ends.
    ///
    /// - Throws: `configurationInvalid` (terminal) when there is half of one.
    func signingKey(expiry: Timestamp? = nil) throws(NilusError) -> SigningKey? {
        switch (self["s3.access-key-id"], self["s3.secret-access-key"]) {
        case (nil, nil): return nil
        case (let id?, let secret?):
            return SigningKey(
                id: id, secret: Redacted(SecretBytes(secret)),
                sessionToken: self["s3.session-token"].map { Redacted(SecretBytes($0)) }, expiry: expiry)
        case (_?, nil): throw .keyHalved(has: "access_key_id", lacks: "secret_access_key")
        case (nil, _?): throw .keyHalved(has: "secret_access_key", lacks: "access_key_id")
        }
    }
}

extension NilusError {
    fileprivate static func keyHalved(has: String, lacks: String) -> NilusError {
        NilusError(
            .load, .configurationInvalid,
            "cannot use the key of the storage: there is a value for '\(has)' and none for '\(lacks)'; give both")
    }
}
