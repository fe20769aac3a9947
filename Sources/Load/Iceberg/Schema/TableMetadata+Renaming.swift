/// Which columns of a table were renamed.
extension TableMetadata {
    /// The columns that names of a load mean, of names that no column of the table has any more.
    ///
    /// A table knows a column by its id, and a name is what people call it today: where another engine renamed a
    /// column its values are still those that the load has under the old name. The old name is found in the earlier
    /// schemas of the table, the newest that has it first, then among the names that the table's name mapping keeps.
    ///
    /// A column is passed over when it was dropped since, when another of the names is its name now, and when its
    /// values cannot be filled. So a load fills a new column of the old name as soon as somebody adds one. The ids of
    /// `identifier-field-ids` say nothing here: they tell that a column identifies rows, not what it was called.
    ///
    /// - Parameter names: the columns of a load; where two mean one column, the first has it.
    /// - Returns: the columns as they are now, by their old names.
    package func renamedColumns(of names: [String]) -> [String: IcebergField] {
        var taken = Set(names.flatMap { currentSchema.fields.named($0) }.map(\.id))
        var found: [String: IcebergField] = [:]
        for name in names where currentSchema.fields.named(name).isEmpty {
            guard let id = formerID(of: name), let field = currentSchema.fields.first(where: { $0.id == id }),
                case .column = field.type, taken.insert(id).inserted
            else { continue }
            found[name] = field
        }
        return found
    }

    /// The id of the column that had a name last.
    private func formerID(of name: String) -> Int? {
        for schema in schemas.reversed() {
            let fields = schema.fields.named(name)
            if !fields.isEmpty { return fields.count == 1 ? fields[0].id : nil }
        }
        return fieldIDsByName?[name]
    }
}

extension [IcebergField] {
    /// The columns that a name means: the one that has it as it is, else those that differ in letter case alone.
    func named(_ name: String) -> [IcebergField] {
        if let exact = first(where: { $0.name == name }) { return [exact] }
        let folded = name.lowercased()
        return filter { $0.name.lowercased() == folded }
    }
}
