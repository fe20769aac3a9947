/// Some rows of a file that are stored together.
package struct ParquetRowGroup: Sendable {
    /// The position of the first row in the file.
    package let firstRow: Int
    package let rowCount: Int
}

extension FileMetadata {
    /// The row groups, once their numbers are known to fit together.
    func checkedRowGroups(columnCount: Int) throws(ParquetFault) -> [ParquetRowGroup] {
        var groups: [ParquetRowGroup] = []
        groups.reserveCapacity(rowGroups.count)
        var firstRow: Int64 = 0
        for (number, group) in rowGroups.enumerated() {
            guard group.chunks.count == columnCount else {
                throw ParquetFault("row group \(number) of \(group.chunks.count) columns, not \(columnCount)")
            }
            guard group.rowCount >= 0, group.rowCount <= rowCount - firstRow else {
                throw ParquetFault("row group \(number) of \(group.rowCount) rows in a file of \(rowCount)")
            }
            groups.append(ParquetRowGroup(firstRow: Int(firstRow), rowCount: Int(group.rowCount)))
            firstRow += group.rowCount
        }
        guard firstRow == rowCount else { throw ParquetFault("\(firstRow) rows in row groups and \(rowCount) in all") }
        return groups
    }
}
