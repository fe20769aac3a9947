import Iceberg
import IcebergCatalog
import Loading
import NilusCore
import ObjectStorage
import Parquet
import Records

/// What a compaction did.
package struct CompactionReport: Sendable, Hashable {
    /// Data files that were written anew; zero when there was nothing to do.
    package var filesRewritten = 0
    /// Data files in their place.
    package var filesWritten = 0
    /// Delete files that no data file needs any more.
    package var deleteFilesRemoved = 0
    /// Deleted rows that were left out.
    package var rowsDropped = 0
    /// The snapshot that was made; `nil` when there was nothing to do.
    package var snapshotID: Int64?
}

/// Writes small files and files with deleted rows anew: fewer files, no deletions, the same rows.
///
/// Reads a page of each column at a time and writes as a load does, so memory does not grow with the table.
struct Compaction {
    let lakehouse: Lakehouse
    let name: TableName
    let sizes: FileSizes
    let time: TimeSource

    /// Files whose deleted rows are looked up together: a bit for each row, so some 4 MiB for 32 million rows.
    private static let filesAtOnce = 64

    /// - Throws: `sinkRefused` (terminal) when there is no such table, or it holds what is not written here:
    ///   equality deletes, columns of nested types, files that are not Parquet. `commitConflict` (transient) when
    ///   others changed what was written anew.
    func run(on table: CatalogTable) async throws -> CompactionReport {
        let survey = try await TableSurvey(of: table, in: lakehouse.store)
        guard survey.equalityDeleteCount == 0 else {
            throw NilusError.equalityDeletes(name, survey.equalityDeleteCount)
        }
        let reading = FileReading(store: lakehouse.store, of: table.metadata)
        let deletions = StoredDeletions(survey.deletes, reading)
        var named: [[String: Int]] = []
        for deletes in survey.deletes { named.append(try await deletions.counts(in: deletes)) }
        let counts = named.reduce(into: [:]) { $0.merge($1, uniquingKeysWith: +) }
        let sizes = sizes.following(table.metadata)
        let chosen = CompactionChoice(among: survey.files, deletedCounts: counts, targetBytes: sizes.fileBytes).files
        let removable = Self.removable(survey, named, without: Set(chosen.map(\.path)))
        guard !chosen.isEmpty || !removable.isEmpty else { return CompactionReport() }
        let columns = try columns(of: table)
        let layout = try TableLayout(
            of: table.metadata, columns: columns.columns, named: name, key: table.metadata.keyColumns)
        let place = FilePlace(
            folder: table.metadata.dataFolder, name: "compact-\(IdentifierSource.system.uuid())")
        let writer = DataFileWriter(columns.columns, layout, place, sizes: sizes, store: lakehouse.store)
        do {
            var report = CompactionReport(filesRewritten: chosen.count, deleteFilesRemoved: removable.count)
            report.rowsDropped = try await copy(chosen, deletions, columns.columns, reading, to: writer)
            let files = try await writer.finish()
            report.filesWritten = files.count
            let plan = SnapshotPlan(
                id: IdentifierSource.system.snapshotID(), operation: .rewrite, files: files,
                removing: Set(chosen.map(\.path)).union(removable),
                facts: [TableProperty(LoadFacts.maintenance, "compact")])
            report.snapshotID = plan.id
            try await MaintenanceCommit(lakehouse, time).commit(plan, columns, to: table)
            return report
        } catch let error as NilusError where error.code == .commitUnknown {
            throw error
        } catch {
            await writer.abandon()
            throw error
        }
    }

    /// The delete files that name no row of a data file that stays.
    private static func removable(
        _ survey: TableSurvey, _ named: [[String: Int]], without leaving: Set<String>
    ) -> Set<String> {
        let staying = Set(survey.files.map(\.path)).subtracting(leaving)
        return Set(
            zip(survey.deletes, named).filter { _, counts in counts.keys.allSatisfy { !staying.contains($0) } }
                .map(\.0.path))
    }

    private func columns(of table: CatalogTable) throws(NilusError) -> SchemaEvolution {
        var fields: [Field] = []
        for field in table.metadata.currentSchema.fields {
            guard let type = field.fillableType else { throw .columnUnwritable(name, field) }
            fields.append(Field(field.name, type, isRequired: field.isRequired))
        }
        return table.metadata.evolution(toHold: RecordSchema(fields))
    }

    /// Copies the rows that are left.
    ///
    /// - Returns: the number of rows that are not.
    private func copy(
        _ files: [StoredFile], _ deletions: StoredDeletions, _ columns: [MappedColumn], _ reading: FileReading,
        to writer: DataFileWriter
    ) async throws -> Int {
        let wanted = columns.map { ParquetColumn($0) }
        let kept = ColumnBatch(RecordSchema(columns.map(\.batchField)))
        var dropped = 0
        for part in files.parts(of: Self.filesAtOnce) {
            let gone = try await deletions.rows(of: part)
            for file in part {
                let reader = try await reading.open(
                    file.path, sizeBytes: file.sizeBytes, format: file.format, columnCount: columns.count)
                let batches = try reader.batches(of: wanted)
                while let firstRow = try await batches.next() {
                    let batch = batches.batch
                    guard let gone = gone[file.path] else {
                        try await writer.write(batch)
                        continue
                    }
                    let rows = (0..<batch.rowCount).filter { !gone.contains(firstRow + $0) }
                    dropped += batch.rowCount - rows.count
                    kept.removeAll()
                    kept.append(
                        rows, of: batch,
                        positions: batch.columns.map { $0.valuePositions(rowCount: batch.rowCount) })
                    try await writer.write(kept)
                }
            }
        }
        return dropped
    }
}

/// The live files of a table.
struct TableSurvey {
    private(set) var files: [StoredFile] = []
    private(set) var deletes: [StoredDeletes] = []
    private(set) var equalityDeleteCount = 0

    /// `isWanted`: whether data files with such values matter.
    init(
        of table: CatalogTable, in store: any ObjectStore, where isWanted: (FileBounds) -> Bool = { _ in true }
    ) async throws {
        let content = TableFiles(of: table, in: store)
        for manifest in try await content.manifests() {
            try await content.forEachLiveEntry(of: manifest) { entry in
                let sequenceNumber = entry.sequenceNumber ?? 0
                switch entry.file.content {
                case .data where !isWanted(FileBounds(entry.file)): break
                case .data: files.append(StoredFile(entry.file, sequenceNumber: sequenceNumber))
                case .positionDeletes: deletes.append(StoredDeletes(entry.file, sequenceNumber: sequenceNumber))
                case .equalityDeletes: equalityDeleteCount += 1
                }
            }
        }
        files.sort { $0.path.precedesByBytes($1.path) }
    }
}

extension NilusError {
    fileprivate static func equalityDeletes(_ table: TableName, _ count: Int) -> NilusError {
        NilusError(
            .load, .sinkRefused,
            "cannot compact table '\(table)': it has \(count) equality delete file\(count == 1 ? "" : "s") of another "
                + "engine; compact it with that engine")
    }

    fileprivate static func columnUnwritable(_ table: TableName, _ field: IcebergField) -> NilusError {
        NilusError(
            .load, .sinkRefused,
            "cannot compact table '\(table)': column '\(field.name)' is of type \(field.type), which this program does "
                + "not write; compact it with the engine that fills it")
    }
}
