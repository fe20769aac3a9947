import JSON

/// What the table tells of columns that data files of other engines do not.
extension TableMetadata {
    /// The property that names the columns of files without field ids.
    private static let nameMappingProperty = "schema.name-mapping.default"

    /// The ids of the top-level columns by their names in files without ids; `nil` when the table maps no names, or
    /// not in a way that can be understood.
    ///
    /// Source: Iceberg specification, "Name Mapping Serialization".
    package var fieldIDsByName: [String: Int]? {
        guard let text = properties[Self.nameMappingProperty],
            let fields = (try? JSONValue(parsing: text.utf8))?.array
        else { return nil }
        var ids: [String: Int] = [:]
        for field in fields {
            guard let id = field["field-id"]?.integer else { continue }
            for name in field["names"]?.array ?? [] { name.string.map { ids[$0] = Int(id) } }
        }
        return ids
    }
}
