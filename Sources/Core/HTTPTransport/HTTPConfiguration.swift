package import NilusCore

/// What all requests of a client share.
///
/// Whatever is trusted instead of the system's certificates, the peer's certificate and its host name are verified.
package struct HTTPConfiguration: Sendable {
    package let userAgent: String
    /// A PEM file of trusted certificates instead of the system's.
    package let certificateFile: String?
    /// A directory of trusted certificates instead of the system's.
    package let certificateDirectory: String?
    /// Trusted certificates in PEM form instead of the system's; they win over a file.
    package let certificates: [UInt8]?
    /// How the client proves who it is, where the server asks by TLS.
    package let identity: HTTPClientIdentity?
    /// Upper bound of connections to one host.
    package let maximumConnections: Int

    package init(
        userAgent: String, certificateFile: String? = nil, certificateDirectory: String? = nil,
        certificates: [UInt8]? = nil, identity: HTTPClientIdentity? = nil, maximumConnections: Int
    ) {
        self.userAgent = userAgent
        self.certificateFile = certificateFile
        self.certificateDirectory = certificateDirectory
        self.certificates = certificates
        self.identity = identity
        self.maximumConnections = maximumConnections
    }

    /// The configuration that the environment asks for; libcurl itself reads `HTTPS_PROXY` and `NO_PROXY`.
    package init(userAgent: String, environment: EnvironmentVariables, maximumConnections: Int) {
        let authorities = CertificateAuthorities(environment: environment)
        self.init(
            userAgent: userAgent,
            certificateFile: authorities.file,
            certificateDirectory: authorities.directory,
            maximumConnections: maximumConnections)
    }

    /// Whether anything is trusted instead of the system's certificates.
    var hasOwnTrust: Bool { certificateFile != nil || certificateDirectory != nil || certificates != nil }
}

/// A client certificate and its private key, in PEM form, as a kubeconfig names or holds them.
package enum HTTPClientIdentity: Sendable {
    case files(certificate: String, key: String)
    case memory(certificate: [UInt8], key: Redacted<SecretBytes>)
}
