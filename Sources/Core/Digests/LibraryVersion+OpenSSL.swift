import COpenSSL
package import NilusCore

extension LibraryVersion {
    /// OpenSSL, for TLS and digests.
    package static var openSSL: LibraryVersion {
        LibraryVersion(name: "openssl", version: OpenSSL_version(OPENSSL_VERSION_STRING))
    }
}
