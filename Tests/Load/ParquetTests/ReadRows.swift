import Parquet
import Records

/// All values of columns of a file, column by column, as the reader of the room gives them.
///
/// Fails the test's own way when positions of batches do not follow each other.
func readRows(
    _ bytes: [UInt8], _ columns: [ParquetColumn], limits: ParquetReadLimits = ParquetReadLimits()
) async throws -> [[TestValue?]] {
    let reader = try await ParquetFileReader(ParquetInput(name: "test.parquet", bytes), limits: limits)
    let batches = try reader.batches(of: columns)
    var values = columns.map { _ in [TestValue?]() }
    var rowCount = 0
    while let firstRow = try await batches.next() {
        guard firstRow == rowCount, batches.batch.rowCount > 0 else { throw MisplacedRows(firstRow: firstRow) }
        for (position, column) in batches.batch.columns.enumerated() {
            values[position] += column.testValues(rowCount: batches.batch.rowCount)
        }
        rowCount += batches.batch.rowCount
    }
    guard rowCount == reader.rowCount else { throw MisplacedRows(firstRow: rowCount) }
    return values
}

/// A batch that does not begin where the one before ended.
struct MisplacedRows: Error {
    let firstRow: Int
}

extension Column {
    /// The value of each row.
    func testValues(rowCount: Int) -> [TestValue?] {
        var position = 0
        return (0..<rowCount).map { row in
            guard row < presence.count, presence[row] != 0 else { return nil }
            defer { position += 1 }
            switch type.storage {
            case .integers: return .integer(integers[position])
            case .doubles: return .double(doubles[position])
            case .decimals: return .decimal(decimals[position])
            case .text:
                let start = position == 0 ? 0 : textEnds[position - 1]
                return .text(String(decoding: textBytes[start..<textEnds[position]], as: UTF8.self))
            }
        }
    }
}

/// The columns `c0`, `c1`, … that the tests' files have, with ids from 1.
func testColumns(_ types: [FieldType], required: Bool = false) -> [ParquetColumn] {
    types.enumerated().map { position, type in
        ParquetColumn(name: "c\(position)", type: type, fieldID: Int32(position + 1), isRequired: required)
    }
}
