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
    let scope: CompactionScope
    let time: TimeSource

    /// Files whose deleted rows are looked up together: a bit for each row, so some 4 MiB for 32 million rows.
    private static let filesAtOnce = 64

    /// - Throws: `sinkRefused` (terminal) when there is no such table, or it holds what is not read or written here:
    ///   columns of nested types, deletions by values of such columns, files that are not Parquet. `commitConflict`
    ///   (transient) when others changed what was written anew.
    func run(on table: CatalogTable) async throws -> CompactionReport {
        let survey = try await TableSurvey(of: table, in: lakehouse.store).narrowed(to: scope)
        let reading = FileReading(store: lakehouse.store, of: table.metadata)
        let deletions = StoredDeletions(
            positions: survey.deletes, values: survey.equalityDeletes, reading: reading)
        var named: [[String: Int]] = []
        for deletes in survey.deletes { named.append(try await deletions.counts(in: deletes)) }
        let counts = named.reduce(into: try await deletedByValues(survey, reading)) {
            $0.merge($1, uniquingKeysWith: +)
        }
        let sizes = sizes.following(table.metadata)
        let chosen = CompactionChoice(among: survey.files, deletedCounts: counts, sizes: sizes).files
        let removable = removable(survey, named, without: Set(chosen.map(\.path)))
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

    /// The numbers of rows that are deleted by their values, by the location of the data file.
    private func deletedByValues(_ survey: TableSurvey, _ reading: FileReading) async throws -> [String: Int] {
        guard !survey.equalityDeletes.isEmpty else { return [:] }
        let deletions = StoredDeletions(positions: [], values: survey.equalityDeletes, reading: reading)
        var counts: [String: Int] = [:]
        for part in survey.files.parts(of: Self.filesAtOnce) {
            counts.merge(try await deletions.rows(of: part).mapValues(\.count)) { $1 }
        }
        return counts
    }

    /// The delete files that delete no row of a data file that stays.
    ///
    /// Those that delete by values all go: files with such rows do not stay, and later ones are not concerned. Only
    /// those that concern all partitions outlive the compaction of a few.
    private func removable(
        _ survey: TableSurvey, _ named: [[String: Int]], without leaving: Set<String>
    ) -> Set<String> {
        let staying = Set(survey.files.map(\.path)).subtracting(leaving)
        let byValues = survey.equalityDeletes.filter { scope == .table || !$0.isGlobal }
        return Set(
            zip(survey.deletes, named).filter { _, counts in counts.keys.allSatisfy { !staying.contains($0) } }
                .map(\.0.path) + byValues.map(\.file.path))
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
                let reader = try await reading.open(file, columnCount: columns.count)
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
    var files: [StoredFile] = []
    var deletes: [StoredDeletes] = []
    /// Files of other engines that delete rows by their values.
    var equalityDeletes: [EqualityDeletes] = []

    /// `isWanted`: whether data files with such values matter.
    init(
        of table: CatalogTable, in store: any ObjectStore, where isWanted: (FileBounds) -> Bool = { _ in true }
    ) async throws {
        let content = TableFiles(of: table, in: store)
        for manifest in try await content.manifests() {
            try await content.forEachLiveEntry(of: manifest) { entry in
                switch entry.file.content {
                case .data where !isWanted(FileBounds(entry.file)): break
                case .data: files.append(try StoredFile(entry, of: table.metadata))
                case .positionDeletes:
                    deletes.append(StoredDeletes(entry.file, sequenceNumber: entry.sequenceNumber ?? 0))
                case .equalityDeletes: equalityDeletes.append(EqualityDeletes(entry, of: table.metadata))
                }
            }
        }
        files.sort { $0.path.precedesByBytes($1.path) }
    }
}

extension NilusError {
    fileprivate static func columnUnwritable(_ table: TableName, _ field: IcebergField) -> NilusError {
        NilusError(
            .load, .sinkRefused,
            "cannot compact table '\(table)': column '\(field.name)' is of type \(field.type), which this program does "
                + "not write; compact it with the engine that fills it")
    }
}
