import Glibc
import NilusCore
import Parquet
import Records
import SeededRandom

// parquet-benchmark: how fast, how small and in how much memory the Parquet writer works.
//
//     parquet-benchmark charges [ROWS] [FILE] [LEVEL]     charge-like rows, of about 2.4 KB each
//     parquet-benchmark kinds [ROWS] [NAME]       one column of each kind by itself
//     parquet-benchmark fill [ROWS]               filling the batches, without a writer

let arguments = CommandLine.arguments
let rowCount = arguments.count > 2 ? Int(arguments[2]) ?? 200_000 : 200_000
let compressionLevel = arguments.count > 4 ? Int(arguments[4]) ?? 1 : ParquetScratch.defaultCompressionLevel

switch arguments.dropFirst().first {
case "charges": try runCharges(rowCount, file: arguments.count > 3 ? arguments[3] : "/dev/null")
case "kinds": try runKinds(rowCount)
case "fill": runFill(rowCount)
default:
    print("usage: parquet-benchmark charges [ROWS] [FILE] | kinds [ROWS] | fill [ROWS]")
    exit(64)
}

/// What writing rows took.
struct Measurement {
    var summary: ParquetFileSummary
    /// CPU time inside the writer, in nanoseconds.
    var nanoseconds: Double
    var largestBuffer: Int
    /// Bytes of all values.
    var valueBytes: Int
}

/// Writes a file of rows that are made as they are needed, and times the writer alone.
func write(_ rows: ChargeLikeRows, count: Int, to path: String) throws -> Measurement {
    var rows = rows
    let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0o644)
    precondition(descriptor >= 0, "cannot open \(path)")
    defer { close(descriptor) }
    let writer = ParquetFileWriter(
        columns: rows.columns, options: ParquetOptions(createdBy: "nilus version 0 (build benchmark)"),
        scratch: ParquetScratch(compressionLevel: compressionLevel)
    ) { piece in
        precondition(Glibc.write(descriptor, piece.baseAddress, piece.count) == piece.count, "cannot write \(path)")
    }
    var nanoseconds = 0.0
    var largestBuffer = 0
    var valueBytes = 0
    while writer.rowCount < count {
        rows.next(100)
        valueBytes += rows.batch.valueBytes
        let start = cpuNanoseconds()
        try writer.append(rows.batch)
        nanoseconds += cpuNanoseconds() - start
        largestBuffer = max(largestBuffer, writer.bufferedBytes)
    }
    let start = cpuNanoseconds()
    let summary = try writer.finish()
    nanoseconds += cpuNanoseconds() - start
    return Measurement(
        summary: summary, nanoseconds: nanoseconds, largestBuffer: largestBuffer, valueBytes: valueBytes)
}

func runCharges(_ count: Int, file: String) throws {
    let rows = ChargeLikeRows()
    let before = peakMemory()
    let measured = try write(rows, count: count, to: file)
    let perRow = measured.nanoseconds / Double(count)
    print("rows \(count.grouped), columns \(rows.columns.count), values of a row \(measured.valueBytes / count) B")
    print("per row \((perRow / 10).rounded() / 100) µs, rows per CPU second \(Int(1e9 / perRow).grouped)")
    print("file \(measured.summary.byteCount.asByteCount), row groups \(measured.summary.splitOffsets.count)")
    print("peak memory before \(before.asByteCount), after \(peakMemory().asByteCount)")
    print("most buffered \(measured.largestBuffer.asByteCount)")
}

func runKinds(_ count: Int) throws {
    var shapes = ChargeLikeRows.shapes
    shapes.append(.init(name: "always empty", type: .text) { _, _ in nil })
    shapes.append(.init(name: "every other", type: .long) { _, row in row % 2 == 0 ? .integer(Int64(row)) : nil })
    for shape in shapes where arguments.count <= 3 || shape.name == arguments[3] {
        let measured = try write(ChargeLikeRows([shape]), count: count, to: "/dev/null")
        let perRow = (measured.nanoseconds / Double(count) * 10).rounded() / 10
        print("\(shape.name) \(shape.type): \(perRow) ns, \(measured.summary.byteCount * 100 / count) B per 100 rows")
    }
}

func runFill(_ count: Int) {
    var rows = ChargeLikeRows()
    rows.next(100)
    let target = ColumnBatch(rows.batch.schema)
    let start = cpuNanoseconds()
    for _ in 0..<count / 100 {
        target.removeAll()
        target.copyRows(of: rows.batch)
    }
    print("filling a row: \(Int((cpuNanoseconds() - start) / Double(count))) ns")
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

    fileprivate func copyRows(of source: ColumnBatch) {
        for _ in 0..<source.rowCount { _ = addRow() }
        for (from, to) in zip(source.columns, columns) {
            var position = 0
            for (row, isPresent) in from.presence.enumerated() where isPresent != 0 {
                switch from.type.storage {
                case .integers: to.set(from.integers[position], inRow: row)
                case .doubles: to.set(from.doubles[position], inRow: row)
                case .decimals: to.set(from.decimals[position], inRow: row)
                case .text:
                    let start = position == 0 ? 0 : from.textEnds[position - 1]
                    let text = from.textBytes[start..<from.textEnds[position]]
                    to.set(UnsafeRawBufferPointer(rebasing: text), inRow: row)
                }
                position += 1
            }
        }
    }
}

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
