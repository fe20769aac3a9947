extension Column {
    /// For each row the position of its value among the present ones.
    ///
    /// - Parameter rowCount: the rows of the batch; those behind the last value have none.
    /// - Returns: `nil` when every row has a value, so that positions are the rows; −1 for rows without a value.
    package func valuePositions(rowCount: Int) -> [Int32]? {
        guard presentCount < rowCount else { return nil }
        var positions = [Int32](repeating: -1, count: rowCount)
        var next: Int32 = 0
        for (row, isPresent) in presence.enumerated() where isPresent != 0 {
            positions[row] = next
            next += 1
        }
        return positions
    }

    /// The bytes of a text value.
    ///
    /// - Precondition: the position is that of a present value of a text column.
    package func text(at position: Int) -> UnsafeRawBufferPointer {
        let start = position == 0 ? 0 : textEnds[position - 1]
        return UnsafeRawBufferPointer(rebasing: textBytes[start..<textEnds[position]])
    }

    /// Gives a row the value at a position of another column, if there is one.
    ///
    /// - Precondition: both columns have the same storage; rows are filled in ascending order.
    package func copy(_ position: Int, of other: Column, toRow row: Int) {
        switch storage {
        case .integers: set(other.integers[position], inRow: row)
        case .doubles: set(other.doubles[position], inRow: row)
        case .decimals: set(other.decimals[position], inRow: row)
        case .text: set(other.text(at: position), inRow: row)
        }
    }

    /// The memory that the values of the column take, in bytes, without what is reserved for more.
    fileprivate var contentBytes: Int {
        presence.count + presentCount * valueStride + textBytes.count
    }

    private var valueStride: Int { storage == .decimals ? 16 : 8 }
}

extension ColumnBatch {
    /// Adds rows of another batch, in the given order.
    ///
    /// - Precondition: the first columns of `other` have the storage of this batch's columns, which all
    ///   are filled from them; each `positions` is what ``Column/valuePositions(rowCount:)`` says of a column.
    package func append(
        _ rows: some Collection<Int>, of other: ColumnBatch, positions: [[Int32]?]
    ) {
        let first = rowCount
        for (index, column) in columns.enumerated() where other.columns[index].presentCount > 0 {
            let source = other.columns[index]
            var row = first
            for sourceRow in rows {
                let position = positions[index].map { Int($0[sourceRow]) } ?? sourceRow
                if position >= 0 { column.copy(position, of: source, toRow: row) }
                row += 1
            }
        }
        addRows(rows.count)
    }

    /// Adds rows of another batch, in the given order.
    ///
    /// - Precondition: the first columns of `other` have the storage of this batch's columns.
    package func append(_ rows: some Collection<Int>, of other: ColumnBatch) {
        append(
            rows, of: other,
            positions: other.columns.prefix(columns.count).map { $0.valuePositions(rowCount: other.rowCount) })
    }

    /// The memory that the rows take, in bytes, without what is reserved for more.
    package var contentBytes: Int { columns.reduce(0) { $0 + $1.contentBytes } }
}
