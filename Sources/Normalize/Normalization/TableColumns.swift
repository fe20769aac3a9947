package import Extraction
package import Records

/// The columns that an endpoint's declared fields become.
package enum TableColumns {
    /// The schema of a new table: declared fields in order, then the system columns.
    package static func declared(
        by endpoint: Endpoint, naming: ColumnNaming, keepsHistory: Bool = false
    ) -> RecordSchema {
        var schema = RecordSchema([])
        for field in endpoint.fields {
            let name = naming.name(field.name)
            if schema.field(named: name) == nil { schema.append(Field(name, type(of: field.kind))) }
        }
        for field in SystemColumns.all + (keepsHistory ? SystemColumns.history : []) { schema.append(field) }
        return schema
    }

    /// The type of a column that this program creates.
    static func type(of kind: ValueKind) -> FieldType {
        switch kind {
        case .text: .text
        case .integer: .long
        case .real: .double
        case .boolean: .boolean
        case .timestamp: .timestampWithZone
        case .decimal: .decimal(precision: 38, scale: 12)
        case .json: .json
        }
    }
}
