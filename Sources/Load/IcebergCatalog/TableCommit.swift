package import Iceberg
import Loading
package import NilusCore
package import ObjectStorage

/// One snapshot on its way into a table: writes the manifests and says what to commit.
///
/// Made once for a load; ``prepare(on:in:at:)`` runs again after each lost race. The manifests of new
/// files are written the first time only, and the snapshot id stays the same.
///
/// ```swift
/// var commit = TableCommit(plan, evolution: evolution, properties: facts)
/// let change = try await commit.prepare(on: table, in: store, at: time.utc())
/// let committed = try await catalog.commit(change, to: table)
/// ```
package struct TableCommit: Sendable {
    /// Manifest files and lists, in bytes; writers close a manifest at 8 MiB.
    static let maximumManifestBytes = 268_435_456

    /// What the commit is to do.
    package private(set) var plan: SnapshotPlan
    private let evolution: SchemaEvolution
    private let properties: [TableProperty]
    private let identifiers: IdentifierSource
    /// The middle part of the names of this commit's files.
    private let name: String
    private var addedManifests: [ManifestFile]?
    private var attempts = 0
    private var manifestCount = 0

    /// The manifests and lists written so far; after a provable refusal all of them may be deleted.
    package private(set) var writtenLocations: [String] = []
    /// Those of them that the change prepared last refers to.
    private var neededLocations: Set<String> = []

    /// The manifests and lists of earlier attempts; after a success they may be deleted.
    package var outdatedLocations: [String] {
        writtenLocations.filter { !neededLocations.contains($0) }
    }

    /// Begins the commit of a plan whose data files hold the columns of `evolution`.
    package init(
        _ plan: SnapshotPlan, evolution: SchemaEvolution, properties: [TableProperty],
        identifiers: IdentifierSource = .system
    ) {
        self.plan = plan
        self.evolution = evolution
        self.properties = properties
        self.identifiers = identifiers
        name = identifiers.uuid()
    }

    /// Carries the plan out on a state of the table, up to what only the catalog can do.
    ///
    /// - Throws: `commitConflict` (transient) when the table's columns changed since the data files were
    ///   written, the partition spec of a file is gone, or a file that was to be removed is; `sinkRefused` when the parent's manifests are
    ///   damaged, and what the store throws.
    package mutating func prepare(
        on table: CatalogTable, in store: any ObjectStore, at moment: Timestamp
    ) async throws -> TableChange {
        try check(table)
        attempts += 1
        neededLocations = Set(addedManifests?.map(\.path) ?? [])
        let folder = table.metadata.metadataFolder
        let schema = evolution.isChange ? evolution.schema : table.metadata.currentSchema
        var builder = SnapshotBuilder(plan, on: table.metadata, schema: schema, identifiers: identifiers)
        let added = try await storeAdded(builder, under: folder, in: store)
        for manifest in try await TableFiles(of: table, in: store).manifests() {
            try await treat(manifest, in: &builder, folder: folder, store)
        }
        guard builder.missingPaths.isEmpty else {
            throw NilusError.commitConflict(table.identifier, "a file that was to be removed is gone", head: table)
        }
        let listPath = "\(folder)/snap-\(plan.id)-\(attempts)-\(name).avro"
        var listed: [ManifestFile] = []
        for group in builder.groups(adding: added) {
            listed.append(try await merged(group, builder, folder: folder, store))
        }
        let finished = try builder.finish(listing: listed, path: listPath, at: moment)
        try await write(finished.manifestList, at: listPath, in: store)
        return change(adding: finished.snapshot, to: table)
    }

    /// Plans other files under the same snapshot id, for a state of the table that demands them.
    ///
    /// `facts`: what the summary of the snapshot is to tell instead.
    package mutating func replaceFiles(with files: [DataFile], removing: Set<String>, facts: [TableProperty]) {
        plan.removing = removing
        plan.facts = facts
        guard files != plan.files else { return }
        plan.files = files
        addedManifests = nil
    }

    private func check(_ table: CatalogTable) throws(NilusError) {
        for specID in Set(plan.files.map(\.partition.specID))
        where table.metadata.partitionSpec(withID: specID) == nil {
            throw .commitConflict(
                table.identifier, "its partition spec \(specID) went while data files were written", head: table)
        }
        guard evolution.holds(on: table.metadata) else {
            throw .commitConflict(
                table.identifier, "its columns changed while data files were written", head: table)
        }
    }

    private mutating func storeAdded(
        _ builder: SnapshotBuilder, under folder: String, in store: any ObjectStore
    ) async throws -> [ManifestFile] {
        if let addedManifests { return addedManifests }
        let first = manifestCount
        let encoded = try builder.addedManifests { manifestPath(folder, first + $0) }
        for manifest in encoded { try await write(manifest.bytes, at: manifest.manifest.path, in: store) }
        manifestCount += encoded.count
        let manifests = encoded.map(\.manifest)
        addedManifests = manifests
        return manifests
    }

    private mutating func treat(
        _ manifest: ManifestFile, in builder: inout SnapshotBuilder, folder: String, _ store: any ObjectStore
    ) async throws {
        guard builder.removesFiles else {
            builder.keep(manifest)
            return
        }
        let content = try await store.read(manifest.path, limit: Self.maximumManifestBytes)
        let path = manifestPath(folder, manifestCount)
        guard let encoded = try builder.remove(manifest, content: content, path: path) else { return }
        manifestCount += 1
        try await write(encoded.bytes, at: path, in: store)
    }

    /// The manifest that lists what those of a group do; the one of a group of one stays as it is.
    private mutating func merged(
        _ group: [ManifestFile], _ builder: SnapshotBuilder, folder: String, _ store: any ObjectStore
    ) async throws -> ManifestFile {
        if group.count == 1 { return group[0] }
        var merger = try builder.merger(of: group)
        for manifest in group {
            try merger.take(manifest, content: try await store.read(manifest.path, limit: Self.maximumManifestBytes))
            // One of this commit's own: it serves later attempts, and no snapshot.
            neededLocations.remove(manifest.path)
        }
        let path = manifestPath(folder, manifestCount)
        manifestCount += 1
        let encoded = merger.finish(path: path)
        try await write(encoded.bytes, at: path, in: store)
        return encoded.manifest
    }

    private func manifestPath(_ folder: String, _ number: Int) -> String {
        "\(folder)/\(name)-m\(number).avro"
    }

    private mutating func write(_ content: [UInt8], at path: String, in store: any ObjectStore) async throws {
        writtenLocations.append(path)
        neededLocations.insert(path)
        try await store.put(content, at: path)
    }

    private func change(adding snapshot: Snapshot, to table: CatalogTable) -> TableChange {
        let metadata = table.metadata
        var change = TableChange(requirements: [.create], updates: TableCreation(of: metadata).updates)
        if !table.isStaged {
            change = TableChange(
                requirements: metadata.uuid.map { [.tableUUID($0)] } ?? [],
                updates: metadata.formatVersion == 1 ? [.upgradeFormatVersion(2)] : [])
            change.requirements.append(
                .reference(SnapshotReference.main, snapshotID: metadata.currentSnapshot?.id))
        }
        if evolution.isChange {
            if !table.isStaged {
                change.requirements += [
                    .currentSchemaID(metadata.currentSchema.id), .lastAssignedFieldID(metadata.lastColumnID),
                ]
            }
            change.updates += [
                .addSchema(evolution.schema, lastColumnID: evolution.lastColumnID),
                .setCurrentSchema(TableUpdate.lastAdded),
            ]
        }
        let main = SnapshotReference(branchAt: snapshot.id, keeping: metadata.references[SnapshotReference.main])
        change.updates += [.addSnapshot(snapshot), .setReference(SnapshotReference.main, main)]
        if !properties.isEmpty { change.updates.append(.setProperties(properties)) }
        return change
    }
}

extension NilusError {
    static func manifestsInline(_ table: TableName, snapshotID: Int64) -> NilusError {
        NilusError(
            .load, .sinkRefused,
            "cannot commit table '\(table)': snapshot \(snapshotID) has no manifest list, as only early version 1 "
                + "tables do; rewrite the table's manifests with the engine that wrote it")
    }
}
