package import Records

/// How the columns of a load find their place in an existing table.
///
/// A name is looked up as it is, then without regard to letter case when that finds one column: Spark
/// and Hive ignore case, and a second column that differs in case alone would make a table useless to
/// them. A name that no column has any more finds the column that was renamed, see
/// ``TableMetadata/renamedColumns(of:)``. A column that is found keeps the table's type; one that is not
/// is added as an optional one.
package struct SchemaEvolution: Sendable {
    /// The schema after the load: the table's own, or a new version with more columns.
    package let schema: IcebergSchema
    /// The columns that can be filled, in the order of the load.
    package let columns: [MappedColumn]
    /// The columns that the table does not have yet.
    package let added: [Field]
    /// The columns that the table cannot take.
    package let refused: [RefusedColumn]
    /// Columns of the table that demand a value and have no counterpart in the load.
    package let unfilledRequired: [String]
    /// The highest field id after the load.
    package let lastColumnID: Int
    /// The version of the table's schema that was looked at.
    package let baseSchemaID: Int

    /// Whether the load needs a new version of the schema.
    package var isChange: Bool { !added.isEmpty }

    /// The columns that have another name in the table than in the load, letter case aside.
    package var renamed: [MappedColumn] {
        columns.filter { $0.wanted.name.lowercased() != $0.field.name.lowercased() }
    }

    /// Whether data files written by this evolution mean the same in another state of the table.
    ///
    /// Every column that was found must still have its id and type, and no other writer may have given
    /// out the ids of the columns to be added.
    package func holds(on table: TableMetadata) -> Bool {
        let fields = Dictionary(table.currentSchema.fields.map { ($0.id, $0) }) { $1 }
        let mapped = columns.filter { $0.fieldID <= lastColumnID - added.count }
        let agrees = mapped.allSatisfy { column in
            fields[column.fieldID]?.type.description == column.field.type.description
        }
        guard isChange else { return agrees }
        return agrees && table.currentSchema.id == baseSchemaID
            && max(table.lastColumnID, table.highestFieldID) == lastColumnID - added.count
    }
}

/// A column of a load and the column of the table that takes it.
package struct MappedColumn: Sendable, Hashable {
    /// The column as the load declares it.
    package let wanted: Field
    /// The id under which data files and metrics know the column.
    package let fieldID: Int
    /// The column with the name, type and requiredness that it has in the table.
    package let field: Field
}

/// A column of a load that the table cannot take, and why.
package struct RefusedColumn: Sendable, Hashable {
    /// The column as the load declares it.
    package let wanted: Field
    /// For example `its type in the table is uuid`.
    package let reason: String
}

extension TableMetadata {
    /// Finds a place for each column of a load.
    package func evolution(toHold columns: RecordSchema) -> SchemaEvolution {
        var mapper = ColumnMapper(
            schema: currentSchema, renamed: renamedColumns(of: columns.names),
            lastColumnID: max(lastColumnID, highestFieldID))
        for field in columns.fields { mapper.place(field) }
        return mapper.result(newSchemaID: (schemas.map(\.id).max() ?? -1) + 1)
    }
}

private struct ColumnMapper {
    let schema: IcebergSchema
    /// The columns of names that the table has no more.
    let renamed: [String: IcebergField]
    var lastColumnID: Int
    private var fields: [IcebergField]
    private var columns: [MappedColumn] = []
    private var added: [Field] = []
    private var refused: [RefusedColumn] = []
    private var takenIDs: Set<Int> = []

    init(schema: IcebergSchema, renamed: [String: IcebergField], lastColumnID: Int) {
        self.schema = schema
        self.renamed = renamed
        self.lastColumnID = lastColumnID
        fields = schema.fields
    }

    mutating func place(_ wanted: Field) {
        let found = fields.named(wanted.name)
        switch found.count {
        case 0: if let field = renamed[wanted.name] { map(wanted, to: field) } else { add(wanted) }
        case 1: map(wanted, to: found[0])
        default:
            let names = found.map { "'\($0.name)'" }.joined(separator: " and ")
            refused.append(RefusedColumn(wanted: wanted, reason: "the table has \(names)"))
        }
    }

    private mutating func map(_ wanted: Field, to field: IcebergField) {
        guard case .column(let tableType) = field.type else {
            refused.append(RefusedColumn(wanted: wanted, reason: "its type in the table is \(field.type)"))
            return
        }
        guard takenIDs.insert(field.id).inserted else {
            refused.append(RefusedColumn(wanted: wanted, reason: "column '\(field.name)' of the table is taken"))
            return
        }
        // The table does not know which of its strings are JSON text; the load does.
        let type = tableType == .text && wanted.type == .json ? .json : tableType
        let column = Field(field.name, type, isRequired: field.isRequired)
        columns.append(MappedColumn(wanted: wanted, fieldID: field.id, field: column))
    }

    private mutating func add(_ wanted: Field) {
        lastColumnID += 1
        let field = IcebergField(id: lastColumnID, name: wanted.name, type: wanted.type)
        fields.append(field)
        takenIDs.insert(field.id)
        let column = Field(wanted.name, wanted.type)
        added.append(column)
        columns.append(MappedColumn(wanted: wanted, fieldID: field.id, field: column))
    }

    func result(newSchemaID: Int) -> SchemaEvolution {
        let evolved = IcebergSchema(
            id: newSchemaID, fields: fields, identifierFieldIDs: schema.identifierFieldIDs, extending: schema.json)
        let unfilled = schema.fields.filter { $0.isRequired && !takenIDs.contains($0.id) }
        return SchemaEvolution(
            schema: added.isEmpty ? schema : evolved, columns: columns, added: added, refused: refused,
            unfilledRequired: unfilled.map(\.name), lastColumnID: lastColumnID, baseSchemaID: schema.id)
    }
}
