import Glibc
import JSON
import NilusCore
import Parquet
import Records

// parquet-fixtures: writes Parquet files that tests in other languages describe and then read, and reads
// those that others wrote.
//
//     parquet-fixtures < descriptions
//
// Standard input holds one JSON object a line, with the file to write as `path`, or the file to read as
// `read`. For each line one line of JSON goes to standard output: what the writer says of the file or
// the reader found in it, or the error they gave.

while let line = readLine() {
    let answer: JSONValue
    do {
        let description = try JSONValue(parsing: line.utf8)
        if description["read"] != nil {
            answer = try await ReadRequest(description).answer()
        } else {
            let path = try description["path"].required("path").string.required("path")
            answer = try writeFixture(FixtureCase(description), to: path)
        }
    } catch let error as NilusError {
        answer = ["error": .string(error.line), "code": .string(error.code.rawValue)]
    }
    print(answer.compactText)
}

/// Writes the file and tells what is known of it.
func writeFixture(_ fixture: FixtureCase, to path: String) throws -> JSONValue {
    let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0o644)
    guard descriptor >= 0 else { throw FixtureError(message: "cannot open \(path)") }
    defer { close(descriptor) }
    let writer = ParquetFileWriter(
        columns: fixture.columns, options: fixture.options,
        scratch: ParquetScratch(compressionLevel: fixture.compressionLevel)
    ) { try Files.writeAll(ContiguousArray($0), to: descriptor) }
    try append(fixture, to: writer)
    return try writer.finish().described
}

private func append(_ fixture: FixtureCase, to writer: ParquetFileWriter) throws {
    let batch = ColumnBatch(RecordSchema(fixture.columns.map { Field($0.name, $0.type) }))
    var batchCount = 0
    for start in stride(from: 0, to: fixture.rowCount, by: fixture.batchRows) {
        batch.removeAll()
        for row in start..<min(start + fixture.batchRows, fixture.rowCount) {
            let batchRow = batch.addRow()
            for (column, values) in zip(batch.columns, fixture.values) {
                try column.set(values[row], inRow: batchRow)
            }
        }
        try writer.append(batch)
        batchCount += 1
        if fixture.flushEvery > 0, batchCount.isMultiple(of: fixture.flushEvery) { try writer.flushRowGroup() }
    }
}

extension Column {
    /// Sets a value as descriptions write it: integers as numbers, all other numbers as text.
    fileprivate func set(_ value: JSONValue, inRow row: Int) throws {
        if case .null = value { return }
        switch type.storage {
        case .integers:
            let number = value.boolean.map { $0 ? 1 : 0 } ?? value.integer
            set(try number.required("an integer"), inRow: row)
        case .doubles: set(try value.string.flatMap(Double.init).required("a double"), inRow: row)
        case .decimals: set(try value.string.flatMap { Int128($0) }.required("a decimal"), inRow: row)
        case .text:
            var text = try value.string.required("a text")
            text.withUTF8 { set(UnsafeRawBufferPointer($0), inRow: row) }
        }
    }
}

extension ParquetFileSummary {
    fileprivate var described: JSONValue {
        [
            "rows": .integer(rowCount), "bytes": .integer(byteCount), "footerBytes": .integer(footerByteCount),
            "splitOffsets": .array(splitOffsets.map { .integer($0) }), "columns": .array(columns.map(\.described)),
        ]
    }
}

extension ParquetColumnSummary {
    fileprivate var described: JSONValue {
        [
            "id": .integer(fieldID), "bytes": .integer(compressedByteCount), "values": .integer(valueCount),
            "nulls": .integer(nullCount), "nans": nanCount.map { .integer($0) } ?? .null,
            "lower": lowerBound?.described ?? .null, "upper": upperBound?.described ?? .null,
        ]
    }
}

extension ParquetBound {
    var described: JSONValue {
        switch self {
        case .integer(let value): .integer(value)
        case .double(let value): .string("\(value)")
        case .decimal(let value): .string("\(value)")
        case .bytes(let bytes, let isExact):
            ["text": .string(String(decoding: bytes, as: UTF8.self)), "exact": .boolean(isExact)]
        }
    }
}
