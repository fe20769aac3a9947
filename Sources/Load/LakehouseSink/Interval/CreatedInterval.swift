import Iceberg
import Loading
import NilusCore
import Records

/// The rows whose creation time lies in a half-open interval, and what is known of where they can be.
struct CreatedInterval: Hashable {
    /// How much of some rows the interval takes.
    enum Coverage: Hashable {
        case none, some, all
    }

    let column: KeyColumns.Part
    /// The least value inside; `nil` when there is none.
    let lower: Int64?
    /// The least value that is above and not inside.
    let upper: Int64

    /// The interval of a scope, in the units of the column: older tables hold seconds.
    init(_ scope: LoadScope, of column: KeyColumns.Part) {
        self.column = column
        let units = column.field.type.unitsOfSecond ?? 1
        lower = scope.lower.map { $0.multipliedSaturating(by: units) }
        upper = scope.upper.multipliedSaturating(by: units)
    }

    /// Whether a value lies inside.
    func contains(_ value: Int64) -> Bool { value < upper && lower.map { $0 <= value } ?? true }

    /// How many of some rows lie inside, by what is known of their values.
    func coverage(of values: some RowValues) -> Coverage {
        let bounds = values.bounds(of: column)
        if case .integer(let least)? = bounds.lower, least >= upper { return .none }
        if let lower, case .integer(let greatest)? = bounds.upper, greatest < lower { return .none }
        guard case (.integer(let least)?, .integer(let greatest)?) = bounds, contains(least), contains(greatest),
            values.nullCount(of: column) == 0
        else { return .some }
        return .all
    }
}

extension FieldType {
    /// What a second is in a column of moments; `nil` when the type holds none as precise.
    var unitsOfSecond: Int64? {
        switch self {
        case .timestamp, .timestampWithZone: 1_000_000
        case .long, .int: 1
        case .boolean, .float, .double, .decimal, .date, .text, .json: nil
        }
    }
}

extension Int64 {
    /// The product, or the end of the range that it is beyond.
    fileprivate func multipliedSaturating(by factor: Int64) -> Int64 {
        let (product, isTooLarge) = multipliedReportingOverflow(by: factor)
        return isTooLarge ? (self < 0 ? .min : .max) : product
    }
}

extension CreatedInterval {
    /// The column of a load whose intervals can be told apart.
    ///
    /// - Throws: `schemaConflict` (terminal) when there is none, or it holds no moments.
    static func column(
        named name: String?, in columns: [MappedColumn], of table: TableName
    ) throws(NilusError) -> KeyColumns.Part {
        guard let index = columns.firstIndex(where: { $0.wanted.name == name }) else {
            throw .creationTimeMissing(name, table)
        }
        let part = KeyColumns.Part(columns[index], at: index)
        guard part.field.type.unitsOfSecond != nil else { throw .creationTimeUnusable(part, table) }
        return part
    }
}

extension NilusError {
    fileprivate static func creationTimeMissing(_ name: String?, _ table: TableName) -> NilusError {
        let missing = name.map { "it has no column '\($0)' that can be filled" } ?? "its rows have no creation time"
        return NilusError(
            .load, .schemaConflict,
            "cannot delete an interval from table '\(table)': \(missing); use 'incremental-strategy: merge'")
    }

    fileprivate static func creationTimeUnusable(_ part: KeyColumns.Part, _ table: TableName) -> NilusError {
        NilusError(
            .load, .schemaConflict,
            "cannot delete an interval from table '\(table)': its column '\(part.field.name)' is of type "
                + "\(part.field.type), which holds no exact time; use 'incremental-strategy: merge'")
    }
}
