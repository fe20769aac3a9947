import Records
import Testing

struct `A column` {
    private func text(of column: Column, at position: Int) -> String {
        let start = position == 0 ? 0 : column.textEnds[position - 1]
        return String(decoding: column.textBytes[start..<column.textEnds[position]], as: UTF8.self)
    }

    @Test func `holds values densely and tells which rows have one`() {
        let column = Column(.long)

        column.set(Int64(5), inRow: 1)
        column.set(Int64(-5), inRow: 2)
        column.set(Int64(7), inRow: 5)

        #expect(Array(column.integers) == [5, -5, 7])
        #expect(Array(column.presence) == [0, 1, 1, 0, 0, 1])
        #expect(column.presentCount == 3)
        #expect(column.hasValue(inRow: 5))
        #expect(!column.hasValue(inRow: 6))
    }

    @Test func `holds texts one after another`() {
        let column = Column(.text)

        for (row, value) in ["a", "", "é"].enumerated() {
            Array(value.utf8).withUnsafeBytes { column.set($0, inRow: row) }
        }
        column.set(UnsafeRawBufferPointer(start: nil, count: 0), inRow: 3)

        #expect(Array(column.textEnds) == [1, 1, 3, 3])
        #expect((0..<4).map { text(of: column, at: $0) } == ["a", "", "é", ""])
    }

    @Test func `holds each storage by itself`() {
        let decimals = Column(.decimal(precision: 38, scale: 12))
        let doubles = Column(.double)

        decimals.set(Int128.min, inRow: 0)
        decimals.set(Int128.max, inRow: 1)
        doubles.set(1.5, inRow: 0)

        #expect(Array(decimals.decimals) == [.min, .max])
        #expect(decimals.integers.isEmpty)
        #expect(Array(doubles.doubles) == [1.5])
        #expect(doubles.textEnds.isEmpty)
    }

    @Test func `grows with its rows and starts anew`() {
        let column = Column(.long)
        for row in 0..<10_000 { column.set(Int64(row), inRow: row) }
        let sum = column.integers.reduce(0, +)

        column.removeAll()
        column.set(Int64(3), inRow: 0)

        #expect(sum == 49_995_000)
        #expect(Array(column.integers) == [3])
        #expect(Array(column.presence) == [1])
    }

    @Test func `without values has none of anything`() {
        let column = Column(.text)

        #expect(column.presentCount == 0)
        #expect(column.presence.isEmpty)
        #expect(column.textBytes.isEmpty)
        #expect(!column.hasValue(inRow: 0))
    }
}
