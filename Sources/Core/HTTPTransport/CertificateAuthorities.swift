import Glibc
import NilusCore

/// Where the certificates lie that a peer's chain must end in.
///
/// A static libcurl knows no such place, and a container image may come from any distribution.
struct CertificateAuthorities: Sendable, Hashable {
    /// A PEM file with all certificates.
    let file: String?
    /// A directory with one certificate each under the hash of its subject, from which only those needed are read.
    let directory: String?

    /// The bundles of the major distributions.
    static let usualFiles = [
        "/etc/ssl/certs/ca-certificates.crt",  // Debian, Ubuntu, Arch, Gentoo, Alpine
        "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",  // Fedora, RHEL and its kin
        "/etc/pki/tls/certs/ca-bundle.crt",  // older RHEL, Amazon Linux
        "/etc/ssl/ca-bundle.pem",  // openSUSE
        "/etc/ssl/cert.pem",  // Alpine, the BSDs
        "/etc/pki/tls/cacert.pem",  // OpenELEC
    ]
    /// The directories of distributions without a bundle, or with one elsewhere.
    static let usualDirectories = ["/etc/ssl/certs", "/etc/pki/tls/certs"]

    /// Chooses what `SSL_CERT_FILE` and `SSL_CERT_DIR` name, and nothing else when either is set.
    ///
    /// Without them it is the first bundle that can be read, else the first directory, else libcurl's own choice.
    /// The container image brings a directory: reading a whole bundle takes 18 ms of CPU, and one that somebody
    /// mounts in a usual place is then used instead.
    init(environment: EnvironmentVariables, canRead: (_ path: String) -> Bool = { access($0, R_OK) == 0 }) {
        let named = (file: environment["SSL_CERT_FILE"], directory: environment["SSL_CERT_DIR"])
        if named.file != nil || named.directory != nil {
            (file, directory) = named
            return
        }
        file = Self.usualFiles.first(where: canRead)
        directory = file == nil ? Self.usualDirectories.first(where: canRead) : nil
    }
}
