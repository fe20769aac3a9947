package import NilusCore

/// A key pair that requests are signed with, of AWS or of a service that speaks like it.
package struct SigningKey: Sendable {
    /// Names the key; no secret, and part of error messages.
    package let id: String
    package let secret: Redacted<SecretBytes>
    /// Goes with temporary keys.
    package let sessionToken: Redacted<SecretBytes>?
    /// When a temporary key ends; `nil` for one that lasts.
    package let expiry: Timestamp?

    package init(
        id: String, secret: Redacted<SecretBytes>, sessionToken: Redacted<SecretBytes>? = nil, expiry: Timestamp? = nil
    ) {
        self.id = id
        self.secret = secret
        self.sessionToken = sessionToken
        self.expiry = expiry
    }
}
