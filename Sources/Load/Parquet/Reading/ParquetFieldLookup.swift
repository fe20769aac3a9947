/// What a table knows of columns that its files do not tell by themselves.
package struct ParquetFieldLookup: Sendable, Hashable {
    /// The ids of columns by the names that they have in files without ids; `nil` when the table maps no names.
    package let idsByName: [String: Int32]?
    /// Columns that a writer may leave out of a file because its place tells their value.
    package let derivedIDs: Set<Int32>

    package init(idsByName: [String: Int32]? = nil, derivedIDs: Set<Int32> = []) {
        self.idsByName = idsByName
        self.derivedIDs = derivedIDs
    }

    /// The columns of a file with the ids that the table gives them, where the file has none at all.
    func identify(_ columns: [ParquetFileColumn]) -> [ParquetFileColumn] {
        guard let idsByName, columns.allSatisfy({ $0.fieldID == nil }) else { return columns }
        return columns.map { column in
            var column = column
            column.fieldID = idsByName[column.name]
            return column
        }
    }

    /// Why no value may be assumed for a column that a file of some columns lacks; `nil` when it is null there.
    func doubt(about wanted: ParquetColumn, in columns: [ParquetFileColumn]) -> String? {
        if derivedIDs.contains(wanted.fieldID) { return "its values are told by the place of the file only" }
        guard idsByName == nil, columns.allSatisfy({ $0.fieldID == nil }) else { return nil }
        return "the file has no field ids and the table no name mapping"
    }
}
