package import NilusCore

/// Carries a ``SnapshotPlan`` out on a state of a table, as far as that needs no files.
///
/// The caller reads and stores what the builder asks for and returns:
///
/// 1. ``addedManifests(path:)`` once; they stay good for later attempts.
/// 2. For each manifest of the parent that has live files: ``keep(_:)`` when all of them stay,
///    ``rewrite(_:content:path:removing:)`` when some go, ``remove(_:content:path:)`` when all do.
/// 3. ``groups(adding:)``: of each group of several manifests one, by ``merger(of:)``.
/// 4. ``finish(listing:path:at:)`` with what is left.
package struct SnapshotBuilder {
    private let plan: SnapshotPlan
    private let base: TableMetadata
    private let schema: IcebergSchema
    private let identifiers: IdentifierSource
    private let merging: ManifestMergeRule
    private var tally = SnapshotTally()
    private var carried: [ManifestFile] = []
    private var removedPaths: Set<String> = []

    /// Begins an attempt; `schema` is the table's after the commit, which manifests tell of.
    package init(
        _ plan: SnapshotPlan, on base: TableMetadata, schema: IcebergSchema, identifiers: IdentifierSource
    ) {
        self.plan = plan
        self.base = base
        self.schema = schema
        self.identifiers = identifiers
        merging = ManifestMergeRule(base.properties)
        for file in plan.files { tally.add(file) }
    }

    /// Writes the manifests that list the plan's files: those of data, then those of deletions, a
    /// manifest for each partition spec.
    ///
    /// - Throws: `internalDefect` when a file is of a partition spec that the table has not, or a
    ///   partition value is not of the type that the spec gives it.
    package func addedManifests(path: (Int) -> String) throws(NilusError) -> [EncodedManifest] {
        var encoded: [EncodedManifest] = []
        for content in [ManifestFile.Content.data, .deletes] {
            let files = plan.files.filter { ($0.content == .data) == (content == .data) }
            for specID in Set(files.map(\.partition.specID)).sorted() {
                try add(files.filter { $0.partition.specID == specID }, content, specID, to: &encoded, path)
            }
        }
        return encoded
    }

    private func add(
        _ files: [DataFile], _ content: ManifestFile.Content, _ specID: Int32, to encoded: inout [EncodedManifest],
        _ path: (Int) -> String
    ) throws(NilusError) {
        guard let spec = base.partitionSpec(withID: specID) else {
            throw .defect(.load, "new files are of partition spec \(specID), which the table has not")
        }
        let type = try PartitionType(spec, of: base)
        var writer: ManifestWriter?
        for file in files {
            // Taken out, so that the bytes have one owner and are not copied to be changed.
            var current = writer.take() ?? newWriter(content, spec, type)
            try current.append(ManifestEntry(adding: file, in: plan.id))
            if current.byteCount >= merging.targetBytes {
                encoded.append(current.finish(path: path(encoded.count)))
            } else {
                writer = current
            }
        }
        if let writer { encoded.append(writer.finish(path: path(encoded.count))) }
    }

    /// Takes a manifest of the parent over as it is.
    package mutating func keep(_ manifest: ManifestFile) {
        carried.append(manifest)
    }

    /// Whether the manifests of the parent must be looked into, because the plan removes files.
    package var removesFiles: Bool {
        if case .none = plan.removal { false } else { true }
    }

    /// The files to be removed that no manifest had so far; when there are any after the last manifest, the
    /// plan is out of date.
    package var missingPaths: Set<String> { plan.removing.subtracting(removedPaths) }

    /// Writes the manifest that records the removal of the files that the plan removes; keeps a manifest
    /// that loses none.
    ///
    /// - Returns: `nil` when the manifest stays, or when there was no live file after all.
    /// - Throws: `sinkRefused` (terminal) when the manifest is damaged.
    package mutating func remove(
        _ manifest: ManifestFile, content: [UInt8], path: String
    ) throws(NilusError) -> EncodedManifest? {
        let removal = plan.removal
        return try rewrite(manifest, content: content, path: path) { removal.takes($0.path) }
    }

    /// Writes a manifest in the place of one of the parent.
    ///
    /// Files that `isRemoved` names are recorded as deleted, the other live ones stay as existing, with their
    /// sequence numbers. A manifest of which nothing is removed is kept.
    ///
    /// - Returns: `nil` when the manifest stays, or when there was no live file after all.
    /// - Throws: `sinkRefused` (terminal) when the manifest is damaged.
    package mutating func rewrite(
        _ manifest: ManifestFile, content: [UInt8], path: String, removing isRemoved: (DataFile) -> Bool
    ) throws(NilusError) -> EncodedManifest? {
        let spec = try spec(of: manifest)
        var (reader, type) = try ManifestReader.open(content, of: manifest, spec: spec, in: base)
        var writer = newWriter(manifest.content, spec, type)
        var losesFiles = false
        while let entry = try reader.next() {
            guard entry.isLive else { continue }
            let goes = isRemoved(entry.file)
            if goes { noteRemoval(of: entry.file) }
            losesFiles = losesFiles || goes
            try writer.append(goes ? entry.deleted(in: plan.id) : entry.existing)
        }
        guard losesFiles else {
            if writer.entryCount > 0 { carried.append(manifest) }
            return nil
        }
        let encoded = writer.finish(path: path)
        carried.append(encoded.manifest)
        return encoded
    }

    private mutating func noteRemoval(of file: DataFile) {
        tally.remove(file)
        removedPaths.insert(file.path)
    }

    /// The manifests of the snapshot, new ones first, divided into groups.
    ///
    /// Those of a group with several are to be written as one.
    package func groups(adding added: [ManifestFile]) -> [[ManifestFile]] {
        let writable = Set(
            base.partitionSpecs.filter { (try? PartitionType($0, of: base)) != nil }.map { Int32(clamping: $0.id) })
        // What another engine encrypted, or divided in a way that is not known here, stays as it is.
        return merging.groups(added + carried) { $0.keyMetadata == nil && writable.contains($0.specID) }
    }

    /// Begins the manifest that takes the place of a group.
    ///
    /// - Precondition: the group is of one kind of file and one partition spec, as ``groups(adding:)`` makes it.
    package func merger(of group: [ManifestFile]) throws(NilusError) -> ManifestMerger {
        guard let first = group.first else { throw .defect(.load, "no manifests are to be written as one") }
        let spec = try spec(of: first)
        let writer = newWriter(first.content, spec, try PartitionType(spec, of: base))
        return ManifestMerger(writer, for: plan.id, spec: spec, of: base)
    }

    private func spec(of manifest: ManifestFile) throws(NilusError) -> PartitionSpec {
        guard let spec = base.partitionSpec(withID: manifest.specID) else {
            throw .manifestInvalid(manifest.path, "partition spec \(manifest.specID), which the table has not")
        }
        return spec
    }

    /// Writes the manifest list and the snapshot.
    package func finish(
        listing manifests: [ManifestFile], path: String, at moment: Timestamp
    ) throws(NilusError) -> (snapshot: Snapshot, manifestList: [UInt8]) {
        let sequenceNumber = base.lastSequenceNumber &+ 1
        let parent = base.currentSnapshot
        let list = try ManifestList.write(
            manifests, snapshotID: plan.id, parentID: parent?.id, sequenceNumber: sequenceNumber,
            sync: identifiers.syncMarker())
        let counters = tally.counters(parent: parent, removesEverything: plan.operation == .overwrite)
        let summary = [TableProperty("operation", plan.summaryWord)] + plan.facts + counters
        let snapshot = Snapshot(
            id: plan.id, parentID: parent?.id, sequenceNumber: sequenceNumber,
            timestampMilliseconds: max(moment.milliseconds, base.lastUpdatedMilliseconds), manifestList: path,
            summary: summary.map { ($0.name, $0.value) }, schemaID: schema.id)
        return (snapshot, list)
    }

    private func newWriter(
        _ content: ManifestFile.Content, _ spec: PartitionSpec, _ type: PartitionType
    ) -> ManifestWriter {
        ManifestWriter(
            content, spec: spec, type: type, schema: schema, snapshotID: plan.id, sync: identifiers.syncMarker())
    }
}
