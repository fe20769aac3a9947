import Glibc
import NilusCore
import Parquet
import Records
import SeededRandom

// parquet-benchmark: how fast, how small and in how much memory the Parquet writer and reader work.

guard let options = BenchmarkOptions(Array(CommandLine.arguments.dropFirst())) else {
    print(BenchmarkOptions.usage)
    exit(64)
}
switch options.mode {
case "charges": try measureCharges(options)
case "kinds": try measureKinds(options)
case "fill": measureFilling(options)
case "read": try await measureReading(options)
default:
    print(BenchmarkOptions.usage)
    exit(64)
}

func measureCharges(_ options: BenchmarkOptions) throws {
    let rows = ChargeLikeRows()
    let before = peakMemory()
    let measured = try Measurement(writing: rows, options, to: options.file)
    let perRow = measured.nanoseconds / Double(options.rows)
    let summary = measured.summary
    print(
        "\(summary.rowCount.grouped) rows of \(rows.shapes.count) columns and \(measured.valueBytes / options.rows) B")
    print("per row \((perRow / 10).rounded() / 100) µs, rows per CPU second \(Int(1e9 / perRow).grouped)")
    print("file \(summary.byteCount.asByteCount), \(summary.splitOffsets.count) row groups")
    print("peak memory \(before.asByteCount) before, \(peakMemory().asByteCount) after")
    print(
        "of it held by the writer \(measured.largestBuffer.asByteCount), scratch \(measured.scratchBytes.asByteCount)")
}

func measureKinds(_ options: BenchmarkOptions) throws {
    let more: [ChargeLikeRows.ColumnShape] = [
        .init(name: "always empty", type: .text) { _, _ in nil },
        .init(name: "every other", type: .long) { _, row in row % 2 == 0 ? .integer(Int64(row)) : nil },
    ]
    for shape in ChargeLikeRows.shapes + more where options.only == nil || options.only == shape.name {
        let measured = try Measurement(writing: ChargeLikeRows([shape]), options, to: "/dev/null")
        let perRow = (measured.nanoseconds / Double(options.rows) * 10).rounded() / 10
        let bytes = Double(measured.summary.byteCount * 10 / options.rows) / 10
        print("\(shape.name) \(shape.type): \(perRow) ns, \(bytes) B")
    }
}

func measureReading(_ options: BenchmarkOptions) async throws {
    let measured = try await ReadMeasurement(reading: options.only ?? "id", of: options.file)
    func perRow(_ nanoseconds: Double) -> Double {
        (nanoseconds / Double(max(1, measured.rowCount)) * 10).rounded() / 10
    }
    func seconds(_ nanoseconds: Double) -> Double { (nanoseconds / 1e6).rounded() / 1_000 }
    print("\(measured.rowCount.grouped) rows, values of \(measured.byteCount.asByteCount)")
    print("reading \(seconds(measured.nanoseconds)) s of CPU, per row \(perRow(measured.nanoseconds)) ns")
    print(
        "reading and looking up \(seconds(measured.lookupNanoseconds)) s of CPU, "
            + "per row \(perRow(measured.lookupNanoseconds)) ns; found \(measured.foundCount.grouped)")
    print("peak memory \(peakMemory().asByteCount)")
}

func measureFilling(_ options: BenchmarkOptions) {
    var rows = ChargeLikeRows()
    rows.next(100)
    let target = ColumnBatch(rows.batch.schema)
    let nanoseconds = cpuNanoseconds {
        for _ in 0..<options.rows / 100 {
            target.removeAll()
            target.copyRows(of: rows.batch)
        }
    }
    print("filling a row \(Int(nanoseconds / Double(options.rows))) ns")
}

extension ColumnBatch {
    fileprivate func copyRows(of source: ColumnBatch) {
        for _ in 0..<source.rowCount { _ = addRow() }
        for (from, to) in zip(source.columns, columns) {
            var position = 0
            for (row, isPresent) in from.presence.enumerated() where isPresent != 0 {
                to.copyValue(at: position, of: from, toRow: row)
                position += 1
            }
        }
    }
}

extension Column {
    fileprivate func copyValue(at position: Int, of source: Column, toRow row: Int) {
        switch type.storage {
        case .integers: set(source.integers[position], inRow: row)
        case .doubles: set(source.doubles[position], inRow: row)
        case .decimals: set(source.decimals[position], inRow: row)
        case .text:
            let start = position == 0 ? 0 : source.textEnds[position - 1]
            let text = source.textBytes[start..<source.textEnds[position]]
            set(UnsafeRawBufferPointer(rebasing: text), inRow: row)
        }
    }
}
