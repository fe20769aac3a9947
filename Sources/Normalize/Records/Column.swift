/// The values of one field for the rows of a batch.
///
/// Values lie densely in the memory of their storage; `presence` tells which rows have one. Rows are
/// filled in order and only where there is a value, so a column without values costs nothing.
package final class Column {
    package let type: FieldType
    let storage: FieldType.Storage
    // Behind a pointer that never changes: a class's own variables are checked for exclusive access
    // at each use, which takes ten times as long as storing a value does.
    let memory: UnsafeMutablePointer<ColumnMemory>

    package init(_ type: FieldType) {
        self.type = type
        storage = type.storage
        memory = .allocate(capacity: 1)
        memory.initialize(to: ColumnMemory(valueStride: type.storage.stride))
    }

    deinit {
        memory.pointee.free()
        memory.deallocate()
    }

    /// Drops all rows and keeps the memory.
    package func removeAll() {
        memory.pointee.removeAll()
    }

    /// The number of rows with a value.
    package var presentCount: Int { memory.pointee.presentCount }

    /// Whether the row has a value by now.
    package func hasValue(inRow row: Int) -> Bool {
        row < memory.pointee.rowCount
    }

    /// Gives a row an integer, boolean, date or timestamp.
    ///
    /// - Precondition: for this and the functions below: rows are filled in ascending order, each at
    ///   most once, with the storage of the column's type.
    package func set(_ value: Int64, inRow row: Int) {
        precondition(storage == .integers, "the column holds integers")
        memory.pointee.place(inRow: row).storeBytes(of: value, as: Int64.self)
    }

    /// Gives a row a floating point number.
    package func set(_ value: Double, inRow row: Int) {
        precondition(storage == .doubles, "the column holds doubles")
        memory.pointee.place(inRow: row).storeBytes(of: value, as: Double.self)
    }

    /// Gives a row an unscaled decimal.
    package func set(_ value: Int128, inRow row: Int) {
        precondition(storage == .decimals, "the column holds decimals")
        memory.pointee.place(inRow: row).storeBytes(of: value, as: Int128.self)
    }

    /// Gives a row a text, copying its UTF-8 bytes.
    package func set(_ utf8: UnsafeRawBufferPointer, inRow row: Int) {
        precondition(storage == .text, "the column holds text")
        let end = memory.pointee.appendText(utf8)
        memory.pointee.place(inRow: row).storeBytes(of: end, as: Int.self)
    }
}

/// The values as they lie in memory, each list valid until the column changes.
extension Column {
    /// 1 for each row with a value, 0 for each without; rows after the last value are left out.
    package var presence: UnsafeBufferPointer<UInt8> {
        UnsafeBufferPointer(start: memory.pointee.presence, count: memory.pointee.rowCount)
    }

    package var integers: UnsafeBufferPointer<Int64> { values(.integers) }

    package var doubles: UnsafeBufferPointer<Double> { values(.doubles) }

    package var decimals: UnsafeBufferPointer<Int128> { values(.decimals) }

    /// The end of each text value in `textBytes`.
    package var textEnds: UnsafeBufferPointer<Int> { values(.text) }

    /// The text values one after another, UTF-8.
    package var textBytes: UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(start: memory.pointee.text, count: memory.pointee.textByteCount)
    }

    /// The values of a storage; none when the column's is another.
    private func values<Value>(_ wanted: FieldType.Storage) -> UnsafeBufferPointer<Value> {
        guard storage == wanted else { return UnsafeBufferPointer(start: nil, count: 0) }
        let start = memory.pointee.values?.assumingMemoryBound(to: Value.self)
        return UnsafeBufferPointer(start: start, count: memory.pointee.presentCount)
    }
}

extension FieldType.Storage {
    /// The bytes that a value takes in a column; of a text, its end.
    fileprivate var stride: Int {
        switch self {
        case .integers, .doubles, .text: 8
        case .decimals: 16
        }
    }
}
