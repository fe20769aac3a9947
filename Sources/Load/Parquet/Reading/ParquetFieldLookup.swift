import Records

/// What a table knows of the columns of a file that the file does not tell by itself.
package struct ParquetFieldLookup: Sendable, Hashable {
    /// The ids of columns by the names that they have in files without ids; `nil` when the table maps no names.
    package let idsByName: [String: Int32]?
    /// The value that all rows of the file share in a column, as its place in the table tells it; `nil` for null.
    ///
    /// Counts where the file does not have the column: tables laid out by Hive leave such columns out of their files.
    package let sharedValues: [Int32: ParquetBound?]

    package init(idsByName: [String: Int32]? = nil, sharedValues: [Int32: ParquetBound?] = [:]) {
        self.idsByName = idsByName
        self.sharedValues = sharedValues
    }

    /// The same names for a file of another place.
    package func sharing(_ values: [Int32: ParquetBound?]) -> ParquetFieldLookup {
        ParquetFieldLookup(idsByName: idsByName, sharedValues: values)
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

    /// What the rows of a file have in a column that it lacks: a value, or null.
    ///
    /// - Throws: why nothing may be assumed.
    func value(of wanted: ParquetColumn, in columns: [ParquetFileColumn]) throws(Doubt) -> ParquetBound? {
        if let shared = sharedValues[wanted.fieldID] {
            guard shared?.isValue(of: wanted.type) ?? true else {
                throw Doubt(reason: "the place of the file tells a value of another type than '\(wanted.type)'")
            }
            return shared
        }
        guard idsByName != nil || columns.contains(where: { $0.fieldID != nil }) else {
            throw Doubt(reason: "the file has no field ids and the table no name mapping")
        }
        return nil
    }

    /// Why no value may be assumed for a column.
    struct Doubt: Error {
        let reason: String
    }
}

extension ParquetBound {
    /// Whether a column of the type can have the value.
    fileprivate func isValue(of type: FieldType) -> Bool {
        switch (self, type.storage) {
        case (.integer, .integers), (.double, .doubles), (.decimal, .decimals), (.bytes, .text): true
        default: false
        }
    }

    /// Gives the value to rows of a column.
    ///
    /// - Precondition: it is a value of the column's type.
    func fill(_ column: Column, rowCount: Int) {
        for row in 0..<rowCount {
            switch self {
            case .integer(let number): column.set(number, inRow: row)
            case .double(let number): column.set(number, inRow: row)
            case .decimal(let number): column.set(number, inRow: row)
            case .bytes(let bytes, _): bytes.withUnsafeBytes { column.set($0, inRow: row) }
            }
        }
    }
}
