import Loading
import NilusCore
import Records

/// Notes the keys of rows while they are written, as far as its memory allows.
///
/// Of two rows with one key the one that came later is the version that stays; the place of the earlier is kept as
/// superseded. When the keys outgrow their memory, ``isOverfull`` says so and no more are noted.
struct KeyCollector {
    private(set) var keys = KeySet()
    /// The rows of which a later version was written, in no order.
    private(set) var superseded: [KeySet.Place] = []
    private(set) var isOverfull = false
    private let columns: KeyColumns
    private let table: TableName
    private let share: KeyShare
    private var rowKeys: RowKeys

    init(_ columns: KeyColumns, of table: TableName, in memory: KeyMemory) {
        self.columns = columns
        self.table = table
        share = KeyShare(of: memory)
        rowKeys = RowKeys(columns)
    }

    /// Notes the rows of a batch, which lie one after another in a file.
    ///
    /// `arrivals`: the number of each row among those of the load, unless they come in order.
    ///
    /// - Throws: `schemaConflict` (terminal) when a row has no value in a column of the key.
    mutating func note(
        _ batch: ColumnBatch, file: Int, firstRow: Int, arrivals: [Int]? = nil
    ) throws(NilusError) {
        var keys = keys.taken()
        var withoutKey = false
        rowKeys.forEach(in: batch) { row, key, moment in
            guard let key else {
                withoutKey = true
                return
            }
            let place = KeySet.Place(file: file, row: firstRow + row)
            let arrival = arrivals.map { $0[row] }
            if let loser = keys.insert(key, at: place, moment: moment, arrival: arrival) { superseded.append(loser) }
        }
        self.keys = keys
        if withoutKey { throw .keyMissing(columns, table) }
        isOverfull = !share.resize(to: memoryBytes)
    }

    /// Bytes that are held by now.
    var memoryBytes: Int { keys.memoryBytes + superseded.capacity * 8 }

    /// Forgets all keys and gives their memory back.
    mutating func drop() {
        keys = KeySet()
        superseded = []
        _ = share.resize(to: 0)
    }
}

extension KeySet {
    /// Moves the content out, so that it has one owner and is not copied to be changed.
    mutating func taken() -> KeySet {
        let content = self
        self = KeySet()
        return content
    }
}

extension NilusError {
    static func keyMissing(_ columns: KeyColumns, _ table: TableName) -> NilusError {
        let names = columns.parts.map { "'\($0.field.name)'" }.joined(separator: ", ")
        return NilusError(
            .load, .schemaConflict,
            "cannot merge into table '\(table)': a row has no value in its primary key \(names); "
                + "set 'primary-key' to columns that every row fills")
    }
}
