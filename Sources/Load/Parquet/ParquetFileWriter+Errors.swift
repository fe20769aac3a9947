import NilusCore
import Records

extension ParquetFileWriter {
    /// Adds one column of a batch and words what goes wrong with it.
    func append(_ values: Column, of batch: ColumnBatch, to writer: ColumnChunkWriter) throws {
        do {
            try writer.append(values, rowCount: batch.rowCount)
        } catch let missing as MissingValue {
            throw NilusError.requiredValueMissing(column: writer.column, row: rowCount + missing.row)
        } catch let misfit as MisfitValue {
            let row = rowCount + values.row(ofValue: misfit.position)
            throw NilusError.valueMisfit(misfit.description, column: writer.column, row: row)
        }
    }
}

extension ParquetFileWriter {
    /// Refuses batches that are not of the file's columns: a mistake of the caller.
    func requireShape(of batch: ColumnBatch) throws {
        guard batch.columns.count >= columns.count else {
            throw NilusError.defect(
                .load, "a batch of \(batch.columns.count) columns came to a file of \(columns.count)")
        }
        for (values, writer) in zip(batch.columns, columns) where !writer.column.type.holds(values.type) {
            throw NilusError.defect(
                .load, "column '\(writer.column.name)' of type '\(writer.column.type)' got values of '\(values.type)'")
        }
    }
}

extension FieldType {
    /// Whether values of the other type may be written to a column of this one as they are.
    fileprivate func holds(_ other: FieldType) -> Bool {
        self == other || (storage == .text && other.storage == .text)
    }
}

extension Column {
    /// The row of the value at the given position among the present ones.
    fileprivate func row(ofValue position: Int) -> Int {
        var present = 0
        for (row, isPresent) in presence.enumerated() where isPresent != 0 {
            if present == position { return row }
            present += 1
        }
        return presence.count
    }
}

extension NilusError {
    /// A row, counted from zero in its file, has no value where the table demands one.
    fileprivate static func requiredValueMissing(column: ParquetColumn, row: Int) -> NilusError {
        NilusError(
            .load, .schemaConflict,
            "cannot write row \(row) of column '\(column.name)': it has no value; the table requires one")
    }

    /// A row, counted from zero in its file, has a value that the column's type cannot hold.
    fileprivate static func valueMisfit(_ value: String, column: ParquetColumn, row: Int) -> NilusError {
        NilusError(
            .load, .schemaConflict,
            "cannot write row \(row) of column '\(column.name)': \(value) does not fit; the table's type is '\(column.type)'"
        )
    }
}
