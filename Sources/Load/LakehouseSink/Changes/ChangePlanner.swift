import Iceberg
import IcebergCatalog
import Loading
import NilusCore

/// Finds out what a load changes in a table besides adding the files that it wrote.
///
/// What is planned holds for one state of the table; a lost race makes it plan again on the next. Used by one task.
protocol ChangePlanner: AnyObject {
    /// Notes rows that were written.
    ///
    /// - Throws: `schemaConflict` (terminal) when a row has no key.
    func note(_ rows: WrittenRows) throws(NilusError)

    /// Takes the files that hold the load's rows, which can be read by now.
    func finishWriting(_ load: WrittenLoad)

    /// Finds what changes in a state of the table.
    func plan(on table: CatalogTable) async throws

    /// Plans anew after a lost race.
    func planAnew(from base: CatalogTable, on head: CatalogTable) async throws

    /// What was planned last.
    var changes: PlannedChanges { get }

    /// Removes files that the committed change does not need.
    func conclude() async

    /// Removes the planner's own files, none of which is part of a table.
    func abandon() async
}

extension ChangePlanner {
    func note(_ rows: WrittenRows) throws(NilusError) {}

    func planAnew(from base: CatalogTable, on head: CatalogTable) async throws { try await plan(on: head) }

    func conclude() async {}
}

/// What a load wrote, and under which layout.
struct WrittenLoad {
    let files: [DataFile]
    let evolution: SchemaEvolution
    let layout: TableLayout
    /// What the rows stand for, when the load says so.
    let scope: LoadScope?
}

/// What is to become of a table.
struct PlannedChanges {
    /// New files, of data and of deletions.
    let files: [DataFile]
    /// The paths of files that go, of data or of deletions.
    var removing: Set<String> = []
    var effects = RowEffects()
    /// What the search cost; `nil` when nothing was looked for.
    var search: SearchFigures?

    /// What becomes of the table, in numbers.
    var figures: LoadFigures { LoadFigures(of: files, effects) }
}
