import Iceberg
import Loading
import NilusCore
import Records

/// The columns that identify a row, and how a row's values in them become one key.
///
/// A key of one text column is the text itself. Otherwise each part is eight bytes (numbers, dates,
/// moments, booleans), sixteen (decimals), or a text after its length in eight bytes, so that no two
/// different rows have the same key.
struct KeyColumns: Hashable {
    /// A column of the key, by its place among the columns of a batch.
    struct Part: Hashable {
        let index: Int
        let fieldID: Int
        let field: Field
    }

    let parts: [Part]
    /// The column that holds when a row was created, when the load declares one.
    let created: Part?

    init(parts: [Part], created: Part?) {
        self.parts = parts
        self.created = created
    }

    /// Finds the columns in the table that a load fills, by the names of the load or by those that the table gave them.
    ///
    /// - Throws: `schemaConflict` (terminal) when there is no such column, or one whose values cannot be compared.
    init(_ key: MergeKey, in columns: [MappedColumn], of table: TableName) throws(NilusError) {
        var parts: [Part] = []
        for name in key.columns {
            guard
                let index = columns.firstIndex(where: { $0.wanted.name == name })
                    ?? columns.firstIndex(where: { $0.field.name == name })
            else {
                throw .keyColumnMissing(name, table, columns.map(\.wanted.name))
            }
            let part = Part(columns[index], at: index)
            switch part.field.type {
            case .float, .double, .json: throw .keyColumnUnusable(name, table, part.field.type)
            default: parts.append(part)
            }
        }
        let created = key.created
            .flatMap { name in columns.firstIndex { $0.wanted.name == name } }
            .map { Part(columns[$0], at: $0) }
        self.init(parts: parts, created: created.flatMap { $0.field.type.storage == .integers ? $0 : nil })
    }

    /// Whether a key is a text as it stands.
    var isPlainText: Bool { parts.count == 1 && parts[0].field.type == .text }
}

extension KeyColumns.Part {
    init(_ column: MappedColumn, at index: Int) {
        self.init(index: index, fieldID: column.fieldID, field: column.field)
    }
}

extension NilusError {
    fileprivate static func keyColumnMissing(_ name: String, _ table: TableName, _ columns: [String]) -> NilusError {
        let hint = Suggestion.closest(to: name, in: columns).map { "; did you mean '\($0)'?" } ?? ""
        return NilusError(
            .load, .schemaConflict,
            "cannot merge into table '\(table)': 'primary-key' names column '\(name)', which it does not have\(hint)")
    }

    fileprivate static func keyColumnUnusable(_ name: String, _ table: TableName, _ type: FieldType) -> NilusError {
        NilusError(
            .load, .schemaConflict,
            "cannot merge into table '\(table)': column '\(name)' of the primary key is of type \(type), whose values "
                + "cannot be told apart reliably; choose columns of text, whole numbers, dates or decimals")
    }
}
