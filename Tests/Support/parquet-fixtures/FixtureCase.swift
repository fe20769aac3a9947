import JSON
import Parquet
import Records

/// A file to write, as a test in another language describes it: columns, options, and the values of
/// each column in order.
struct FixtureCase {
    let columns: [ParquetColumn]
    let options: ParquetOptions
    let compressionLevel: Int
    /// Rows in each batch.
    let batchRows: Int
    /// Batches after which a row group is forced; zero for never.
    let flushEvery: Int
    let values: [[JSONValue]]

    init(_ description: JSONValue) throws {
        let columns = try description["columns"].required("columns").array.required("columns")
        self.columns = try columns.map(ParquetColumn.init(describedBy:))
        let sizes = description["options"] ?? [:]
        options = ParquetOptions(describedBy: sizes)
        compressionLevel = sizes.size("compressionLevel") ?? ParquetScratch.defaultCompressionLevel
        batchRows = sizes.size("batchRows") ?? 100
        flushEvery = sizes.size("flushEvery") ?? 0
        let values = try description["values"].required("values").array.required("values")
        self.values = try values.map { try $0.array.required("a column's values") }
    }

    var rowCount: Int { values.first?.count ?? 0 }
}

/// What is wrong with a description.
struct FixtureError: Error {
    let message: String
}

extension Optional {
    func required(_ name: String) throws -> Wrapped {
        guard let self else { throw FixtureError(message: "\(name) is missing or of the wrong kind") }
        return self
    }
}

extension JSONValue {
    fileprivate func size(_ name: String) -> Int? {
        self[name]?.integer.map(Int.init)
    }
}

extension ParquetColumn {
    init(describedBy description: JSONValue) throws {
        self.init(
            name: try description["name"]?.string.required("name") ?? "",
            type: try FieldType(named: description["type"]?.string.required("type") ?? ""),
            fieldID: Int32(try description["id"]?.integer.required("id") ?? 0),
            isRequired: description["required"]?.boolean ?? false,
            boundLength: description["wholeBounds"]?.boolean == true ? .whole : .usual,
            hasBloomFilter: description["bloomFilter"]?.boolean ?? false)
    }
}

extension ParquetOptions {
    fileprivate init(describedBy sizes: JSONValue) {
        self.init(createdBy: "nilus-fixtures version 1.0.0 (build test)")
        rowGroupBytes = sizes.size("rowGroupBytes") ?? rowGroupBytes
        rowGroupRowLimit = sizes.size("rowGroupRows") ?? rowGroupRowLimit
        pageBytes = sizes.size("pageBytes") ?? pageBytes
        pageRowLimit = sizes.size("pageRows") ?? pageRowLimit
        dictionaryBytes = sizes.size("dictionaryBytes") ?? dictionaryBytes
        metadata = (sizes["metadata"]?.object?.members ?? []).map {
            Metadata(key: $0.name, value: $0.value.string ?? "")
        }
    }
}

extension FieldType {
    fileprivate init(named name: String) throws {
        let named: [String: FieldType] = [
            "boolean": .boolean, "int": .int, "long": .long, "float": .float, "double": .double, "date": .date,
            "timestamp": .timestamp, "timestamptz": .timestampWithZone, "string": .text, "json": .json,
        ]
        let digits = name.split(whereSeparator: { !$0.isNumber }).compactMap { Int($0) }
        if name.hasPrefix("decimal"), digits.count == 2 {
            self = .decimal(precision: digits[0], scale: digits[1])
        } else {
            self = try named[name].required("the type '\(name)'")
        }
    }
}
