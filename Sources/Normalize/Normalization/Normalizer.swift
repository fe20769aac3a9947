package import Extraction
import JSON
package import NilusCore
package import Records

/// Turns pages of one endpoint into typed batches; nothing is lost and no value makes it fail.
///
/// Used by one task, whose batch it reuses. A field that is not declared becomes a column of its own; a value that its column
/// cannot hold goes to `_nilus_extra` as received and is counted.
package struct Normalizer {
    private let naming: ColumnNaming
    private let unfillable: Set<String>
    private let primaryKey: [UInt8]
    private let loadID: [UInt8]
    private let rowIDs: RowIdentity
    private let batch: ColumnBatch
    /// The batch's columns, at hand without asking it.
    private var columns: [Column]
    private let systemColumns: (loadID: Column, rowID: Column, extra: Column)
    /// Since when versions hold; `nil` when the table is to keep one version only.
    private let validFrom: Column?
    private var plan = FieldPlan()
    private var claimedNames: Set<String> = []
    private var extra = ExtraFields()
    private var scratch: [UInt8] = []
    private var newColumns = 0
    package private(set) var report = NormalizeReport()

    /// Columns that one load may add to a table; fields beyond go to `_nilus_extra`.
    package static let maximumNewColumns = 100

    /// Prepares to fill a table.
    ///
    /// `table` are the columns to fill, with their types; `unfillable` names further columns of the table that
    /// cannot be filled; `account` is the one that row ids are computed for, empty when it is unknown;
    /// `keepsHistory` tells whether rows are versions that hold from the moment of their read on.
    ///
    /// - Throws: `schemaConflict` (terminal) when the table's system columns are of other types.
    package init(
        _ endpoint: Endpoint, table: RecordSchema, unfillable: Set<String>, naming: ColumnNaming, loadID: String,
        account: String, keepsHistory: Bool = false
    ) throws(NilusError) {
        self.naming = naming
        self.unfillable = Set(unfillable.map { $0.lowercased() })
        self.loadID = Array(loadID.utf8)
        primaryKey = Array(endpoint.primaryKey.utf8)
        rowIDs = RowIdentity(account: account, endpoint: endpoint.name)
        batch = ColumnBatch(table)
        columns = batch.columns
        systemColumns = (
            try Self.column(SystemColumns.loadID, in: batch), try Self.column(SystemColumns.rowID, in: batch),
            try Self.column(SystemColumns.extra, in: batch)
        )
        validFrom = keepsHistory ? try Self.column(SystemColumns.validFrom, in: batch) : nil
        claimedNames = Set((SystemColumns.all + SystemColumns.history).map(\.name))
        for field in endpoint.fields {
            plan.add(key: field.name.utf8, target(ofField: field.name, kind: field.kind) ?? .extra)
        }
    }

    /// Converts the rows of a page.
    ///
    /// - Returns: the batch of this normalizer, valid until the next call; columns for fields met for the
    ///   first time are at its end.
    package mutating func normalize(_ page: Page) -> ColumnBatch {
        batch.removeAll()
        for row in page.rows { normalize(row, of: page) }
        withExtendedLifetime(page) {}
        report.rows += batch.rowCount
        return batch
    }

    private mutating func normalize(_ object: JSONElement, of page: Page) {
        let row = batch.addRow()
        plan.restart()
        extra.removeAll()
        for field in object.fields {
            if field.key.count == primaryKey.count, field.key.elementsEqual(primaryKey) { setRowID(field.value, row) }
            place(field.key, field.value, row)
        }
        loadID.withUnsafeBytes { systemColumns.loadID.set($0, inRow: row) }
        validFrom?.set(page.moment &* 1_000_000, inRow: row)
        extra.finish(into: systemColumns.extra, row: row)
    }

    private mutating func place(_ key: UnsafeRawBufferPointer, _ value: JSONElement, _ row: Int) {
        guard let target = plan.target(of: key) ?? (value.kind == .null ? nil : planUndeclared(key, value)),
            value.kind != .null
        else { return }
        if case .column(let index, let conversion) = target {
            let column = columns[index]
            if !column.hasValue(inRow: row), conversion.set(value, in: column, row: row, scratch: &scratch) { return }
            report.misfits[batch.schema.fields[index].name, default: 0] += 1
        } else {
            report.withoutColumn += 1
        }
        extra.add(key, value)
    }

    private func setRowID(_ value: JSONElement, _ row: Int) {
        guard value.kind == .string, !systemColumns.rowID.hasValue(inRow: row) else { return }
        rowIDs.withID(ofKey: value.quotedBytes) { systemColumns.rowID.set($0, inRow: row) }
    }

    /// Decides, once for each key, where an undeclared field goes.
    private mutating func planUndeclared(_ key: UnsafeRawBufferPointer, _ value: JSONElement) -> FieldPlan.Target {
        var target = FieldPlan.Target.extra
        if let name = JSONElement.unescaped(key) {
            target = self.target(ofField: name, kind: nil) ?? addColumn(forField: name, value) ?? .extra
        }
        plan.add(key: key, target)
        return target
    }

    /// The existing column of a field, unless another field has it.
    private mutating func target(ofField field: String, kind: ValueKind?) -> FieldPlan.Target? {
        let name = naming.name(field)
        guard let index = batch.schema.fields.firstIndex(where: { $0.name == name }),
            claimedNames.insert(name).inserted
        else { return nil }
        return .column(index, Conversion(of: kind, to: batch.schema.fields[index].type))
    }

    private mutating func addColumn(forField field: String, _ value: JSONElement) -> FieldPlan.Target? {
        let name = naming.name(field)
        let isTaken = batch.schema.fields.contains { $0.name.lowercased() == name.lowercased() }
        guard !name.isEmpty, !isTaken, !unfillable.contains(name.lowercased()), newColumns < Self.maximumNewColumns
        else { return nil }
        newColumns += 1
        claimedNames.insert(name)
        let kind = Self.kind(of: value)
        let type = TableColumns.type(of: kind)
        let index = batch.addColumn(Field(name, type))
        columns = batch.columns
        report.newColumns.append("\(name) \(type)")
        return .column(index, Conversion(of: kind, to: type))
    }

    /// What an undeclared field holds, judged by its first value.
    private static func kind(of value: JSONElement) -> ValueKind {
        switch value.kind {
        case .string: .text
        case .boolean: .boolean
        case .number: value.integer == nil ? .real : .integer
        case .object, .array, .null: .json
        }
    }

    private static func column(_ field: Field, in batch: ColumnBatch) throws(NilusError) -> Column {
        let index = batch.schema.fields.firstIndex { $0.name == field.name && $0.type.canHold(field.type) }
        guard let index else { throw .systemColumnUnusable(field) }
        return batch.columns[index]
    }
}

extension FieldType {
    /// Whether values of a system column's type can be kept: text in any form of text, moments as they are.
    fileprivate func canHold(_ wanted: FieldType) -> Bool {
        wanted.storage == .text ? storage == .text : self == wanted
    }
}

extension NilusError {
    fileprivate static func systemColumnUnusable(_ field: Field) -> NilusError {
        NilusError(
            .normalize, .schemaConflict,
            "cannot fill column '\(field.name)': the table has it with a type that holds no \(field.type); "
                + "use another table, or rename that column and add a new one of its name")
    }
}

/// What normalization met besides what it was told to expect.
package struct NormalizeReport: Sendable, Hashable {
    package var rows = 0
    /// Values that did not fit their column, by column.
    package var misfits: [String: Int] = [:]
    /// Values of fields that have no column and get none, because of the limit or because the name is taken.
    package var withoutColumn = 0
    /// Columns added for fields that nobody declared, as `name type`.
    package var newColumns: [String] = []

    package init() {}
}
