/// Which files of a table can be taken out whole, so that its counters stay true.
///
/// A delete file that stays in the table must name rows of files that stay; so a data file goes whole only when
/// every delete file that names it goes too, and a delete file goes when all data files that it names go whole.
struct WholeFiles: Hashable {
    /// The data files that go.
    let dataFiles: Set<String>
    /// The delete files that go with them.
    let deleteFiles: Set<String>
    /// Rows of those data files that were there, deleted ones left out.
    let rowCount: Int

    /// Decides.
    ///
    /// `candidates`: data files of which all rows are to go, with the number of rows in each.
    /// `deletions`: for each delete file that may name one of them, the data files that it names with the number of
    /// rows named.
    init(among candidates: [String: Int], deletions: [String: [String: Int]]) {
        var going = Set(candidates.keys)
        var isSettled = false
        while !isSettled {
            isSettled = true
            for named in deletions.values where !named.keys.allSatisfy(going.contains) {
                let before = going.count
                going.subtract(named.keys)
                isSettled = isSettled && going.count == before
            }
        }
        let settled = going
        dataFiles = settled
        let emptied = deletions.filter { _, named in !named.isEmpty && named.keys.allSatisfy(settled.contains) }
        deleteFiles = Set(emptied.keys)
        let rows = settled.reduce(0) { $0 + (candidates[$1] ?? 0) }
        let gone = emptied.values.reduce(0) { $0 + $1.values.reduce(0, +) }
        // Others may name a row twice.
        rowCount = max(0, rows - gone)
    }
}
