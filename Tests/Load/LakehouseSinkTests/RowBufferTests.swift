import Iceberg
import JSON
@testable import LakehouseSink
import NilusCore
import Records
import Testing

struct `A row buffer` {
    /// A layout with a daily partition, and a descending order in which rows without a value come last.
    private func layout(order: Bool = false) async throws -> TableLayout {
        let test = try await SinkUnderTest()
        try await test.create(
            spec: PartitionSpec(
                id: 0, fields: [PartitionField(sourceID: 2, fieldID: 1_000, name: "day", transform: .day)]))
        var document = try #require(try await test.metadata()).document
        if order {
            document["sort-orders"] = [
                [
                    "order-id": 3,
                    "fields": [
                        [
                            "transform": "identity", "source-id": 4, "direction": "desc", "null-order": "nulls-last",
                        ]
                    ],
                ]
            ]
            document["default-sort-order-id"] = 3
        }
        let metadata = try TableMetadata(document, file: "m")
        return try TableLayout(
            of: metadata, columns: metadata.evolution(toHold: SinkUnderTest.columns).columns,
            named: SinkUnderTest.table)
    }

    private func row(_ id: Int, day: Int64, currency: String? = nil) -> SinkUnderTest.Row {
        SinkUnderTest.Row(id: "\(id)", second: day * 86_400, currency: currency)
    }

    /// The ids in each portion, as `day: ids`.
    private func drained(_ buffer: RowBuffer, isLast: Bool) async throws -> [String] {
        var portions: [String] = []
        try await buffer.drain(isLast: isLast) { portion in
            let ids = portion.rows.map { String(decoding: buffer.batch.columns[0].text(at: $0), as: UTF8.self) }
            let day = portion.key.values.map { $0.map { "\($0)" } ?? "null" }.joined()
            portions.append("\(day): \(ids.joined(separator: " "))")
        }
        return portions
    }

    @Test func `gives the partitions with most rows and keeps the others`() async throws {
        let buffer = RowBuffer(SinkUnderTest.columns, try await layout(), byteLimit: 1_000_000)
        buffer.append(
            SinkUnderTest.batch([
                row(0, day: 5), row(1, day: 7), row(2, day: 7), row(3, day: 9), row(4, day: 7), row(5, day: 5),
            ]))

        #expect(try await drained(buffer, isLast: false) == ["integer(7): 1 2 4"])
        #expect(buffer.batch.rowCount == 3)

        buffer.append(SinkUnderTest.batch([row(6, day: 9), row(7, day: 9)]))
        #expect(try await drained(buffer, isLast: true) == ["integer(5): 0 5", "integer(9): 3 6 7"])
        #expect(buffer.batch.rowCount == 0)
        #expect(try await drained(buffer, isLast: true) == [])
    }

    @Test func `sorts rows as the table asks for, and keeps the order of equal ones`() async throws {
        let buffer = RowBuffer(SinkUnderTest.columns, try await layout(order: true), byteLimit: 1_000_000)
        buffer.append(
            SinkUnderTest.batch([
                row(0, day: 1, currency: "b"), row(1, day: 1), row(2, day: 1, currency: "c"),
                row(3, day: 1, currency: "b"), row(4, day: 1, currency: "aa"), row(5, day: 1),
            ]))

        #expect(try await drained(buffer, isLast: true) == ["integer(1): 2 0 3 4 1 5"])
    }

    @Test func `is full at its limit in bytes`() async throws {
        let buffer = RowBuffer(SinkUnderTest.columns, try await layout(), byteLimit: 5_000)
        var count = 0

        while !buffer.isFull, count < 10_000 {
            buffer.append(SinkUnderTest.batch([row(count, day: 0, currency: "eur")]))
            count += 1
        }

        #expect((50...200).contains(count))
    }

    @Test(arguments: [
        ([1, 1, 1, 1], 4, [0, 1]), ([5, 1, 1], 7, [0]), ([0, 3, 9, 3], 15, [2]), ([4], 4, [0]),
        ([2, 3, 2, 3], 10, [1, 3]),
    ])
    func `chooses the largest partitions until half of the rows have gone`(
        _ counts: [Int], _ rows: Int, _ chosen: [Int]
    ) {
        #expect(RowBuffer.largest(counts, rowCount: rows) == chosen)
    }
}
