import NilusCore
import Testing

@testable import HTTPTransport

struct `Certificate authorities` {
    struct Case: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let environment: [String: String]
        let readable: Set<String>
        let file: String?
        let directory: String?
    }

    static let cases = [
        Case(
            testDescription: "Debian: the bundle, not the directory around it", environment: [:],
            readable: ["/etc/ssl/certs", "/etc/ssl/certs/ca-certificates.crt"],
            file: "/etc/ssl/certs/ca-certificates.crt", directory: nil),
        Case(
            testDescription: "Fedora: the extracted bundle before the older link to it", environment: [:],
            readable: [
                "/etc/pki/tls/certs", "/etc/pki/tls/certs/ca-bundle.crt",
                "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",
            ],
            file: "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem", directory: nil),
        Case(
            testDescription: "openSUSE", environment: [:], readable: ["/etc/ssl/certs", "/etc/ssl/ca-bundle.pem"],
            file: "/etc/ssl/ca-bundle.pem", directory: nil),
        Case(
            testDescription: "the container image: a directory alone", environment: [:], readable: ["/etc/ssl/certs"],
            file: nil, directory: "/etc/ssl/certs"),
        Case(
            testDescription: "nothing anywhere leaves the library's own", environment: [:], readable: [], file: nil,
            directory: nil),
        Case(
            testDescription: "SSL_CERT_FILE alone, whatever else is there",
            environment: ["SSL_CERT_FILE": "/mine.pem"],
            readable: ["/etc/ssl/certs", "/etc/ssl/certs/ca-certificates.crt"], file: "/mine.pem", directory: nil),
        Case(
            testDescription: "SSL_CERT_FILE even when it cannot be read, so that the failure names it",
            environment: ["SSL_CERT_FILE": "/missing.pem"], readable: ["/etc/ssl/certs"], file: "/missing.pem",
            directory: nil),
        Case(
            testDescription: "SSL_CERT_DIR alone", environment: ["SSL_CERT_DIR": "/mine"],
            readable: ["/etc/ssl/certs/ca-certificates.crt"], file: nil, directory: "/mine"),
        Case(
            testDescription: "both variables together",
            environment: ["SSL_CERT_FILE": "/mine.pem", "SSL_CERT_DIR": "/mine"], readable: [], file: "/mine.pem",
            directory: "/mine"),
        Case(
            testDescription: "an empty variable counts as unset", environment: ["SSL_CERT_FILE": ""],
            readable: ["/etc/ssl/cert.pem"], file: "/etc/ssl/cert.pem", directory: nil),
    ]

    @Test(arguments: cases)
    func `are those that the environment or the distribution names`(_ example: Case) {
        let authorities = CertificateAuthorities(
            environment: EnvironmentVariables(example.environment), canRead: example.readable.contains)

        #expect(authorities.file == example.file)
        #expect(authorities.directory == example.directory)
    }
}
