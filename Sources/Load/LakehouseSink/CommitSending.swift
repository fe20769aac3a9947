import Iceberg
import IcebergCatalog
import NilusCore

/// Sends one change to a catalog and finds out what became of it.
struct CommitSending {
    private let change: TableChange
    private let snapshotID: Int64
    private let base: CatalogTable
    private let catalog: any Catalog
    private let time: TimeSource

    /// What became of a change.
    enum Ending {
        case landed(CatalogTable)
        /// It did not happen and cannot happen any more; `head` is the state that won, when it could be read.
        case refused(head: CatalogTable?, NilusError)
    }

    /// - Precondition: the change adds the snapshot and demands that the table is as `base` has it.
    init(
        _ change: TableChange, snapshotID: Int64, to base: CatalogTable, _ catalog: any Catalog, _ time: TimeSource
    ) {
        self.change = change
        self.snapshotID = snapshotID
        self.base = base
        self.catalog = catalog
        self.time = time
    }

    /// Sends the change.
    ///
    /// - Throws: `commitUnknown` when the outcome could not be learned; what the catalog throws when it did
    ///   not take the change.
    func send() async throws -> Ending {
        var doubt: NilusError?
        for look in 0...CommitPatience.mostLooks {
            do {
                return .landed(try await catalog.commit(change, to: base))
            } catch let error as NilusError where error.code == .commitConflict {
                return try await ending(error, doubt)
            } catch let error as NilusError where error.code == .commitUnknown {
                doubt = error
            } catch let error as NilusError where error.disposition.isTransient && error.code != .interrupted {
                // It was not taken, this time: an earlier one may have been.
                if look == CommitPatience.mostLooks { throw doubt ?? error }
            }
            try await wait(before: look + 1, doubt)
            if let doubt, let ending = await lookBack(doubt) { return ending }
        }
        throw doubt ?? .defect(.load, "a commit ended without an outcome")
    }

    /// Looks at the table; `nil` when it still is as the change demands, or cannot be read.
    private func lookBack(_ doubt: NilusError) async -> Ending? {
        guard let head = try? await catalog.load(base.identifier) else { return nil }
        if head.metadata.hasSnapshot(snapshotID) { return .landed(head) }
        let isUnchanged = !base.isStaged && head.metadata.currentSnapshot?.id == base.metadata.currentSnapshot?.id
        return isUnchanged ? nil : .refused(head: head, doubt)
    }

    /// What a conflict means: a catalog that lost its first answer takes the same change for a conflict with itself.
    private func ending(_ conflict: NilusError, _ doubt: NilusError?) async throws -> Ending {
        var head = (conflict.cause as? CommitConflict)?.head
        if head == nil { head = try? await catalog.load(base.identifier) }
        guard let head else {
            // Without the table nothing tells an earlier landing from a refusal.
            if let doubt { throw doubt }
            return .refused(head: nil, conflict)
        }
        return head.metadata.hasSnapshot(snapshotID) ? .landed(head) : .refused(head: head, conflict)
    }

    /// - Throws: `commitUnknown` when the run is interrupted while the outcome is unknown.
    private func wait(before look: Int, _ doubt: NilusError?) async throws {
        do {
            try await time.sleep(CommitPatience.pause(before: look))
        } catch {
            throw doubt ?? error
        }
    }
}

extension TableMetadata {
    fileprivate func hasSnapshot(_ id: Int64) -> Bool {
        ancestors.contains { $0.id == id }
    }
}
