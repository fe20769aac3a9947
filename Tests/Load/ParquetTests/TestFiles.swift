import Parquet
import Records

/// A value to write into a column.
enum TestValue: Equatable {
    case integer(Int64)
    case double(Double)
    case decimal(Int128)
    case text(String)
}

extension TestValue: ExpressibleByIntegerLiteral, ExpressibleByStringLiteral, ExpressibleByFloatLiteral {
    init(integerLiteral value: Int64) { self = .integer(value) }
    init(stringLiteral value: String) { self = .text(value) }
    init(floatLiteral value: Double) { self = .double(value) }
}

extension Column {
    func set(_ value: TestValue?, inRow row: Int) {
        switch value {
        case nil: break
        case .integer(let number): set(number, inRow: row)
        case .double(let number): set(number, inRow: row)
        case .decimal(let number): set(number, inRow: row)
        case .text(var text): text.withUTF8 { set(UnsafeRawBufferPointer($0), inRow: row) }
        }
    }
}

extension ColumnBatch {
    /// A batch of the given types with the given values, column by column.
    convenience init(_ types: [FieldType], _ values: [[TestValue?]]) {
        self.init(RecordSchema(types.enumerated().map { Field("c\($0)", $1) }))
        for row in 0..<(values.first?.count ?? 0) {
            _ = addRow()
            for (column, columnValues) in zip(columns, values) { column.set(columnValues[row], inRow: row) }
        }
    }
}

/// Collects the bytes of a file, or fails after so many.
final class TestOutput {
    private(set) var bytes: [UInt8] = []
    var byteLimit = Int.max

    func write(_ piece: UnsafeRawBufferPointer) throws {
        guard bytes.count + piece.count <= byteLimit else { throw OutputRefused() }
        bytes += piece
    }
}

struct OutputRefused: Error, Equatable {}

extension ParquetOptions {
    /// Options of a test: what it does not state is as usual.
    static func test(_ change: (inout ParquetOptions) -> Void = { _ in }) -> ParquetOptions {
        var options = ParquetOptions(createdBy: "test version 1")
        change(&options)
        return options
    }
}

extension ParquetFileWriter {
    convenience init(
        _ types: [FieldType], required: Bool = false, options: ParquetOptions = .test(), to output: TestOutput
    ) {
        let columns = types.enumerated().map { position, type in
            ParquetColumn(name: "c\(position)", type: type, fieldID: Int32(position + 1), isRequired: required)
        }
        self.init(columns: columns, options: options, scratch: ParquetScratch(), output: output.write)
    }
}

/// Writes one batch as a file and takes the file apart.
func fileOf(
    _ types: [FieldType], _ values: [[TestValue?]], required: Bool = false, options: ParquetOptions = .test()
) throws -> (file: FileReader, summary: ParquetFileSummary) {
    let output = TestOutput()
    let writer = ParquetFileWriter(types, required: required, options: options, to: output)
    try writer.append(ColumnBatch(types, values))
    let summary = try writer.finish()
    return (FileReader(output.bytes), summary)
}
