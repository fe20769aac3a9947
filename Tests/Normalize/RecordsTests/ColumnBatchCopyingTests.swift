import Records
import Testing

struct `Rows copied from one batch to another` {
    private static let schema = RecordSchema([
        Field("n", .long), Field("x", .double), Field("d", .decimal(precision: 38, scale: 0)), Field("t", .text),
    ])

    /// Ten rows, of which each column has some.
    private func source() -> ColumnBatch {
        let batch = ColumnBatch(Self.schema)
        for row in 0..<10 {
            _ = batch.addRow()
            if row.isMultiple(of: 2) { batch.columns[0].set(Int64(row), inRow: row) }
            batch.columns[1].set(Double(row) / 2, inRow: row)
            if row > 6 { batch.columns[2].set(Int128(row) << 70, inRow: row) }
            if row.isMultiple(of: 3) {
                Array("text \(row)".utf8).withUnsafeBytes { batch.columns[3].set($0, inRow: row) }
            }
        }
        return batch
    }

    /// The rows as text, column by column.
    private func rows(_ batch: ColumnBatch) -> [String] {
        let positions = batch.columns.map { $0.valuePositions(rowCount: batch.rowCount) }
        return (0..<batch.rowCount).map { row in
            let cells = batch.columns.enumerated().map { index, column -> String in
                let position = positions[index].map { Int($0[row]) } ?? row
                guard position >= 0 else { return "-" }
                switch column.type.storage {
                case .integers: return "\(column.integers[position])"
                case .doubles: return "\(column.doubles[position])"
                case .decimals: return "\(column.decimals[position])"
                case .text: return String(decoding: column.text(at: position), as: UTF8.self)
                }
            }
            return cells.joined(separator: " ")
        }
    }

    @Test func `come in the order asked for`() {
        let all = source()
        let copy = ColumnBatch(Self.schema)

        copy.append([9, 0, 4, 3], of: all)
        copy.append([8], of: all)

        let expected = rows(all)
        #expect(rows(copy) == [9, 0, 4, 3, 8].map { expected[$0] })
        #expect(copy.rowCount == 5)
    }

    @Test func `keep their place behind rows without values`() {
        let copy = ColumnBatch(Self.schema)

        copy.append([1, 2], of: source())

        #expect(rows(copy) == ["- 0.5 - -", "2 1.0 - -"])
    }

    @Test func `leave columns out that the copy does not have`() {
        let copy = ColumnBatch(RecordSchema([Field("n", .long)]))

        copy.append([4, 5], of: source())

        #expect(rows(copy) == ["4", "-"])
    }

    @Test func `are as large as they were`() {
        let all = source()
        let copy = ColumnBatch(Self.schema)

        copy.append(0..<10, of: all)

        #expect(copy.contentBytes == all.contentBytes)
        #expect(rows(copy) == rows(all))
    }

    @Test func `find where a column has its values`() {
        let column = Column(.long)
        column.set(Int64(1), inRow: 1)
        column.set(Int64(2), inRow: 2)

        #expect(column.valuePositions(rowCount: 5) == [-1, 0, 1, -1, -1])
        #expect(column.valuePositions(rowCount: 2) == nil)
    }
}
