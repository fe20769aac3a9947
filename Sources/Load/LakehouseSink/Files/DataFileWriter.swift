import Iceberg
import NilusCore
import ObjectStorage
import Records

/// Writes batches into the data files of a table's layout; used by one task.
///
/// A table without partitions and sort order gets its rows as they come, in one file after another.
/// For others rows wait in a ``RowBuffer`` and go, sorted, to the few files that ``OpenDataFiles`` keeps open.
final class DataFileWriter {
    private let open: OpenDataFiles
    private let sizes: FileSizes
    /// How the files are laid out.
    private(set) var layout: TableLayout
    private var columns: [MappedColumn]
    private var buffer: RowBuffer?

    /// Rows written, those that wait among them.
    private(set) var rowCount = 0

    /// - Precondition: `columns` are in the order of the batches that will come.
    init(
        _ columns: [MappedColumn], _ layout: TableLayout, _ place: FilePlace, sizes: FileSizes, store: any ObjectStore
    ) {
        self.columns = columns
        self.layout = layout
        self.sizes = sizes
        open = OpenDataFiles(columns, layout, place, sizes: sizes, store: store)
    }

    /// Tells of all rows that go to files from now on.
    func observe(_ observer: @escaping (WrittenRows) throws -> Void) {
        open.observer = observer
    }

    /// Goes on with more columns, from the next file on.
    func change(to columns: [MappedColumn], _ layout: TableLayout) async throws {
        try await drain(isLast: true)
        buffer = nil
        self.columns = columns
        self.layout = layout
        try await open.change(to: columns, layout)
    }

    func write(_ batch: ColumnBatch) async throws {
        rowCount += batch.rowCount
        guard !layout.isPlain else {
            try await open.append(batch)
            return
        }
        let buffer =
            buffer
            ?? RowBuffer(
                RecordSchema(columns.map(\.batchField)), layout, byteLimit: sizes.bufferBytes,
                after: rowCount - batch.rowCount)
        self.buffer = buffer
        buffer.append(batch)
        if buffer.isFull { try await drain(isLast: false) }
    }

    /// Closes the last files.
    func finish() async throws -> [DataFile] {
        try await drain(isLast: true)
        buffer = nil
        return try await open.finish()
    }

    /// Removes everything that was written.
    ///
    /// - Precondition: no file is part of a table.
    func abandon() async {
        buffer = nil
        await open.abandon()
    }

    private func drain(isLast: Bool) async throws {
        guard let buffer else { return }
        try await buffer.drain(isLast: isLast) { try await open.append($0, of: buffer.batch) }
    }
}

extension MappedColumn {
    /// The column as batches have it.
    var batchField: Field { Field(wanted.name, field.type) }
}
