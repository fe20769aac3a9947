import Digests
import Records

/// As many of a load's rows as memory holds, by key, each with what it says in brief; and what becomes of the
/// versions that a table has of them.
///
/// A version that says the same stays and the row is dropped; one that differs ends. Where a table has several
/// current versions of a key, as tables that grew without a history may, at most one stays.
final class VersionPortion {
    /// What becomes of a current version.
    enum Fate: Hashable {
        /// The portion has no row of its key.
        case unknown
        case stays
        case ends
    }

    private(set) var keys = KeySet()
    private var digests: [SHA256Digest] = []
    /// Whether a version of the table says what the row says.
    private var isUnchanged: [Bool] = []

    /// Takes a row.
    ///
    /// - Precondition: no other row has its key.
    func add(_ key: UnsafeRawBufferPointer, at place: KeySet.Place, moment: Int64, _ digest: SHA256Digest) {
        let other = keys.insert(key, at: place, moment: moment)
        precondition(other == nil, "the rows of a portion have different keys")
        digests.append(digest)
        isUnchanged.append(false)
    }

    /// Decides about a current version; `digest` is asked for only when that depends on what it says.
    func meet(_ key: UnsafeRawBufferPointer, _ digest: () -> SHA256Digest) -> Fate {
        guard let number = keys.number(of: key) else { return .unknown }
        guard !isUnchanged[number], digests[number] == digest() else { return .ends }
        isUnchanged[number] = true
        return .stays
    }

    /// Where the rows are that say nothing new.
    var unchanged: [KeySet.Place] { isUnchanged.indices.filter { isUnchanged[$0] }.map(keys.place) }

    /// Bytes that are held by now.
    var memoryBytes: Int { keys.memoryBytes + digests.capacity * SHA256Digest.byteCount + isUnchanged.capacity }
}
