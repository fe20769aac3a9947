import Iceberg
import IcebergCatalog
import Loading
import NilusCore
import Parquet
import Records

/// What the columns of a load mean to the history of its rows, by their places among the columns of a batch.
struct VersionColumns {
    /// The columns that identify an object.
    let key: KeyColumns
    /// Since when a version holds.
    let validFrom: KeyColumns.Part
    /// Until when a version held; without a value it is the current one.
    let validTo: KeyColumns.Part
    private let incidental: Set<String>

    /// Finds the columns in the table that a load fills.
    ///
    /// - Throws: `schemaConflict` (terminal) when the table has the columns of the history with other types, or
    ///   columns that cannot be written, whose values a version would lose when it is closed.
    init(
        _ history: HistoryColumns, key: KeyColumns, in columns: [MappedColumn], of table: CatalogTable,
        _ name: TableName
    ) throws(NilusError) {
        self.key = key
        validFrom = try Self.moment(history.validFrom, columns, name)
        validTo = try Self.moment(history.validTo, columns, name)
        incidental = history.incidental.union([history.validFrom, history.validTo])
        let writable = Set(columns.map(\.fieldID))
        if let lost = table.metadata.currentSchema.fields.first(where: { !writable.contains($0.id) }) {
            throw .versionIncomplete(name, lost)
        }
    }

    /// The places of the columns that tell what an object is like.
    func content(of columns: [MappedColumn]) -> [Int] {
        columns.indices.filter { !incidental.contains(columns[$0].wanted.name) }
    }

    private static func moment(
        _ name: String, _ columns: [MappedColumn], _ table: TableName
    ) throws(NilusError) -> KeyColumns.Part {
        guard let index = columns.firstIndex(where: { $0.wanted.name == name }),
            columns[index].field.type == .timestampWithZone
        else { throw .historyColumnUnusable(name, table) }
        return KeyColumns.Part(columns[index], at: index)
    }
}

extension NilusError {
    fileprivate static func historyColumnUnusable(_ name: String, _ table: TableName) -> NilusError {
        NilusError(
            .load, .schemaConflict,
            "cannot keep the history of table '\(table)': its column '\(name)' is not of type timestamptz; "
                + "use another table, or rename that column and add a new one of its name")
    }

    fileprivate static func versionIncomplete(_ table: TableName, _ field: IcebergField) -> NilusError {
        NilusError(
            .load, .schemaConflict,
            "cannot keep the history of table '\(table)': its column '\(field.name)' of type \(field.type) is not "
                + "written by this program and would be lost when a version ends; use another table")
    }
}
