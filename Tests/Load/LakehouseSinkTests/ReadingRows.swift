import Iceberg
import IcebergCatalog
import NilusCore
import ObjectStorage
import Parquet
import Records
import Testing

@testable import LakehouseSink

extension LakehouseUnderTest {
    /// The rows that a reader of the table sees, sorted.
    func rows() async throws -> [TestRow] {
        let files = try await liveFiles()
        let deleted = Set(try await deletedRows(files.filter { $0.content == .positionDeletes }))
        var rows: [TestRow] = []
        for file in files where file.content == .data {
            for (position, row) in try await content(of: file).enumerated()
            where !deleted.contains(RowPlace(file: file.path, position: Int64(position))) {
                rows.append(row)
            }
        }
        return rows.sorted()
    }

    struct RowPlace: Hashable {
        let file: String
        let position: Int64
    }

    /// What the delete files name, in their order.
    func deletedRows(_ files: [DataFile]) async throws -> [RowPlace] {
        var places: [RowPlace] = []
        for file in files {
            let batches = try await reader(file).batches(of: PositionDeleteWriter.columns)
            while try await batches.next() != nil {
                var paths = ValueCursor(batches.batch.columns[0])
                var positions = ValueCursor(batches.batch.columns[1])
                for row in 0..<batches.batch.rowCount {
                    let path = String(decoding: try #require(paths.advance(to: row)?.text), as: UTF8.self)
                    places.append(
                        RowPlace(file: path, position: try #require(positions.advance(to: row)?.integer)))
                }
            }
        }
        return places
    }

    private func content(of file: DataFile) async throws -> [TestRow] {
        let columns = try await head().metadata.currentSchema.fields.prefix(3).map { field -> ParquetColumn in
            ParquetColumn(name: field.name, type: try #require(field.fillableType), fieldID: Int32(field.id))
        }
        let batches = try await reader(file).batches(of: columns)
        var rows: [TestRow] = []
        while try await batches.next() != nil {
            var cursors = batches.batch.columns.map { ValueCursor($0) }
            for row in 0..<batches.batch.rowCount {
                let id = cursors[0].advance(to: row)?.text.map { String(decoding: $0, as: UTF8.self) }
                let created = cursors[1].advance(to: row)?.integer.map { $0 / 1_000_000 }
                rows.append(TestRow(id ?? "-", created, cursors[2].advance(to: row)?.integer ?? -1))
            }
        }
        return rows
    }
}
