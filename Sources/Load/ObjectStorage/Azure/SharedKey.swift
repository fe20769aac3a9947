import Digests
import HTTPTransport
import NilusCore
import RequestSigning

/// The account key of Azure storage, and the signature it makes.
///
/// - SeeAlso: "Authorize with Shared Key" (Azure Storage services REST API)
struct SharedKey: Sendable {
    let account: String
    private let key: Redacted<SecretBytes>

    /// A key in Base64, as the portal shows it.
    ///
    /// - Returns: `nil` when it is no Base64.
    init?(account: String, base64: Redacted<SecretBytes>) {
        let decoded = base64.expose().withBytes { bytes -> ContiguousArray<UInt8>? in
            var text = Array(bytes)
            defer { text.withUnsafeMutableBytes { $0.wipe() } }
            return Base64.decode(text[...])
        }
        guard var decoded, !decoded.isEmpty else { return nil }
        self.account = account
        key = Redacted(SecretBytes(wiping: &decoded))
    }

    /// The value of the header `Authorization` for a request that has all its other header lines.
    func authorization(of request: HTTPRequest, _ target: RequestTarget) -> String {
        let text = Array(Self.text(of: request, target, account: account).utf8)
        let signature = key.expose().withBytes { key in
            text.withUnsafeBytes { SHA256Digest.hmac(of: $0, key: key) }
        }
        return "SharedKey \(account):\(Base64.text(of: signature.bytes))"
    }

    /// What is signed.
    static func text(of request: HTTPRequest, _ target: RequestTarget, account: String) -> String {
        func value(_ name: String) -> String {
            request.headers.first { $0.name.lowercased() == name }?.value ?? ""
        }
        let length = request.body?.count ?? 0
        let lines = [
            request.method.rawValue, value("content-encoding"), value("content-language"),
            length == 0 ? "" : String(length), value("content-md5"), value("content-type"), value("date"),
            value("if-modified-since"), value("if-match"), value("if-none-match"), value("if-unmodified-since"),
            value("range"),
        ]
        let extensions =
            request.headers
            .map { (name: $0.name.lowercased(), value: $0.value) }
            .filter { $0.name.hasPrefix("x-ms-") }
            .sorted { $0.name < $1.name }
            .map { "\($0.name):\($0.value)" }
        let items = target.query.split(separator: "&").map { item -> (name: String, value: String) in
            let name = item.prefix { $0 != "=" }
            let value = item[name.endIndex...].dropFirst()
            return (URIEncoding.decoded(name).lowercased(), URIEncoding.decoded(value))
        }
        let resource =
            ["/\(account)\(target.path)"] + items.sorted { $0.name < $1.name }.map { "\($0.name):\($0.value)" }
        return (lines + extensions + resource).joined(separator: "\n")
    }
}
