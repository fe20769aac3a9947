import NilusCore
import Synchronization

/// The bearer token of a client, read from its file when it is first needed and again when it was refused.
///
/// The kubelet renews a projected token in its file at 80 % of its life; what the client holds is then still
/// good for a while, so that a refusal is early enough to look again.
final class AccessToken: Sendable {
    /// Longest token, in bytes.
    static let largestFile = 65_536

    private let path: String?
    private let value: Mutex<Redacted<SecretBytes>?>

    init(_ credential: ClusterCredential) {
        switch credential {
        case .token(let token):
            path = nil
            value = Mutex(token)
        case .tokenFile(let file):
            path = file
            value = Mutex(nil)
        case .anonymous, .certificate:
            path = nil
            value = Mutex(nil)
        }
    }

    /// The token to send; `nil` when the client proves itself in another way.
    ///
    /// - Throws: `NilusError` (`configurationInvalid`) when its file cannot be read.
    func current() throws(NilusError) -> Redacted<SecretBytes>? {
        if let known = value.withLock({ $0 }) { return known }
        guard let path else { return nil }
        let token = try Self.read(path)
        value.withLock { $0 = token }
        return token
    }

    /// Reads the file again after a refusal.
    ///
    /// - Returns: whether there is another token than the refused one.
    func renew(insteadOf refused: Redacted<SecretBytes>?) throws(NilusError) -> Bool {
        guard let path else { return false }
        if let known = value.withLock({ $0 }), known != refused { return true }
        let token = try Self.read(path)
        value.withLock { $0 = token }
        return token != refused
    }

    private static func read(_ path: String) throws(NilusError) -> Redacted<SecretBytes> {
        var content: ContiguousArray<UInt8>
        do throws(SystemError) {
            content = try Files.read(path, limit: largestFile)
        } catch {
            throw .tokenUnreadable(path, "\(error)")
        }
        defer { content.withUnsafeMutableBytes { $0.wipe() } }
        let line = content.prefix { $0 > 0x20 && $0 < 0x7F }
        let rest = content.dropFirst(line.count)
        guard !line.isEmpty, rest.allSatisfy({ $0 == 0x0A || $0 == 0x0D || $0 == 0x20 }) else {
            throw .tokenUnreadable(path, "it holds no token; expected one line of printable characters")
        }
        return Redacted(line.withUnsafeBytes { SecretBytes(copying: $0) })
    }
}

extension NilusError {
    fileprivate static func tokenUnreadable(_ path: String, _ found: String) -> NilusError {
        NilusError(.status, .configurationInvalid, "cannot read the cluster token in file '\(path)': \(found)")
    }
}
