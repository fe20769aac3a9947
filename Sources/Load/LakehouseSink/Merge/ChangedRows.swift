import Iceberg
import Records

/// The rows of which a merge looks for older versions: their keys, and what is known of all of them.
///
/// Decides which files of the table can hold an older version, from what the table's metadata says of
/// them. It never leaves one out that holds one; it may name one that does not.
struct ChangedRows {
    let columns: KeyColumns
    let keys: KeySet
    /// The numbers of the keys, by the creation moments of their rows; those without one come first.
    private let order: [UInt32]
    /// Keys of rows without a creation moment, whose older versions may be anywhere.
    private let timelessCount: Int
    /// The least and greatest value of each part of the keys.
    private let ranges: [ValueRange]

    init(_ keys: KeySet, columns: KeyColumns) {
        self.keys = keys
        self.columns = columns
        var ranges = columns.parts.map { _ in ValueRange() }
        keys.forEach { key in
            columns.forEachPart(of: key) { ranges[$0].include($1) }
        }
        self.ranges = ranges
        let order = (0..<UInt32(keys.count)).sorted { keys.moment(Int($0)) < keys.moment(Int($1)) }
        self.order = order
        timelessCount = order.partitioningIndex { keys.moment(Int($0)) != KeySet.noMoment }
    }

    /// The number of keys that rows with such values can have; zero when there are none to look for.
    func prospects(in values: some RowValues) -> Int {
        guard mayMeet(values) else { return 0 }
        guard let moments = moments(of: values) else { return keys.count }
        return timelessCount + created(in: moments).count
    }

    /// The numbers of the keys that rows with such values can have.
    func prospectiveKeys(in values: some RowValues) -> [Int] {
        guard mayMeet(values) else { return [] }
        guard let moments = moments(of: values) else { return Array(0..<keys.count) }
        return (order[..<timelessCount] + order[created(in: moments)]).map { Int($0) }
    }

    /// Lends the value that each changed row has in a column that does not change; `nil` where none is known.
    func forEachValue(of column: KeyColumns.Part, _ body: (SingleValue?) -> Void) {
        if column == columns.created {
            for key in 0..<keys.count {
                body(keys.moment(key) == KeySet.noMoment ? nil : .integer(keys.moment(key)))
            }
        } else if let number = columns.parts.firstIndex(of: column) {
            keys.forEach { key in
                columns.forEachPart(of: key) { if $0 == number { body(SingleValue($1)) } }
            }
        } else {
            body(nil)
        }
    }

    private func mayMeet(_ values: some RowValues) -> Bool {
        zip(columns.parts, ranges).allSatisfy { $1.mayMeet(values.bounds(of: $0)) }
    }

    /// The creation moments of all rows; `nil` when some have none or nothing is known.
    private func moments(of values: some RowValues) -> ClosedRange<Int64>? {
        guard let created = columns.created, values.nullCount(of: created) == 0,
            case (.integer(let lower)?, .integer(let upper)?) = values.bounds(of: created), lower <= upper
        else { return nil }
        return lower...upper
    }

    /// Where in `order` the keys are whose rows were created between two moments, both of them included.
    private func created(in moments: ClosedRange<Int64>) -> Range<Int> {
        let start = max(timelessCount, order.partitioningIndex { keys.moment(Int($0)) >= moments.lowerBound })
        let end = order.partitioningIndex { keys.moment(Int($0)) > moments.upperBound }
        return start..<max(start, end)
    }
}

/// What is known of the values of some rows, of a whole file or of a part of it.
protocol RowValues {
    /// What no value is below, and what none is above; `nil` when that is not known.
    func bounds(of column: KeyColumns.Part) -> (lower: SingleValue?, upper: SingleValue?)

    /// Rows without a value; `nil` when that is not known.
    func nullCount(of column: KeyColumns.Part) -> Int?
}

/// The least and the greatest of some values.
struct ValueRange {
    private(set) var least: SingleValue?
    private(set) var greatest: SingleValue?

    mutating func include(_ value: ColumnValue) {
        if least.map({ value.precedes($0) }) ?? true { least = SingleValue(value) }
        if greatest.map({ value.follows($0) }) ?? true { greatest = SingleValue(value) }
    }

    /// Whether a value of this range can lie between the bounds; an unknown bound bounds nothing.
    func mayMeet(_ bounds: (lower: SingleValue?, upper: SingleValue?)) -> Bool {
        guard let least, let greatest else { return false }
        if let upper = bounds.upper, upper.precedes(least) { return false }
        if let lower = bounds.lower, greatest.precedes(lower) { return false }
        return true
    }
}

extension SingleValue {
    fileprivate init(_ value: ColumnValue) {
        switch value {
        case .integer(let number): self = .integer(number)
        case .double(let number): self = .double(number)
        case .decimal(let number): self = .decimal(number)
        case .text(let bytes): self = .text(Array(bytes))
        }
    }
}

extension ColumnValue {
    fileprivate func precedes(_ other: SingleValue) -> Bool {
        switch (self, other) {
        case (.integer(let left), .integer(let right)): left < right
        case (.decimal(let left), .decimal(let right)): left < right
        case (.text(let left), .text(let right)): left.lexicographicallyPrecedes(right)
        default: false
        }
    }

    fileprivate func follows(_ other: SingleValue) -> Bool {
        switch (self, other) {
        case (.integer(let left), .integer(let right)): left > right
        case (.decimal(let left), .decimal(let right)): left > right
        case (.text(let left), .text(let right)): right.lexicographicallyPrecedes(left)
        default: false
        }
    }
}

/// What the table's metadata says of the rows of one data file.
struct FileBounds: RowValues {
    private let lower: [Int32: [UInt8]]
    private let upper: [Int32: [UInt8]]
    private let nullCounts: [Int32: Int64]

    init(_ file: DataFile) {
        lower = file.lowerBounds ?? [:]
        upper = file.upperBounds ?? [:]
        nullCounts = file.nullCounts ?? [:]
    }

    func bounds(of column: KeyColumns.Part) -> (lower: SingleValue?, upper: SingleValue?) {
        let id = Int32(truncatingIfNeeded: column.fieldID)
        return (
            lower[id].flatMap { SingleValue($0, of: column.field.type) },
            upper[id].flatMap { SingleValue($0, of: column.field.type) }
        )
    }

    func nullCount(of column: KeyColumns.Part) -> Int? {
        nullCounts[Int32(truncatingIfNeeded: column.fieldID)].flatMap { Int(exactly: $0) }
    }
}

extension Array {
    /// The first position from which on all elements satisfy the condition.
    ///
    /// - Precondition: no element that satisfies it comes before one that does not.
    func partitioningIndex(where isInSecondPart: (Element) -> Bool) -> Int {
        var low = 0
        var high = count
        while low < high {
            let middle = low + (high - low) / 2
            if isInSecondPart(self[middle]) { high = middle } else { low = middle + 1 }
        }
        return low
    }
}
