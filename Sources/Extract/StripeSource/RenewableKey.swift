import NilusCore
import Synchronization

/// The key of a connection, which is read again from its file when Stripe does not accept it any more.
///
/// A secret that is rotated reaches its mounted file within a minute, while a run may last for hours.
final class RenewableKey: Sendable {
    private let value: Mutex<Redacted<SecretBytes>>
    private let readAgain: StripeConnection.KeyReader

    init(_ key: Redacted<SecretBytes>, readAgain: @escaping StripeConnection.KeyReader) {
        value = Mutex(key)
        self.readAgain = readAgain
    }

    var current: Redacted<SecretBytes> { value.withLock { $0 } }

    /// The key to try instead of one that was refused; `nil` when its file still holds the same.
    ///
    /// Of several requests that the old key failed, the first reads the new one and the others take it over.
    ///
    /// - Throws: `secretRefused` (terminal) when the file holds something else that is no key for this run.
    func renewed(insteadOf refused: Redacted<SecretBytes>) throws(NilusError) -> Redacted<SecretBytes>? {
        try value.withLock { current throws(NilusError) in
            if current != refused { return current }
            guard let found = try readAgain(), found.key != refused else { return nil }
            guard Self.opensSameData(found.key, refused) else { throw .keyOfOtherMode(found.origin) }
            current = found.key
            return found.key
        }
    }

    /// A live key is never replaced by a test key or the other way round: the rows of a run are of one kind.
    private static func opensSameData(_ new: Redacted<SecretBytes>, _ old: Redacted<SecretBytes>) -> Bool {
        StripeKey.isLive(new.expose()) == StripeKey.isLive(old.expose())
    }
}
