import Iceberg
import Parquet

/// Chooses the row groups of a file in which older versions of changed rows can be.
struct RowGroupChoice {
    /// Keys that are asked for in a Bloom filter at most.
    ///
    /// A filter takes some 1.25 bytes a row and the keys some 20. Of so many keys that are not there one is
    /// taken for present in 87 of 100 filters, and reading the filters still pays.
    private static let mostFilterKeys = 200

    private let rows: ChangedRows
    private let file: ParquetFileReader
    private let columns: [ParquetColumn]

    /// - Precondition: `columns` are the parts of the key, in order.
    init(_ rows: ChangedRows, in file: ParquetFileReader, _ columns: [ParquetColumn]) {
        self.rows = rows
        self.file = file
        self.columns = columns
    }

    /// The numbers of the row groups.
    ///
    /// - Throws: as reading the file does.
    func numbers() async throws -> [Int] {
        var numbers: [Int] = []
        for number in file.rowGroups.indices where try await mayHold(number) { numbers.append(number) }
        return numbers
    }

    private func mayHold(_ number: Int) async throws -> Bool {
        let values = RowGroupValues(file, number)
        let count = rows.prospects(in: values)
        guard count > 0, count <= Self.mostFilterKeys else { return count > 0 }
        var filters: [ParquetBloomFilter?] = []
        for column in columns { filters.append(try await file.bloomFilter(of: column, inRowGroup: number)) }
        guard filters.contains(where: { $0 != nil }) else { return true }
        return rows.prospectiveKeys(in: values).contains { mayContain($0, filters) }
    }

    private func mayContain(_ key: Int, _ filters: [ParquetBloomFilter?]) -> Bool {
        rows.keys.withKey(key) { key in
            var mayBe = true
            rows.columns.forEachPart(of: key) { part, value in
                guard let filter = filters[part] else { return }
                switch value {
                case .double: break
                case .integer(let number): mayBe = mayBe && filter.mayContain(number)
                case .decimal(let number): mayBe = mayBe && filter.mayContain(number)
                case .text(let bytes): mayBe = mayBe && filter.mayContain(bytes)
                }
            }
            return mayBe
        }
    }
}

/// What a file says of the rows of one of its row groups.
struct RowGroupValues: RowValues {
    private let file: ParquetFileReader
    private let number: Int

    init(_ file: ParquetFileReader, _ number: Int) {
        self.file = file
        self.number = number
    }

    func bounds(of column: KeyColumns.Part) -> (lower: SingleValue?, upper: SingleValue?) {
        let found = try? file.statistics(of: ParquetColumn(column), inRowGroup: number)
        return (found?.lowerBound.map(SingleValue.init), found?.upperBound.map(SingleValue.init))
    }

    func nullCount(of column: KeyColumns.Part) -> Int? {
        (try? file.statistics(of: ParquetColumn(column), inRowGroup: number))?.nullCount
    }
}
