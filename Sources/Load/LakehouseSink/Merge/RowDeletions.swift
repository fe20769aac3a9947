import Iceberg
import NilusCore
import ObjectStorage
import Parquet
import Records

/// Gathers rows that are to go and writes them into position delete files, one for each partition or, where the table
/// wants that, for each data file; several when they are many.
///
/// A row that is gone already is left out, so that the table's counters stay true. Used by one task.
final class RowDeletions {
    /// Positions that are gathered before they are written: 4 MiB.
    private static let mostGathered = 524_288

    private let reading: FileReading
    private let rowGroupBytes: Int
    private let newPath: () -> String
    /// The deletions that the table has, then those written here.
    private var known: [StoredDeletes]
    private var gathered: [String: (file: StoredFile, rows: [Int64])] = [:]
    private var gatheredCount = 0

    /// The delete files that are complete.
    private(set) var files: [DataFile] = []
    /// The data files of which rows are deleted.
    private(set) var affected: Set<String> = []
    /// Rows deleted.
    private(set) var rowCount = 0

    /// `newPath`: names each file to be written, every time another one.
    init(besides known: [StoredDeletes], _ reading: FileReading, rowGroupBytes: Int, newPath: @escaping () -> String) {
        self.known = known
        self.reading = reading
        self.rowGroupBytes = rowGroupBytes
        self.newPath = newPath
    }

    /// Deletes rows of a file.
    ///
    /// - Precondition: `rows` ascend.
    func delete(_ rows: [Int64], of file: StoredFile) async throws {
        guard !rows.isEmpty else { return }
        let earlier = gathered[file.path]?.rows ?? []
        gathered[file.path] = (file, earlier.isEmpty ? rows : Set(earlier + rows).sorted())
        gatheredCount += rows.count
        if gatheredCount >= Self.mostGathered { try await write() }
    }

    /// Writes what is gathered; to be called at the end.
    func write() async throws {
        var open = gathered.values.sorted { $0.file.path.precedesByBytes($1.file.path) }
        gathered = [:]
        gatheredCount = 0
        try await leaveOutGoneRows(of: &open)
        open.removeAll { $0.rows.isEmpty }
        switch reading.deleteGranularity {
        case .file: for one in open { try await write([one]) }
        case .partition:
            for part in Dictionary(grouping: open, by: \.file.partition).values.sorted(by: Self.comesFirst) {
                try await write(part)
            }
        }
    }

    /// Files of one partition and their rows that go, by location.
    private typealias Part = [(file: StoredFile, rows: [Int64])]

    private static func comesFirst(_ left: Part, _ right: Part) -> Bool {
        (left.first?.file.path ?? "").precedesByBytes(right.first?.file.path ?? "")
    }

    private func write(_ part: Part) async throws {
        guard let partition = part.first?.file.partition else { return }
        let writer = try await PositionDeleteWriter(
            newPath(), partition, rowGroupBytes: rowGroupBytes, in: reading.store)
        for (file, rows) in part {
            try await writer.delete(rows, of: file.path)
            affected.insert(file.path)
            rowCount += rows.count
        }
        let file = try await writer.finish()
        files.append(file)
        known.append(StoredDeletes(file, sequenceNumber: StoredFile.youngest))
    }

    private func leaveOutGoneRows(of open: inout Part) async throws {
        for deletes in known {
            let concerned = open.indices.filter { deletes.mayApply(to: open[$0].file) }
            guard !concerned.isEmpty else { continue }
            let indices = Dictionary(uniqueKeysWithValues: concerned.map { (open[$0].file.path, $0) })
            let gone = try await goneRows(in: deletes, of: indices, open.map(\.rows))
            for (index, positions) in gone { open[index].rows.removeAll { positions.contains($0) } }
        }
    }

    /// The rows among `wanted` that a delete file names, by the index of their file.
    private func goneRows(
        in deletes: StoredDeletes, of indices: [String: Int], _ wanted: [[Int64]]
    ) async throws -> [Int: Set<Int64>] {
        var gone: [Int: Set<Int64>] = [:]
        let reader = try await reading.open(deletes.path, sizeBytes: deletes.sizeBytes, format: deletes.format)
        let rows = try reader.batches(of: PositionDeleteWriter.columns)
        var run = PathRun(indices)
        while try await rows.next() != nil {
            var paths = ValueCursor(rows.batch.columns[0])
            var positions = ValueCursor(rows.batch.columns[1])
            for row in 0..<rows.batch.rowCount {
                guard let index = paths.advance(to: row)?.text.flatMap({ run.index(of: $0) }),
                    let position = positions.advance(to: row)?.integer, wanted[index].containsSorted(position)
                else { continue }
                gone[index, default: []].insert(position)
            }
        }
        return gone
    }
}

/// Looks up the files that delete rows name; many in a row name the same.
private struct PathRun {
    private let indices: [String: Int]
    private var last: [UInt8] = []
    private var lastIndex: Int?

    init(_ indices: [String: Int]) {
        self.indices = indices
    }

    mutating func index(of path: UnsafeRawBufferPointer) -> Int? {
        if !path.elementsEqual(last) || last.isEmpty {
            last = Array(path)
            lastIndex = indices[String(decoding: path, as: UTF8.self)]
        }
        return lastIndex
    }
}

extension [Int64] {
    /// Whether an ascending list has the number.
    fileprivate func containsSorted(_ number: Int64) -> Bool {
        let index = partitioningIndex { $0 >= number }
        return index < count && self[index] == number
    }
}
