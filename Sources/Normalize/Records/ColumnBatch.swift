/// Records of one schema in column form: at most a page of them, reused from page to page.
package final class ColumnBatch {
    package private(set) var schema: RecordSchema
    /// One column for each field, in schema order.
    package private(set) var columns: [Column]
    package private(set) var rowCount = 0

    package init(_ schema: RecordSchema) {
        self.schema = schema
        columns = schema.fields.map { Column($0.type) }
    }

    /// Adds a row without values and returns its position.
    package func addRow() -> Int {
        rowCount += 1
        return rowCount - 1
    }

    /// Adds so many rows, whose values the columns have already or get next.
    package func addRows(_ count: Int) {
        rowCount += count
    }

    /// Adds a column that has no value in the rows so far and returns its position.
    package func addColumn(_ field: Field) -> Int {
        schema.append(field)
        columns.append(Column(field.type))
        return columns.count - 1
    }

    /// Drops all rows and keeps the columns and their memory.
    package func removeAll() {
        for column in columns { column.removeAll() }
        rowCount = 0
    }
}
