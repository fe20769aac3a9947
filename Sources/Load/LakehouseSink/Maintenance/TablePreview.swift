import Iceberg
import IcebergCatalog
import Loading
import NilusCore
import ObjectStorage
import Parquet
import Records

/// The first rows of a table, as text.
package struct TablePreview: Sendable, Hashable {
    package internal(set) var columns: [String]
    /// A value for each column; `nil` where there is none.
    package internal(set) var rows: [[String?]] = []
    /// Columns whose types are not read.
    package internal(set) var unread: [String] = []
}

/// Reads a few rows of a table, leaving out deleted ones.
struct PreviewReader {
    let store: any ObjectStore

    func read(_ table: CatalogTable, rowCount: Int) async throws -> TablePreview {
        let survey = try await TableSurvey(of: table, in: store)
        let fields = table.metadata.currentSchema.fields
        let readable = fields.compactMap { field -> ParquetColumn? in
            guard let type = field.fillableType else { return nil }
            return ParquetColumn(name: field.name, type: type, fieldID: Int32(truncatingIfNeeded: field.id))
        }
        var preview = TablePreview(columns: readable.map(\.name))
        preview.unread = fields.filter { $0.fillableType == nil }.map(\.name)
        let reading = FileReading(store: store, of: table.metadata)
        let deletions = StoredDeletions(
            positions: survey.deletes, values: survey.equalityDeletes, reading: reading)
        for file in survey.files where preview.rows.count < rowCount {
            let reader = try await reading.open(file, columnCount: readable.count)
            let gone = try await deletions.rows(of: CollectionOfOne(file))[file.path] ?? RowSet()
            let batches = try reader.batches(of: readable)
            while preview.rows.count < rowCount, let firstRow = try await batches.next() {
                take(batches.batch, firstRow, gone, rowCount, into: &preview)
            }
        }
        return preview
    }

    private func take(
        _ batch: ColumnBatch, _ firstRow: Int, _ gone: RowSet, _ rowCount: Int, into preview: inout TablePreview
    ) {
        var cursors = batch.columns.map { ValueCursor($0) }
        for row in 0..<batch.rowCount {
            let values = cursors.indices.map { cursors[$0].advance(to: row)?.text(of: batch.columns[$0].type) }
            if !gone.contains(firstRow + row) { preview.rows.append(values) }
            if preview.rows.count == rowCount { return }
        }
    }
}

extension ColumnValue {
    /// The value as people read it.
    fileprivate func text(of type: FieldType) -> String {
        switch (self, type) {
        case (.integer(let number), .boolean): number == 0 ? "false" : "true"
        case (.integer(let number), .timestamp), (.integer(let number), .timestampWithZone):
            Timestamp(microseconds: number).description
        case (.integer(let number), .date):
            String((Timestamp(seconds: number &* 86_400)?.description ?? String(number)).prefix(10))
        case (.integer(let number), _): String(number)
        case (.double(let number), _): String(number)
        case (.decimal(let unscaled), .decimal(_, let scale)): Self.decimal(unscaled, scale: scale)
        case (.decimal(let unscaled), _): String(unscaled)
        case (.text(let bytes), _): String(decoding: bytes, as: UTF8.self)
        }
    }

    private static func decimal(_ unscaled: Int128, scale: Int) -> String {
        guard scale > 0 else { return String(unscaled) }
        let digits = String(unscaled.magnitude)
        let padded = String(repeating: "0", count: max(0, scale + 1 - digits.count)) + digits
        return "\(unscaled < 0 ? "-" : "")\(padded.dropLast(scale)).\(padded.suffix(scale))"
    }
}
