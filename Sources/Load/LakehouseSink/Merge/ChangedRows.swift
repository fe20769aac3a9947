import Iceberg
import Records

/// The rows of which a merge looks for older versions: their keys, and what is known of all of them.
///
/// Decides which files of the table can hold an older version, from what the table's metadata says of
/// them. It never leaves one out that holds one; it may name one that does not.
struct ChangedRows {
    let columns: KeyColumns
    let keys: KeySet
    /// The creation moments of the keys, ascending; those without one are not among them.
    private let moments: [Int64]
    /// Keys of rows without a creation moment, whose older versions may be anywhere.
    private let timelessCount: Int
    /// The least and greatest value of each part of the keys.
    private let ranges: [ValueRange]

    init(_ keys: KeySet, columns: KeyColumns) {
        self.keys = keys
        self.columns = columns
        var moments: [Int64] = []
        moments.reserveCapacity(keys.count)
        var ranges = columns.parts.map { _ in ValueRange() }
        keys.forEach { key, moment in
            if moment != KeySet.noMoment { moments.append(moment) }
            columns.forEachPart(of: key) { ranges[$0].include($1) }
        }
        moments.sort()
        self.moments = moments
        self.ranges = ranges
        timelessCount = keys.count - moments.count
    }

    /// The number of keys that a file can hold, as far as its bounds tell; zero for a file to be passed over.
    func prospects(in file: FileBounds) -> Int {
        guard zip(columns.parts, ranges).allSatisfy({ $1.mayMeet(file.bounds(of: $0)) }) else { return 0 }
        guard let created = moments(of: file) else { return keys.count }
        return timelessCount + count(from: created.lowerBound, through: created.upperBound)
    }

    /// The creation moments of all rows of a file, as far as its bounds tell.
    func moments(of file: FileBounds) -> ClosedRange<Int64>? {
        columns.created.flatMap { file.completeIntegers(of: $0) }
    }

    /// The number of keys created between two moments, both of them included.
    private func count(from first: Int64, through last: Int64) -> Int {
        moments.partitioningIndex { $0 > last } - moments.partitioningIndex { $0 >= first }
    }

    /// Whether a key's older versions can be between two moments.
    func canBe(_ key: Int, in moments: ClosedRange<Int64>?) -> Bool {
        guard let moments, keys.moment(key) != KeySet.noMoment else { return true }
        return moments.contains(keys.moment(key))
    }
}

/// The least and the greatest of some values.
struct ValueRange {
    private(set) var least: SingleValue?
    private(set) var greatest: SingleValue?

    mutating func include(_ value: KeyValue) {
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
    fileprivate init(_ value: KeyValue) {
        switch value {
        case .integer(let number): self = .integer(number)
        case .decimal(let number): self = .decimal(number)
        case .text(let bytes): self = .text(Array(bytes))
        }
    }
}

extension KeyValue {
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

/// What the table's metadata says of the values in one data file.
struct FileBounds {
    let lower: [Int32: [UInt8]]
    let upper: [Int32: [UInt8]]
    let nullCounts: [Int32: Int64]

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

    /// The range that holds the column's value of every row; `nil` when rows may be outside or without value.
    func completeIntegers(of column: KeyColumns.Part) -> ClosedRange<Int64>? {
        guard nullCounts[Int32(truncatingIfNeeded: column.fieldID)] == 0,
            case (.integer(let lower)?, .integer(let upper)?) = bounds(of: column), lower <= upper
        else { return nil }
        return lower...upper
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
