import Iceberg
import IcebergCatalog
import JSON
import Loading
import NilusCore
import ObjectStorage
import Parquet
import Records

@testable import LakehouseSink

/// What other engines do to the tests' table.
extension LakehouseUnderTest {
    static let idColumn = ParquetColumn(name: "id", type: .text, fieldID: 1)
    static let createdColumn = ParquetColumn(name: "created", type: .timestampWithZone, fieldID: 2)
    static let versionColumn = ParquetColumn(name: "version", type: .long, fieldID: 3)

    /// A file that another engine wrote, with whatever columns it likes; it is in no table yet.
    ///
    /// `equalityIDs`: the columns by which rows are deleted, when the file does that.
    func theirFile(
        _ columns: [ParquetColumn], _ rows: [[SingleValue?]], in partition: FilePartition = .unpartitioned,
        deletingBy equalityIDs: [Int32]? = nil
    ) async throws -> DataFile {
        let batch = ColumnBatch(RecordSchema(columns.map { Field($0.name, $0.type) }))
        for row in rows {
            let index = batch.addRow()
            for (column, value) in zip(batch.columns, row) { column.set(value, at: index) }
        }
        let path = "\(try await head().metadata.dataFolder)/theirs-\(IdentifierSource.system.uuid()).parquet"
        let upload = try await files.upload(to: path)
        let writer = ParquetFileWriter(
            columns: columns, options: ParquetOptions(createdBy: "theirs"), scratch: ParquetScratch(),
            output: { try upload.append($0) })
        try writer.append(batch)
        let summary = try writer.finish()
        try await upload.complete()
        var file = DataFile(
            content: equalityIDs == nil ? .data : .equalityDeletes, path: path, partition: partition,
            recordCount: Int64(rows.count), sizeBytes: Int64(summary.byteCount))
        file.equalityIDs = equalityIDs
        return file
    }

    /// Makes a new version of the table's columns.
    func evolve(_ change: ([IcebergField]) -> [IcebergField]) async throws {
        let table = try await head()
        let schema = IcebergSchema(id: 0, fields: change(table.metadata.currentSchema.fields))
        _ = try await catalog.commit(
            TableChange(
                requirements: [],
                updates: [
                    .addSchema(schema, lastColumnID: table.metadata.lastColumnID),
                    .setCurrentSchema(TableUpdate.lastAdded),
                ]), to: table)
    }

    /// Adds a column of a type that only other engines fill.
    func addUnreadable(_ name: String) async throws {
        let table = try await head()
        var json = table.metadata.currentSchema.json
        let column: JSONValue = ["id": 4, "name": .string(name), "required": false, "type": "uuid"]
        json["fields"] = .array((json["fields"]?.array ?? []) + [column])
        var document = table.metadata.document
        document["schemas"] = [.object(json)]
        let schema = try TableMetadata(document, file: "test").currentSchema
        try await evolve { _ in schema.fields }
    }

    func rename(_ name: String, to new: String) async throws {
        try await evolve { fields in
            fields.map { field in
                guard field.name == name, let type = field.fillableType else { return field }
                return IcebergField(id: field.id, name: new, type: type)
            }
        }
    }

    /// The rows as `nilus table preview` shows them, sorted; without a value a column shows as `-`.
    func preview() async throws -> [String] {
        try await maintenance().preview(Self.table, rowCount: 1_000).rows.map { row in
            row.map { $0 ?? "-" }.joined(separator: " ")
        }.sorted()
    }
}

extension Column {
    fileprivate func set(_ value: SingleValue?, at row: Int) {
        switch value {
        case nil: break
        case .integer(let number): set(number, inRow: row)
        case .double(let number): set(number, inRow: row)
        case .decimal(let number): set(number, inRow: row)
        case .text(let bytes), .bytes(let bytes): bytes.withUnsafeBytes { set($0, inRow: row) }
        }
    }
}

extension SingleValue: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral {
    package init(stringLiteral text: String) { self = .text(Array(text.utf8)) }
    package init(integerLiteral number: Int64) { self = .integer(number) }
}
