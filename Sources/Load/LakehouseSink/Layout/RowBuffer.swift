import Iceberg
import Records

/// Rows that wait to be sorted by partition, in bounded memory.
///
/// Rows come as the source gives them. When the buffer is full, the partitions with most rows are
/// written until half of the rows have gone; the others stay and wait for more of their kind. So the
/// files of a partition get as many rows at a time as the memory allows, and memory does not grow
/// with the number of partitions.
final class RowBuffer {
    /// Rows of one partition, sorted as the table asks for.
    struct Portion {
        let key: PartitionKey
        /// The rows in the buffer, in the order in which they are to be written.
        let rows: [Int]
        /// For each column of the buffer where the rows have their values.
        let positions: [[Int32]?]
        /// For each row of the buffer its number among all rows that came.
        let arrivals: [Int]
        /// For each field of the sort order what the rows of the buffer are sorted by.
        fileprivate let sortKeys: [[SingleValue?]]

        /// What a row is sorted by.
        func sortKey(ofRow row: Int) -> [SingleValue?] { sortKeys.map { $0[row] } }
    }

    /// Rows at most, so that what is kept for each row stays small beside its values.
    private static let maximumRows = 65_536
    /// Memory that sorting takes for a row and a field, in bytes.
    private static let sortKeyBytes = 48

    private let layout: TableLayout
    private let byteLimit: Int
    /// The rows.
    private(set) var batch: ColumnBatch
    /// For each row its partition's number.
    private var numbers: [Int32] = []
    /// For each row its number among all rows of the load.
    private var arrivals: [Int] = []
    private var arrivedCount: Int
    private var keys: [PartitionKey] = []
    private var numbersByKey: [PartitionKey: Int32] = [:]

    /// `arrivedCount`: rows of the load that came before.
    init(_ schema: RecordSchema, _ layout: TableLayout, byteLimit: Int, after arrivedCount: Int = 0) {
        self.arrivedCount = arrivedCount
        self.layout = layout
        self.byteLimit = byteLimit
        batch = ColumnBatch(schema)
    }

    var isFull: Bool { batch.rowCount >= Self.maximumRows || memoryNeeded >= byteLimit }

    /// What the rows take and what sorting them will take, in bytes.
    private var memoryNeeded: Int {
        let perRow = batch.columns.count * 2 + layout.orderings.count * Self.sortKeyBytes + 24
        return batch.contentBytes + batch.rowCount * perRow
    }

    func append(_ rows: ColumnBatch) {
        for run in layout.runs(of: rows) {
            numbers.append(contentsOf: repeatElement(number(of: run.key), count: run.rows.count))
        }
        arrivals.append(contentsOf: arrivedCount..<arrivedCount + rows.rowCount)
        arrivedCount += rows.rowCount
        batch.append(0..<rows.rowCount, of: rows)
    }

    private func number(of key: PartitionKey) -> Int32 {
        if let number = numbersByKey[key] { return number }
        let number = Int32(keys.count)
        numbersByKey[key] = number
        keys.append(key)
        return number
    }

    /// Calls `write` with the rows of one partition after another, and drops them.
    ///
    /// `isLast`: whether all rows go, however few they are.
    /// `write`: takes one partition's rows.
    ///
    /// - Throws: what `write` throws.
    func drain(isLast: Bool, _ write: (Portion) async throws -> Void) async throws {
        guard batch.rowCount > 0 else { return }
        var counts = [Int](repeating: 0, count: keys.count)
        for number in numbers { counts[Int(number)] += 1 }
        let chosen = isLast ? counts.indices.sorted { $0 < $1 } : Self.largest(counts, rowCount: batch.rowCount)
        var rows = [[Int]](repeating: [], count: keys.count)
        let isChosen = chosen.reduce(into: [Bool](repeating: false, count: keys.count)) { $0[$1] = true }
        for (row, number) in numbers.enumerated() where isChosen[Int(number)] { rows[Int(number)].append(row) }
        let sortKeys = layout.sortKeys(of: batch)
        let positions = batch.columns.map { $0.valuePositions(rowCount: batch.rowCount) }
        for number in chosen where !rows[number].isEmpty {
            let portion = Portion(
                key: keys[number], rows: ordered(rows[number], sortKeys), positions: positions,
                arrivals: arrivals, sortKeys: sortKeys)
            rows[number] = []
            try await write(portion)
        }
        keep(where: { !isChosen[Int(numbers[$0])] }, positions)
    }

    /// The numbers of the partitions with most rows that have half of all rows together, the largest first.
    static func largest(_ counts: [Int], rowCount: Int) -> [Int] {
        var chosen: [Int] = []
        var sum = 0
        for number in counts.indices.sorted(by: { (counts[$1], $0) < (counts[$0], $1) }) where sum * 2 < rowCount {
            chosen.append(number)
            sum += counts[number]
        }
        return chosen
    }

    /// The rows in the table's order; those that it does not tell apart stay as they came.
    private func ordered(_ rows: [Int], _ sortKeys: [[SingleValue?]]) -> [Int] {
        guard !layout.orderings.isEmpty else { return rows }
        return rows.sorted { left, right in
            layout.precedes({ sortKeys[$0][left] }, { sortKeys[$0][right] }) ?? (left < right)
        }
    }

    /// Drops all other rows.
    private func keep(where isKept: (Int) -> Bool, _ positions: [[Int32]?]) {
        let rows = (0..<batch.rowCount).filter(isKept)
        let (old, oldNumbers, oldKeys) = (batch, numbers, keys)
        arrivals = rows.map { arrivals[$0] }
        numbers.removeAll(keepingCapacity: true)
        keys = []
        numbersByKey = [:]
        guard !rows.isEmpty else {
            batch.removeAll()
            return
        }
        // Not two batches of full size from now on: the old one's memory goes.
        batch = ColumnBatch(old.schema)
        batch.append(rows, of: old, positions: positions)
        for row in rows { numbers.append(number(of: oldKeys[Int(oldNumbers[row])])) }
    }
}
