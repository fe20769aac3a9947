package import NilusCore

/// Where an API server is, what makes it trusted, and who asks.
package struct ClusterConnection: Sendable {
    /// Scheme, host, port and perhaps a path prefix, without a slash at the end.
    package let server: String
    /// The certificates that the server's must descend from; `nil` means the system's.
    package let authority: PEMText?
    /// Who asks.
    package let credential: ClusterCredential
    /// The namespace that is meant when none is named.
    package let namespace: String

    /// A connection from its parts.
    package init(server: String, authority: PEMText?, credential: ClusterCredential, namespace: String) {
        self.server = server
        self.authority = authority
        self.credential = credential
        self.namespace = namespace
    }
}

/// Certificates or a key in PEM form: a file of its own, or the text itself.
package enum PEMText: Sendable, Equatable {
    case file(String)
    case text(Redacted<SecretBytes>)
}

/// How a client proves who it is.
package enum ClusterCredential: Sendable, Equatable {
    case anonymous
    case token(Redacted<SecretBytes>)
    /// A token that others renew in its file.
    case tokenFile(String)
    case certificate(PEMText, key: PEMText)
}
