import Iceberg
import NilusCore
import Parquet
import Records

/// What the delete files of a table say, read when it is asked for.
struct StoredDeletions {
    private let reading: FileReading
    private let files: [StoredDeletes]
    private let values: EqualitySearch

    init(positions files: [StoredDeletes], values: [EqualityDeletes] = [], reading: FileReading) {
        self.files = files
        self.values = EqualitySearch(values, reading)
        self.reading = reading
    }

    /// The data files that a position delete file names, with the number of rows named.
    func counts(in deletes: StoredDeletes) async throws -> [String: Int] {
        var counts: [String: Int] = [:]
        var last: (path: [UInt8], count: Int) = ([], 0)
        func note() {
            if last.count > 0 { counts[String(decoding: last.path, as: UTF8.self), default: 0] += last.count }
        }
        try await forEachRow(of: deletes) { path, _ in
            if !path.elementsEqual(last.path) {
                note()
                last = (Array(path), 0)
            }
            last.count += 1
        }
        note()
        return counts
    }

    /// The deleted rows of some data files, by location.
    ///
    /// - Throws: `sinkRefused` (terminal) when rows are deleted by values that are not read.
    func rows(of files: some Collection<StoredFile>) async throws -> [String: RowSet] {
        var found = try await values.rows(of: files)
        for deletes in self.files {
            let concerned = Set(files.filter(deletes.mayApply).map(\.path))
            guard !concerned.isEmpty else { continue }
            var last: [UInt8] = []
            var name = ""
            var isConcerned = false
            try await forEachRow(of: deletes) { path, row in
                if !path.elementsEqual(last) || last.isEmpty {
                    last = Array(path)
                    name = String(decoding: path, as: UTF8.self)
                    isConcerned = concerned.contains(name)
                }
                if isConcerned, let row = Int(exactly: row), row >= 0 { found[name, default: RowSet()].insert(row) }
            }
        }
        return found
    }

    private func forEachRow(
        of deletes: StoredDeletes, _ body: (_ path: UnsafeRawBufferPointer, _ row: Int64) -> Void
    ) async throws {
        let reader = try await reading.open(deletes.path, sizeBytes: deletes.sizeBytes, format: deletes.format)
        let rows = try reader.batches(of: PositionDeleteWriter.columns)
        while try await rows.next() != nil {
            var paths = ValueCursor(rows.batch.columns[0])
            var positions = ValueCursor(rows.batch.columns[1])
            for row in 0..<rows.batch.rowCount {
                guard let path = paths.advance(to: row)?.text, let position = positions.advance(to: row)?.integer
                else { continue }
                body(path, position)
            }
        }
    }
}
