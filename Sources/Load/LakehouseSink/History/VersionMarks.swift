/// What a comparison found out about the rows of a load and the versions of a table, a bit a row.
struct VersionMarks {
    /// The versions in one file of the table.
    struct Stored {
        let file: StoredFile
        /// Those that the load has rows for.
        var met = RowSet()
        /// Those that end.
        var ended = RowSet()
    }

    /// Rows of the load that are not added, by the number of their file.
    private(set) var dropped: [Int: RowSet] = [:]
    /// By the location of the file.
    private(set) var stored: [String: Stored] = [:]

    /// Versions that end.
    var endedCount: Int { stored.values.reduce(0) { $0 + $1.ended.count } }

    /// Rows of the load that are not added.
    var droppedCount: Int { dropped.values.reduce(0) { $0 + $1.count } }

    mutating func drop(_ row: Int, ofFile number: Int) {
        dropped[number, default: RowSet()].insert(row)
    }

    /// Notes what becomes of a version that the load may have a row for.
    mutating func note(_ fate: VersionPortion.Fate, row: Int, of file: StoredFile) {
        guard fate != .unknown else { return }
        stored[file.path, default: Stored(file: file)].met.insert(row)
        if fate == .ends { end(row, of: file) }
    }

    mutating func end(_ row: Int, of file: StoredFile) {
        stored[file.path, default: Stored(file: file)].ended.insert(row)
    }

    /// Whether the load has a row for a version.
    func hasMet(_ row: Int, of file: StoredFile) -> Bool {
        stored[file.path]?.met.contains(row) ?? false
    }
}
