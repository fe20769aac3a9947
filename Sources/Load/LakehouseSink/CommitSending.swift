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
        for look in 1...CommitPatience.mostLooks {
            do {
                return .landed(try await catalog.commit(change, to: base))
            } catch let error as NilusError where error.code == .commitConflict {
                return try await ending(error, nil)
            } catch let error as NilusError where error.code == .commitUnknown {
                // To the end, also when the run is to stop: what is unknown leaves files that nobody may remove.
                return try await Task { try await settle(error) }.value
            } catch let error as NilusError where error.disposition.isTransient && error.code != .interrupted {
                guard look < CommitPatience.mostLooks else { throw error }
                try await time.sleep(CommitPatience.pause(before: look))
            }
        }
        throw NilusError.defect(.load, "a commit ended without an outcome")
    }

    /// Finds out what became of a change that may have landed, and sends it again where it can land once.
    private func settle(_ doubt: NilusError) async throws -> Ending {
        for look in 1...CommitPatience.mostLooks {
            try? await time.sleep(CommitPatience.pause(before: look))
            if let ending = await lookBack(doubt) { return ending }
            do {
                return .landed(try await catalog.commit(change, to: base))
            } catch let error as NilusError where error.code == .commitConflict {
                return try await ending(error, doubt)
            } catch let error as NilusError where error.code == .commitUnknown || error.disposition.isTransient {
                continue
            } catch {
                // That it is refused now says nothing about the first time.
                break
            }
        }
        throw doubt
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
}

extension TableMetadata {
    fileprivate func hasSnapshot(_ id: Int64) -> Bool {
        ancestors.contains { $0.id == id }
    }
}
