import Glibc
import NilusCore
import Parquet
import Records

/// What reading one column of a file took.
struct ReadMeasurement {
    /// Keys that are looked for among the rows.
    static let keyCount = 10_000

    let rowCount: Int
    let byteCount: Int
    /// CPU time of reading all values, in nanoseconds.
    let nanoseconds: Double
    /// CPU time of reading all values and looking each up among the keys.
    let lookupNanoseconds: Double
    /// Rows whose value is one of the keys.
    let foundCount: Int

    /// Reads a column of texts twice: to take keys at even distances, and to find them again.
    init(reading name: String, of path: String) async throws {
        let file = try await BenchmarkFile(path)
        let found = file.reader.columns.first { $0.name == name }
        guard let found, let fieldID = found.fieldID else { throw MissingColumn(name: name) }
        let column = ParquetColumn(name: name, type: .text, fieldID: fieldID)
        let distance = max(1, file.reader.rowCount / Self.keyCount)
        var keys: Set<Int> = []
        var byteCount = 0
        nanoseconds = try await file.forEachBatch(of: column) { batch, firstRow in
            byteCount += batch.columns[0].textBytes.count
            batch.columns[0].forEachText { row, text in
                if (firstRow + row).isMultiple(of: distance) { keys.insert(text.hashed) }
            }
        }
        var foundCount = 0
        lookupNanoseconds = try await file.forEachBatch(of: column) { batch, _ in
            batch.columns[0].forEachText { _, text in
                if keys.contains(text.hashed) { foundCount += 1 }
            }
        }
        rowCount = file.reader.rowCount
        self.byteCount = byteCount
        self.foundCount = foundCount
    }
}

/// The file has no such column.
struct MissingColumn: Error {
    let name: String
}

/// A file on disk that is read by ranges.
private struct BenchmarkFile {
    let reader: ParquetFileReader

    init(_ path: String) async throws {
        let descriptor = open(path, O_RDONLY)
        precondition(descriptor >= 0, "cannot open \(path)")
        let size = Int(lseek(descriptor, 0, SEEK_END))
        let input = ParquetInput(name: path, byteCount: size) { range in
            [UInt8](unsafeUninitializedCapacity: range.count) { bytes, count in
                count = max(0, pread(descriptor, bytes.baseAddress, range.count, range.lowerBound))
            }
        }
        reader = try await ParquetFileReader(input)
    }

    /// Calls `body` with each batch and the position of its first row; returns the CPU time in nanoseconds.
    func forEachBatch(of column: ParquetColumn, _ body: (ColumnBatch, Int) -> Void) async throws -> Double {
        let start = cpuNanoseconds()
        let batches = try reader.batches(of: [column])
        while let firstRow = try await batches.next() { body(batches.batch, firstRow) }
        return cpuNanoseconds() - start
    }
}

extension Column {
    /// Calls `body` with each row and its text; rows without one are left out.
    fileprivate func forEachText(_ body: (Int, UnsafeRawBufferPointer) -> Void) {
        var position = 0
        var start = 0
        for (row, isPresent) in presence.enumerated() where isPresent != 0 {
            let end = textEnds[position]
            body(row, UnsafeRawBufferPointer(rebasing: textBytes[start..<end]))
            start = end
            position += 1
        }
    }
}

extension UnsafeRawBufferPointer {
    fileprivate var hashed: Int {
        var hasher = Hasher()
        hasher.combine(bytes: self)
        return hasher.finalize()
    }
}
