import Parquet
import Records

/// Finds the rows of a file whose keys are among those of a merge, reading nothing but key columns.
struct RowSearch {
    private let columns: KeyColumns
    /// The columns of the key in a file.
    let wanted: [ParquetColumn]
    /// The columns of the key and, after them, the one of the creation moment.
    let wantedWithMoment: [ParquetColumn]

    init(_ columns: KeyColumns) {
        self.columns = columns.alone
        wanted = columns.parts.map(ParquetColumn.init)
        wantedWithMoment = wanted + (columns.created.map { [ParquetColumn($0)] } ?? [])
    }

    /// The positions of the rows, ascending.
    ///
    /// `rowCount`: rows that are looked at, from the first on; `nil` for all.
    func positions(
        of keys: KeySet, in file: ParquetFileReader, rowGroups: [Int]? = nil, first rowCount: Int? = nil
    ) async throws -> [Int64] {
        var found: [Int64] = []
        var rowKeys = RowKeys(columns)
        let rows = try file.batches(of: wanted, inRowGroups: rowGroups)
        while let firstRow = try await rows.next() {
            if let rowCount, firstRow >= rowCount { break }
            rowKeys.forEach(in: rows.batch) { row, key, _ in
                guard let key, keys.contains(key), firstRow + row < rowCount ?? .max else { return }
                found.append(Int64(firstRow + row))
            }
        }
        return found
    }
}

extension ParquetColumn {
    init(_ part: KeyColumns.Part) {
        self.init(name: part.field.name, type: part.field.type, fieldID: Int32(truncatingIfNeeded: part.fieldID))
    }
}

extension KeyColumns {
    /// The same key in batches that hold its parts and nothing else.
    var alone: KeyColumns {
        KeyColumns(
            parts: parts.enumerated().map { Part(index: $0, fieldID: $1.fieldID, field: $1.field) }, created: nil)
    }

    /// The same key in batches that hold its parts and, after them, the creation moment.
    var aloneWithMoment: KeyColumns {
        KeyColumns(
            parts: alone.parts,
            created: created.map { Part(index: parts.count, fieldID: $0.fieldID, field: $0.field) })
    }
}
