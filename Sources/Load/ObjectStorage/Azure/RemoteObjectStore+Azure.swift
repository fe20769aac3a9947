package import NilusCore

/// How to reach an account of Azure's storage; what is not given here, the environment may tell.
package struct AzureSettings: Sendable {
    package let account: String
    /// The domain of the account, such as `core.windows.net`.
    package let domain: String
    /// `https://host:port/path` of a stand-in for Azure's own.
    package var endpoint: String?
    /// The account's key in Base64.
    package var key: Redacted<SecretBytes>?
    /// A shared access signature.
    package var signature: Redacted<SecretBytes>?
    /// Gives a shared access signature that ends, and the next one before it does.
    package var lentSignature: (@Sendable () async throws -> LentSecret)?

    package init(
        account: String, domain: String = "core.windows.net", endpoint: String? = nil,
        key: Redacted<SecretBytes>? = nil, signature: Redacted<SecretBytes>? = nil
    ) {
        self.account = account
        self.domain = domain
        self.endpoint = endpoint
        self.key = key
        self.signature = signature
    }
}

extension RemoteObjectStore {
    /// A store of objects at `abfss://container@account.dfs.core.windows.net/path`, and at `wasbs://` alike.
    ///
    /// - Throws: `configurationInvalid` (terminal) when there is no credential, or it is not usable.
    package static func azure(
        _ settings: AzureSettings, environment: EnvironmentVariables, connection: StorageConnection
    ) throws(NilusError) -> RemoteObjectStore {
        let endpoint = settings.endpoint ?? "https://\(settings.account).blob.\(settings.domain)"
        let service = AzureService(
            account: settings.account, domain: settings.domain,
            endpoint: endpoint.hasSuffix("/") ? String(endpoint.dropLast()) : endpoint,
            credential: try azureCredential(settings, environment, connection))
        return RemoteObjectStore(service, connection)
    }

    private static func azureCredential(
        _ settings: AzureSettings, _ environment: EnvironmentVariables, _ connection: StorageConnection
    ) throws(NilusError) -> AzureCredential {
        if let lent = settings.lentSignature { return .signature(Renewable(lentBy: lent)) }
        if let signature = settings.signature { return .signature(.handedOver(signature, identity: "")) }
        if let key = settings.key { return try sharedKey(settings.account, key) }
        let isOwnAccount = environment["AZURE_STORAGE_ACCOUNT_NAME"].map { $0 == settings.account } ?? true
        if isOwnAccount, let key = environment["AZURE_STORAGE_ACCOUNT_KEY"] ?? environment["AZURE_STORAGE_KEY"] {
            return try sharedKey(settings.account, Redacted(SecretBytes(key)))
        }
        if isOwnAccount, let signature = environment["AZURE_STORAGE_SAS_TOKEN"] {
            return .signature(.handedOver(Redacted(SecretBytes(signature)), identity: ""))
        }
        if let identity = try WorkloadIdentity(environment, connection) { return .token(identity.tokens) }
        throw NilusError(
            .load, .configurationInvalid,
            "cannot prove requests to storage account '\(settings.account)': no credential is given for it; set "
                + "'AZURE_STORAGE_ACCOUNT_NAME' and 'AZURE_STORAGE_ACCOUNT_KEY', or 'AZURE_STORAGE_SAS_TOKEN', or "
                + "'AZURE_FEDERATED_TOKEN_FILE' with 'AZURE_CLIENT_ID' and 'AZURE_TENANT_ID'")
    }

    private static func sharedKey(
        _ account: String, _ key: Redacted<SecretBytes>
    ) throws(NilusError) -> AzureCredential {
        guard let shared = SharedKey(account: account, base64: key) else {
            throw NilusError(
                .load, .configurationInvalid,
                "cannot sign requests to storage account '\(account)': its key is no Base64; copy it as the portal shows it"
            )
        }
        return .sharedKey(shared)
    }
}
