import Avro
package import NilusCore

/// Carries a ``SnapshotPlan`` out on a state of a table, as far as that needs no files.
///
/// The caller reads and stores what the builder asks for and returns:
///
/// 1. ``addedManifests(path:)`` once; they stay good for later attempts.
/// 2. For each manifest of the parent that has live files: ``keep(_:)`` when the plan appends,
///    ``remove(_:content:path:)`` when it overwrites.
/// 3. ``finish(added:listPath:at:)``.
package struct SnapshotBuilder {
    /// A manifest is closed at this size, in bytes; readers take one at a time.
    ///
    /// Iceberg's own default (`commit.manifest.target-size-bytes`).
    static let targetManifestBytes = 8_388_608

    private let plan: SnapshotPlan
    private let base: TableMetadata
    private let schema: IcebergSchema
    private let identifiers: IdentifierSource
    private var tally = SnapshotTally()
    private var carried: [ManifestFile] = []

    /// Begins an attempt; `schema` is the table's after the commit, which manifests tell of.
    package init(
        _ plan: SnapshotPlan, on base: TableMetadata, schema: IcebergSchema, identifiers: IdentifierSource
    ) {
        self.plan = plan
        self.base = base
        self.schema = schema
        self.identifiers = identifiers
        let specID = Int32(truncatingIfNeeded: base.defaultSpec.id)
        for file in plan.files { tally.add(file, specID: specID) }
    }

    /// Writes the manifests that list the plan's files: those of data, then those of deletions.
    ///
    /// - Throws: `internalDefect` when the table is partitioned, as new files have no partition values.
    package func addedManifests(path: (Int) -> String) throws(NilusError) -> [EncodedManifest] {
        guard base.defaultSpec.isUnpartitioned else { throw .defect(.load, "new files have no partition values") }
        var encoded: [EncodedManifest] = []
        for content in [ManifestFile.Content.data, .deletes] {
            var writer: ManifestWriter?
            for file in plan.files where (file.content == .data) == (content == .data) {
                // Taken out, so that the bytes have one owner and are not copied to be changed.
                var current = writer.take() ?? newWriter(content)
                try current.append(ManifestEntry(adding: file, in: plan.id))
                if current.byteCount >= Self.targetManifestBytes {
                    encoded.append(current.finish(path: path(encoded.count)))
                } else {
                    writer = current
                }
            }
            if let writer { encoded.append(writer.finish(path: path(encoded.count))) }
        }
        return encoded
    }

    /// Takes a manifest of the parent over as it is.
    package mutating func keep(_ manifest: ManifestFile) {
        carried.append(manifest)
    }

    /// Writes the manifest that records the removal of all live files of a manifest.
    ///
    /// - Returns: `nil` when there was no live file after all.
    /// - Throws: `sinkRefused` (terminal) when the manifest is damaged.
    package mutating func remove(
        _ manifest: ManifestFile, content: [UInt8], path: String
    ) throws(NilusError) -> EncodedManifest? {
        var reader = try ManifestReader(content, of: manifest)
        guard let spec = base.partitionSpecs.first(where: { $0.id == Int(manifest.specID) }) else {
            throw .manifestInvalid(manifest.path, "partition spec \(manifest.specID), which the table has not")
        }
        var writer = ManifestWriter(
            manifest.content, spec: spec, partitionSchema: reader.partitionSchema,
            partitions: manifest.partitions ?? [], schema: schema, snapshotID: plan.id,
            sync: identifiers.syncMarker())
        while let entry = try reader.next() {
            guard entry.isLive else { continue }
            tally.remove(entry.file, specID: manifest.specID)
            try writer.append(entry.deleted(in: plan.id))
        }
        guard writer.entryCount > 0 else { return nil }
        let encoded = writer.finish(path: path)
        carried.append(encoded.manifest)
        return encoded
    }

    /// Writes the manifest list and the snapshot.
    package func finish(
        added: [ManifestFile], listPath: String, at moment: Timestamp
    ) throws(NilusError) -> (snapshot: Snapshot, manifestList: [UInt8]) {
        let sequenceNumber = base.lastSequenceNumber &+ 1
        let parent = base.currentSnapshot
        let list = try ManifestList.write(
            added + carried, snapshotID: plan.id, parentID: parent?.id, sequenceNumber: sequenceNumber,
            sync: identifiers.syncMarker())
        let counters = tally.counters(parent: parent, removesEverything: plan.operation == .overwrite)
        let summary = [TableProperty("operation", plan.operation.rawValue)] + plan.facts + counters
        let snapshot = Snapshot(
            id: plan.id, parentID: parent?.id, sequenceNumber: sequenceNumber,
            timestampMilliseconds: max(moment.milliseconds, base.lastUpdatedMilliseconds), manifestList: listPath,
            summary: summary.map { ($0.name, $0.value) }, schemaID: schema.id)
        return (snapshot, list)
    }

    private func newWriter(_ content: ManifestFile.Content) -> ManifestWriter {
        ManifestWriter(
            content, spec: base.defaultSpec, partitionSchema: ManifestAvro.unpartitioned, partitions: [],
            schema: schema, snapshotID: plan.id, sync: identifiers.syncMarker())
    }
}
