import IcebergCatalog
import Loading
import NilusCore

/// What to do after a catalog provably refused a commit, because the table had changed.
enum CommitDecision {
    /// Plan on the state that won, and commit again.
    case planAnew(CatalogTable)
    /// Another process committed this very load.
    case alreadyDone(CommitReceipt)
    /// What was loaded does not fit the table any more.
    case giveUp

    /// Decides by the state that won; `nil` stands for a table that is gone or cannot be read.
    ///
    /// - Throws: `runConflict` (terminal) when the run id belongs to another manifest by now.
    init(
        after head: CatalogTable?, for identity: LoadIdentity, fits: (CatalogTable) -> Bool
    ) throws(NilusError) {
        guard let head, let location = head.metadataLocation else {
            self = .giveUp
            return
        }
        if let receipt = try LoadHistory.earlierCommit(of: identity, in: head.metadata, at: location) {
            self = .alreadyDone(receipt)
        } else {
            self = fits(head) ? .planAnew(head) : .giveUp
        }
    }
}

/// How long a commit is insisted on.
enum CommitPatience {
    /// Looks at a table whose commit may or may not have landed, with pauses that add up to half a minute.
    static let mostLooks = 8

    /// The wait before an attempt after the first: longer from time to time, and never quite the same, so that
    /// two writers do not meet again and again.
    static func pause(before attempt: Int) -> Duration {
        let longest = min(100 << min(attempt, 6), 6_400)
        return .milliseconds(Int.random(in: longest / 2...longest))
    }
}
