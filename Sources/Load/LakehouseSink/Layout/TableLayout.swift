import Iceberg
import Loading
import NilusCore
import Records

/// How rows of one load are divided among partitions, and in which order they lie within a file.
struct TableLayout {
    /// A field of the partition spec and where its values come from.
    struct Division {
        let field: PartitionField
        /// The position of the column in the batches of the load.
        let column: Int
        let type: FieldType
    }

    /// A field of the sort order and where its values come from.
    struct Ordering {
        let field: SortField
        let column: Int
        let type: FieldType
    }

    let spec: PartitionSpec
    /// The fields that divide; those that are always null are left out.
    let divisions: [Division]
    let orderings: [Ordering]
    /// The table's sort order, for files that follow it.
    let sortOrder: SortOrder
    /// The ids of the columns by which rows are looked up: files get Bloom filters of them.
    let lookupIDs: Set<Int>
    /// What the user should know.
    let remarks: [String]

    /// The layout that the table has, for batches of the given columns.
    ///
    /// `key`: the names of the columns by which rows are looked up.
    ///
    /// - Throws: `sinkRefused` (terminal) when a partition value cannot be computed.
    init(of table: TableMetadata, columns: [MappedColumn], named name: TableName, key: [String] = []) throws(NilusError)
    {
        spec = table.defaultSpec
        lookupIDs = Set(
            columns.filter {
                (key.contains($0.wanted.name) || key.contains($0.field.name)) && $0.field.type.canBeLookedUp
            }.map(\.fieldID))
        var divisions: [Division] = []
        for field in spec.fields where field.transform != .void {
            guard let (column, type) = Self.source(field.sourceID, columns), field.transform.takes(type) else {
                throw .partitionUncomputable(field, table, name)
            }
            divisions.append(Division(field: field, column: column, type: type))
        }
        self.divisions = divisions
        let order = table.defaultSortOrder
        let orderings = order.fields.compactMap { field -> Ordering? in
            guard let (column, type) = Self.source(field.sourceID, columns), field.transform.takes(type) else {
                return nil
            }
            return Ordering(field: field, column: column, type: type)
        }
        let isFollowed = orderings.count == order.fields.count
        self.orderings = isFollowed ? orderings : []
        sortOrder = order
        remarks =
            isFollowed
            ? []
            : [
                "the sort order of table '\(name)' has a column or transform that this program cannot compute; "
                    + "its files are written unsorted"
            ]
    }

    /// Whether rows can go to a file as they come.
    var isPlain: Bool { divisions.isEmpty && orderings.isEmpty }

    /// Whether files of this layout mean the same in another state of the table.
    func holds(on table: TableMetadata) -> Bool {
        let found = table.partitionSpecs.first { $0.id == spec.id }
        let order = table.sortOrders.first { $0.id == sortOrder.id }
        return found?.fields == spec.fields && (sortOrder.isUnsorted || order?.fields == sortOrder.fields)
    }

    private static func source(_ id: Int?, _ columns: [MappedColumn]) -> (Int, FieldType)? {
        guard let id, let position = columns.firstIndex(where: { $0.fieldID == id }) else { return nil }
        return (position, columns[position].field.type)
    }

    /// The partition of rows that share the given values, in the order of `divisions`.
    func partition(_ key: PartitionKey) -> FilePartition {
        var values: [Int: SingleValue?] = [:]
        for field in spec.fields { values.updateValue(nil, forKey: field.fieldID) }
        for (division, value) in zip(divisions, key.values) {
            values.updateValue(value, forKey: division.field.fieldID)
        }
        return FilePartition(specID: Int32(truncatingIfNeeded: spec.id), values: values)
    }

    /// The folder of a partition below that of all data files, with a slash at its end; empty without partitions.
    func folder(_ partition: FilePartition) -> String {
        guard !spec.fields.isEmpty else { return "" }
        return PartitionPath.folder(of: partition, spec) { field in
            divisions.first { $0.field.fieldID == field.fieldID }?.type ?? .text
        } + "/"
    }
}

extension FieldType {
    /// Whether there are Bloom filters of such values that help.
    fileprivate var canBeLookedUp: Bool {
        switch self {
        case .boolean, .float, .double, .json: false
        case .int, .long, .date, .timestamp, .timestampWithZone, .decimal, .text: true
        }
    }
}

/// The values that the rows of a partition share, in the order of the layout's divisions.
struct PartitionKey: Hashable {
    let values: [SingleValue?]

    /// That of a table without partitions.
    static let whole = PartitionKey(values: [])
}

extension TableLayout {
    /// The partitions of a batch's rows: runs of rows one after another that share theirs.
    func runs(of batch: ColumnBatch) -> [(key: PartitionKey, rows: Range<Int>)] {
        guard batch.rowCount > 0 else { return [] }
        guard !divisions.isEmpty else { return [(.whole, 0..<batch.rowCount)] }
        let values = divisions.map { $0.field.transform.values(of: batch.columns[$0.column], $0.type, batch.rowCount) }
        var runs: [(key: PartitionKey, rows: Range<Int>)] = []
        var start = 0
        for row in 1...batch.rowCount {
            if row < batch.rowCount, values.allSatisfy({ $0[row] == $0[start] }) { continue }
            runs.append((PartitionKey(values: values.map { $0[start] }), start..<row))
            start = row
        }
        return runs
    }

    /// What the rows of a batch are compared by, row by row for each ordering.
    func sortKeys(of batch: ColumnBatch) -> [[SingleValue?]] {
        orderings.map { $0.field.transform.values(of: batch.columns[$0.column], $0.type, batch.rowCount) }
    }

    /// Whether a row with the left keys may stand before one with the right keys: `nil` when they are equal.
    func precedes(_ left: (Int) -> SingleValue?, _ right: (Int) -> SingleValue?) -> Bool? {
        for (position, ordering) in orderings.enumerated() {
            if let result = ordering.field.precedes(left(position), right(position)) { return result }
        }
        return nil
    }
}

extension SortField {
    /// Whether the left value comes first; `nil` when they are equal.
    fileprivate func precedes(_ left: SingleValue?, _ right: SingleValue?) -> Bool? {
        switch (left, right) {
        case (nil, nil): nil
        case (nil, _): hasNullsFirst
        case (_, nil): !hasNullsFirst
        case (let left?, let right?):
            if left.precedes(right) { !isDescending } else if right.precedes(left) { isDescending } else { nil }
        }
    }
}

extension PartitionTransform {
    /// The transformed value of each row.
    fileprivate func values(of column: Column, _ type: FieldType, _ rowCount: Int) -> [SingleValue?] {
        var result = [SingleValue?](repeating: nil, count: rowCount)
        var position = 0
        for (row, isPresent) in column.presence.enumerated() where isPresent != 0 {
            result[row] = value(of: SingleValue(column, at: position, type), type: type)
            position += 1
        }
        return result
    }
}

extension SingleValue {
    /// A value of a column by its position among the present ones.
    fileprivate init(_ column: Column, at position: Int, _ type: FieldType) {
        switch type.storage {
        case .integers: self = .integer(column.integers[position])
        // As precise as the table has it, so that equal values make one partition.
        case .doubles where type == .float: self = .double(Double(Float(column.doubles[position])))
        case .doubles: self = .double(column.doubles[position])
        case .decimals: self = .decimal(column.decimals[position])
        case .text: self = .text(Array(column.text(at: position)))
        }
    }
}

extension NilusError {
    fileprivate static func partitionUncomputable(
        _ field: PartitionField, _ table: TableMetadata, _ name: TableName
    ) -> NilusError {
        let source = table.currentSchema.fields.first { $0.id == field.sourceID }
        let column = source.map { "column '\($0.name)' of type \($0.type)" } ?? "a nested or dropped column"
        return NilusError(
            .load, .sinkRefused,
            "cannot write to table '\(name)': it is partitioned by '\(field.transform)' of \(column), which this "
                + "program cannot compute; change the table's partition spec or use another table")
    }
}
