import NilusCore

extension RemoteDepot {
    /// The depot that properties describe.
    init(_ type: DepotType, _ properties: DepotProperties, origin: String) throws(DepotFault) {
        if let format = properties["format"], format.lowercased() != "iceberg" {
            throw DepotFault("its tables are of format \(MessageText.quoted(format)); expected 'iceberg'")
        }
        let location = try type.location(properties)
        let warehouse = properties["warehouse"]
        self.init(
            location: location, catalogURL: try Self.catalogURL(properties), warehouse: warehouse,
            settings: Self.settings(type, properties), origin: origin)
    }

    /// The address of the catalog; other kinds of catalog than REST are not written to.
    private static func catalogURL(_ properties: DepotProperties) throws(DepotFault) -> String {
        let url = properties["metastoreUrl", "catalogUrl"]
        let kind = properties["metastoreType"] ?? properties["icebergCatalogType"]
        if let kind, kind.lowercased() == "hive" {
            throw DepotFault("its catalog is of kind 'hive'; expected an Iceberg REST catalog in 'metastoreUrl'")
        }
        guard let url else {
            throw DepotFault("'metastoreUrl' is missing; expected the address of its Iceberg REST catalog")
        }
        guard ["http://", "https://"].contains(where: { url.lowercased().hasPrefix($0) }) else {
            throw DepotFault("'metastoreUrl' is \(MessageText.quoted(url)); expected 'https://…'")
        }
        return url
    }

    /// What is said of the storage, by the names of Iceberg's clients.
    private static func settings(_ type: DepotType, _ properties: DepotProperties) -> [String: DepotSetting] {
        let named: [(String, String?)] =
            switch type {
            case .s3, .local:
                [
                    ("s3.endpoint", properties["endpoint", "awsEndpoint"]),
                    ("s3.region", properties["region", "awsRegion"]),
                    ("s3.access-key-id", properties["awsAccessKeyId", "accessKeyId"]),
                    ("s3.secret-access-key", properties["awsSecretAccessKey", "secretAccessKey", "secretKey"]),
                    ("s3.session-token", properties["awsSessionToken", "sessionToken"]),
                ]
            case .abfss, .wasbs:
                [
                    ("adls.auth.shared-key.account.name", DepotType.azureAccount(properties)),
                    ("adls.auth.shared-key.account.key", properties["azureStorageAccountKey", "accountKey"]),
                    (
                        "adls.sas-token.\(DepotType.azureAccount(properties) ?? "")",
                        properties["azureStorageSasToken", "sasToken"]
                    ),
                ]
            case .gcs:
                [
                    ("gcs.project-id", properties["gcsProjectId", "projectId"]),
                    ("nilus.gcs.service-account", properties["gcsKeyJson", "gcsCredentialsJson", "keyJson"]),
                    ("nilus.gcs.service-account-file", properties["gcsKeyFile", "googleApplicationCredentials"]),
                    ("nilus.gcs.hmac-access-id", properties["gcsAccessKeyId", "accessKeyId"]),
                    ("nilus.gcs.hmac-secret", properties["gcsSecretAccessKey", "secretAccessKey", "secretKey"]),
                ]
            }
        // What the catalog asks for goes by the names of Iceberg's clients already.
        let catalog = [("token", properties["token"]), ("credential", properties["credential"])]
        return Dictionary((named + catalog).compactMap { name, value in value.map { (name, DepotSetting($0)) } }) { $1 }
    }
}
