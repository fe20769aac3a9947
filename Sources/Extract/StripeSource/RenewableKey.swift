import NilusCore
import Synchronization

/// The key of a connection, which is read again from its place when Stripe does not accept it any more.
///
/// A secret that is rotated reaches its mounted file within a minute, while a run may last for hours.
final class RenewableKey: Sendable {
    private let value: Mutex<Redacted<SecretBytes>>
    private let readAgain: @Sendable () -> Redacted<SecretBytes>?

    init(_ key: Redacted<SecretBytes>, readAgain: @escaping @Sendable () -> Redacted<SecretBytes>?) {
        value = Mutex(key)
        self.readAgain = readAgain
    }

    var current: Redacted<SecretBytes> { value.withLock { $0 } }

    /// The key to try instead of one that was refused; `nil` when its place holds no other.
    ///
    /// Of several requests that the old key failed, the first reads the new one and the others take it over.
    func renewed(insteadOf refused: Redacted<SecretBytes>) -> Redacted<SecretBytes>? {
        value.withLock { current in
            if current != refused { return current }
            guard let found = readAgain(), found != refused, Self.opensSameData(found, refused) else { return nil }
            current = found
            return found
        }
    }

    /// A live key is never replaced by a test key or the other way round: the rows of a run are of one kind.
    private static func opensSameData(_ new: Redacted<SecretBytes>, _ old: Redacted<SecretBytes>) -> Bool {
        StripeKey.isLive(new.expose()) == StripeKey.isLive(old.expose())
    }
}
