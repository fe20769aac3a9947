import Glibc
import JSON
import NilusCore
import Parquet
import Records

/// A file to read, as a test in another language describes it: the columns wanted, and values to look for in
/// the Bloom filters of the first of them.
struct ReadRequest {
    let path: String
    let columns: [ParquetColumn]
    let limits: ParquetReadLimits
    let probes: [JSONValue]

    init(_ description: JSONValue) throws {
        path = try description["read"].required("read").string.required("read")
        let columns = try description["columns"].required("columns").array.required("columns")
        self.columns = try columns.map(ParquetColumn.init(describedBy:))
        var limits = ParquetReadLimits()
        if let bytes = description["requestBytes"]?.integer { limits.requestBytes = Int(bytes) }
        if let rows = description["batchRows"]?.integer { limits.batchRows = Int(rows) }
        self.limits = limits
        probes = description["probes"]?.array ?? []
    }

    /// Reads the file and tells what is in it.
    func answer() async throws -> JSONValue {
        let bytes = try Files.read(path, limit: 1 << 30)
        let reader = try await ParquetFileReader(ParquetInput(name: path, Array(bytes)), limits: limits)
        return [
            "rows": .integer(reader.rowCount), "columns": .array(reader.columns.map(\.described)),
            "values": .array(try await values(reader)), "statistics": .array(try statistics(reader)),
            "found": .array(try await found(reader)),
        ]
    }

    private func values(_ reader: ParquetFileReader) async throws -> [JSONValue] {
        let batches = try reader.batches(of: columns)
        var values = columns.map { _ in [JSONValue]() }
        while let firstRow = try await batches.next() {
            guard firstRow == values.first?.count ?? firstRow else { throw FixtureError(message: "a gap in positions") }
            for (position, column) in batches.batch.columns.enumerated() {
                values[position] += column.described(rowCount: batches.batch.rowCount)
            }
        }
        return values.map { .array($0) }
    }

    /// For each column, what each row group says of it.
    private func statistics(_ reader: ParquetFileReader) throws -> [JSONValue] {
        try columns.map { column in
            .array(
                try reader.rowGroups.indices.map { group in
                    let found = try reader.statistics(of: column, inRowGroup: group)
                    return [
                        "nulls": found.nullCount.map { .integer($0) } ?? .null,
                        "lower": found.lowerBound?.described ?? .null,
                        "upper": found.upperBound?.described ?? .null,
                    ]
                })
        }
    }

    /// For each row group, which values its Bloom filter may contain; `null` where there is no filter.
    private func found(_ reader: ParquetFileReader) async throws -> [JSONValue] {
        guard let column = columns.first, !probes.isEmpty else { return [] }
        var answers: [JSONValue] = []
        for group in reader.rowGroups.indices {
            guard let filter = try await reader.bloomFilter(of: column, inRowGroup: group) else {
                answers.append(.null)
                continue
            }
            answers.append(.array(try probes.map { .boolean(try filter.mayContain($0, as: column.type)) }))
        }
        return answers
    }
}

extension ParquetBloomFilter {
    fileprivate func mayContain(_ probe: JSONValue, as type: FieldType) throws -> Bool {
        switch type.storage {
        case .integers: return mayContain(try probe.integer.required("an integer"))
        case .decimals: return mayContain(try probe.string.flatMap { Int128($0) }.required("a decimal"))
        case .text:
            var text = try probe.string.required("a text")
            return text.withUTF8 { mayContain(UnsafeRawBufferPointer($0)) }
        case .doubles: throw FixtureError(message: "numbers with a fraction are not looked for")
        }
    }
}

extension ParquetFileColumn {
    fileprivate var described: JSONValue {
        [
            "name": .string(name), "id": fieldID.map { .integer($0) } ?? .null,
            "type": type.map { .string($0.description) } ?? .null, "required": .boolean(isRequired),
        ]
    }
}

extension Column {
    /// The values as descriptions of files to write have them.
    fileprivate func described(rowCount: Int) -> [JSONValue] {
        var position = 0
        return (0..<rowCount).map { row in
            guard row < presence.count, presence[row] != 0 else { return .null }
            defer { position += 1 }
            return described(position)
        }
    }

    private func described(_ position: Int) -> JSONValue {
        switch type.storage {
        case .integers: return type == .boolean ? .boolean(integers[position] != 0) : .integer(integers[position])
        case .doubles: return .string("\(doubles[position])")
        case .decimals: return .string("\(decimals[position])")
        case .text:
            let start = position == 0 ? 0 : textEnds[position - 1]
            return .string(String(decoding: textBytes[start..<textEnds[position]], as: UTF8.self))
        }
    }
}
