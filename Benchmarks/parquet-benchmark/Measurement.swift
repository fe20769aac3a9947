import Glibc
import Parquet
import Records

/// What writing rows took.
struct Measurement {
    let summary: ParquetFileSummary
    /// CPU time inside the writer, in nanoseconds.
    let nanoseconds: Double
    /// The most memory that the writer said it holds, in bytes.
    let largestBuffer: Int
    /// The memory of the scratch at the end, in bytes.
    let scratchBytes: Int
    /// Bytes of all values.
    let valueBytes: Int

    /// Writes a file of rows that are made as they are needed, and times the writer alone.
    init(writing rows: ChargeLikeRows, _ options: BenchmarkOptions, to path: String) throws {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0o644)
        precondition(descriptor >= 0, "cannot open \(path)")
        defer { close(descriptor) }
        let scratch = ParquetScratch(compressionLevel: options.level)
        let writer = ParquetFileWriter(
            columns: rows.columns(bloom: options.bloom),
            options: ParquetOptions(
                rowGroupBytes: options.rowGroupBytes, createdBy: "nilus version 0 (build benchmark)"),
            scratch: scratch
        ) { piece in
            precondition(write(descriptor, piece.baseAddress, piece.count) == piece.count, "cannot write \(path)")
        }
        var rows = rows
        var nanoseconds = 0.0
        var largestBuffer = 0
        var valueBytes = 0
        while writer.rowCount < options.rows {
            rows.next(100)
            valueBytes += rows.batch.valueBytes
            nanoseconds += try cpuNanoseconds { try writer.append(rows.batch) }
            largestBuffer = max(largestBuffer, writer.bufferedBytes)
        }
        var finished: ParquetFileSummary?
        nanoseconds += try cpuNanoseconds { finished = try writer.finish() }
        guard let finished else { preconditionFailure("a writer that finished has a summary") }
        summary = finished
        self.nanoseconds = nanoseconds
        self.largestBuffer = largestBuffer
        scratchBytes = scratch.allocatedBytes
        self.valueBytes = valueBytes
    }
}

/// The CPU time that an action takes, in nanoseconds.
func cpuNanoseconds(_ action: () throws -> Void) rethrows -> Double {
    let start = cpuNanoseconds()
    try action()
    return cpuNanoseconds() - start
}

/// The CPU time that the process took so far, in nanoseconds.
func cpuNanoseconds() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
    return Double(time.tv_sec) * 1e9 + Double(time.tv_nsec)
}

/// The most memory that was resident so far, in bytes.
func peakMemory() -> Int {
    var usage = rusage()
    getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
    return Int(usage.ru_maxrss) * 1_024
}

extension ColumnBatch {
    /// The bytes of all values.
    fileprivate var valueBytes: Int {
        columns.reduce(0) { sum, column in
            switch column.type.storage {
            case .integers, .doubles: sum + column.presentCount * 8
            case .decimals: sum + column.presentCount * 16
            case .text: sum + column.textBytes.count
            }
        }
    }
}
