import Iceberg
import NilusCore
import Parquet

/// A file of another engine that says by their values which rows are gone.
///
/// - SeeAlso: Iceberg Table Spec, "Equality Delete Files".
struct EqualityDeletes {
    /// The file itself.
    let file: StoredFile
    /// The columns that are compared, by ascending id; columns that are not read are left out.
    let columns: [ParquetColumn]
    /// Whether rows of all partitions go.
    let isGlobal: Bool
    /// Why the values are not read; `nil` when they are.
    private let obstacle: String?

    /// A delete file of a table in a state.
    ///
    /// Columns that the table has no more are looked up in its earlier schemas: the deletions still count.
    init(_ entry: ManifestEntry, of table: TableMetadata) {
        file = StoredFile(entry.file, sequenceNumber: entry.sequenceNumber ?? 0)
        isGlobal =
            table.partitionSpec(withID: entry.file.partition.specID)?.isUndivided
            ?? entry.file.partition.values.isEmpty
        var columns: [ParquetColumn] = []
        var obstacle = (entry.file.equalityIDs ?? []).isEmpty ? "no columns" : nil
        for id in Set(entry.file.equalityIDs ?? []).sorted() {
            let field = table.fields(withID: Int(id)).first
            if let field, let type = field.fillableType {
                columns.append(ParquetColumn(name: field.name, type: type, fieldID: id))
            } else {
                obstacle = field.map { "column '\($0.name)' of type \($0.type)" } ?? "a nested column of id \(id)"
            }
        }
        self.columns = columns
        self.obstacle = obstacle
    }

    /// Whether rows of a data file may be deleted here.
    ///
    /// - SeeAlso: Iceberg Table Spec, "Scan Planning": older data of the same partition, or of any where the delete
    ///   file has none.
    func mayApply(to data: StoredFile) -> Bool {
        data.sequenceNumber < file.sequenceNumber && (isGlobal || data.partition == file.partition)
    }

    /// - Throws: `sinkRefused` (terminal) when the values are not read.
    func check() throws(NilusError) {
        if let obstacle { throw .equalityUnread(file.path, obstacle) }
    }
}

extension TableMetadata {
    /// The column of an id as the schemas have it, the current one first, then the newer ones.
    fileprivate func fields(withID id: Int) -> [IcebergField] {
        ([currentSchema] + schemas.reversed()).compactMap { $0.fields.first { $0.id == id } }
    }
}

extension NilusError {
    fileprivate static func equalityUnread(_ path: String, _ columns: String) -> NilusError {
        NilusError(
            .load, .sinkRefused,
            "cannot tell which rows '\(path)' deletes: it compares \(columns), which this program does not read; compact "
                + "the table with the engine that wrote the file")
    }
}

extension PartitionSpec {
    /// Whether all rows are in one partition.
    var isUndivided: Bool { fields.allSatisfy { $0.transform == .void } }
}
