import NilusCore

extension Base64 {
    /// The encoded form of bytes that are no secret, as text.
    static func text(of bytes: [UInt8]) -> String {
        bytes.withUnsafeBytes { String(decoding: encode($0), as: UTF8.self) }
    }
}
