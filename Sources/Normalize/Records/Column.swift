/// The values of one field for the rows of a batch.
///
/// Values lie densely in the array of their storage; `presence` tells which rows have one. Rows are
/// filled in order and only where there is a value, so a column without values costs nothing.
package final class Column {
    package let type: FieldType
    /// 1 for each row with a value, 0 for each without; rows after the last value are left out.
    package private(set) var presence: [UInt8] = []
    /// The number of rows with a value.
    package private(set) var presentCount = 0

    package private(set) var integers: [Int64] = []
    package private(set) var doubles: [Double] = []
    package private(set) var decimals: [Int128] = []
    /// The text values one after another, UTF-8.
    package private(set) var textBytes: [UInt8] = []
    /// The end of each text value in `textBytes`.
    package private(set) var textEnds: [Int] = []

    package init(_ type: FieldType) {
        self.type = type
    }

    /// Drops all rows and keeps the memory.
    package func removeAll() {
        guard presentCount > 0 else { return }
        presence.removeAll(keepingCapacity: true)
        presentCount = 0
        integers.removeAll(keepingCapacity: true)
        doubles.removeAll(keepingCapacity: true)
        decimals.removeAll(keepingCapacity: true)
        textBytes.removeAll(keepingCapacity: true)
        textEnds.removeAll(keepingCapacity: true)
    }

    /// Whether the row has a value by now.
    package func hasValue(inRow row: Int) -> Bool {
        row < presence.count
    }

    /// - Precondition: for this and the functions below: rows are filled in ascending order, each at
    ///   most once, with the storage of the column's type.
    package func set(_ value: Int64, inRow row: Int) {
        markPresent(row)
        integers.append(value)
    }

    package func set(_ value: Double, inRow row: Int) {
        markPresent(row)
        doubles.append(value)
    }

    package func set(_ value: Int128, inRow row: Int) {
        markPresent(row)
        decimals.append(value)
    }

    package func set(_ utf8: UnsafeRawBufferPointer, inRow row: Int) {
        markPresent(row)
        textBytes.append(contentsOf: utf8)
        textEnds.append(textBytes.count)
    }

    private func markPresent(_ row: Int) {
        if presence.count < row {
            presence.append(contentsOf: repeatElement(0, count: row - presence.count))
        }
        presence.append(1)
        presentCount += 1
    }
}
