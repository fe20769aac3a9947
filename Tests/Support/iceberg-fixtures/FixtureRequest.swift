import Iceberg
import IcebergCatalog
import JSON
import LakehouseSink
import Loading
import NilusCore
import ObjectStorage
import Records

/// One request of the interop tests.
///
/// Common members: `catalog` (file), `warehouse` (folder), `namespace`, `table`, `columns` (list of
/// `{name, type}`). `action` is `plan`: answers with the field ids and the folder for data files; `load`: see
/// ``FixtureLoad``; `compact`: answers with the numbers of files; or `commit`: `operation`, `files` (list of `{path, records, bytes, content, equality-ids, metrics, partition}`, the last
/// a list of `{id, value}` for the table's default spec), `facts` and `properties` (maps), answers with what
/// was committed.
struct FixtureRequest {
    private let json: JSONValue

    init(_ json: JSONValue) {
        self.json = json
    }

    func run() async throws -> JSONValue {
        let store = LocalObjectStore()
        let catalog = try await SQLiteCatalog.open(
            path: text("catalog"), warehouse: try LocalPath.location(of: text("warehouse")), store: store,
            now: Timestamp.now)
        let identifier = TableName(namespace: [text("namespace")], name: text("table"))
        try await catalog.createNamespace(identifier.namespace)
        let columns = RecordSchema(try list("columns").map(Self.field))
        if text("action") == "load" {
            return try await FixtureLoad(json: json, table: identifier, columns: columns).run()
        }
        if text("action") == "compact" {
            return try await compact(identifier, Lakehouse(catalog: catalog, store: store))
        }
        var table = try await catalog.load(identifier)
        if table == nil {
            table = try await catalog.stage(identifier, TableDraft(schema: IcebergSchema(creating: columns)))
        }
        guard let table else { throw JSONError("no table") }
        let evolution = table.metadata.evolution(toHold: columns)
        return text("action") == "plan"
            ? Self.answer(table, evolution) : try await commit(table, evolution, catalog, store)
    }

    private func compact(_ table: TableName, _ lakehouse: Lakehouse) async throws -> JSONValue {
        let maintenance = TableMaintenance(lakehouse, sizes: FileSizes(rowGroupBytes: 1_048_576), time: .system)
        let report = try await maintenance.compact(table)
        return [
            "rewritten": .integer(report.filesRewritten), "written": .integer(report.filesWritten),
            "dropped": .integer(report.rowsDropped), "deletes-removed": .integer(report.deleteFilesRemoved),
        ]
    }

    private static func answer(_ table: CatalogTable, _ evolution: SchemaEvolution) -> JSONValue {
        var ids: JSONObject = [:]
        for column in evolution.columns { ids[column.wanted.name] = .integer(column.fieldID) }
        return [
            "ids": .object(ids), "folder": .string(table.metadata.dataFolder),
            "refused": .array(evolution.refused.map { .string("\($0.wanted.name): \($0.reason)") }),
        ]
    }

    private func commit(
        _ table: CatalogTable, _ evolution: SchemaEvolution, _ catalog: SQLiteCatalog, _ store: LocalObjectStore
    ) async throws -> JSONValue {
        let operation = SnapshotPlan.Operation(rawValue: text("operation")) ?? .append
        let plan = SnapshotPlan(
            id: IdentifierSource.system.snapshotID(), operation: operation,
            files: try list("files").map { try file($0, specID: table.metadata.defaultSpec.id) },
            facts: properties("facts"))
        var commit = TableCommit(plan, evolution: evolution, properties: properties("properties"))
        let change = try await commit.prepare(on: table, in: store, at: Timestamp.now())
        let committed = try await catalog.commit(change, to: table)
        return [
            "snapshot-id": .integer(plan.id), "metadata": .string(committed.metadataLocation ?? ""),
            "requirements": .array(change.requirements.map(\.json)), "updates": .array(change.updates.map(\.json)),
        ]
    }

    private func file(_ json: JSONValue, specID: Int) throws -> DataFile {
        let metrics = try (json["metrics"]?.array ?? []).map(Self.metrics)
        var values: [Int: SingleValue?] = [:]
        for field in json["partition"]?.array ?? [] {
            values.updateValue(Self.value(field["value"]), forKey: Int(field["id"]?.integer ?? 0))
        }
        var file = DataFile(
            path: json["path"]?.string ?? "", partition: FilePartition(specID: Int32(specID), values: values),
            recordCount: Int(json["records"]?.integer ?? 0),
            sizeBytes: Int(json["bytes"]?.integer ?? 0), columns: metrics, splitOffsets: [4])
        switch json["content"]?.string {
        case "position-deletes"?: file.content = .positionDeletes
        case "equality-deletes"?: file.content = .equalityDeletes
        default: break
        }
        file.equalityIDs = json["equality-ids"]?.array?.compactMap { $0.integer.flatMap { Int32(exactly: $0) } }
        return file
    }

    private static func metrics(_ json: JSONValue) throws -> ColumnMetrics {
        let type = try field(json).type
        return ColumnMetrics(
            fieldID: Int(json["id"]?.integer ?? 0), type: type, compressedBytes: 1,
            valueCount: Int(json["values"]?.integer ?? 0), nullCount: Int(json["nulls"]?.integer ?? 0),
            minimum: value(json["min"]), maximum: value(json["max"]))
    }

    private static func value(_ json: JSONValue?) -> SingleValue? {
        switch json {
        case .number(let text)?: Int64(text).map(SingleValue.integer) ?? Double(text).map(SingleValue.double)
        case .string(let text)?: .text(Array(text.utf8))
        default: nil
        }
    }

    private static func field(_ json: JSONValue) throws -> Field {
        let types: [String: FieldType] = [
            "boolean": .boolean, "long": .long, "double": .double, "string": .text, "json": .json,
            "timestamptz": .timestampWithZone, "decimal": .decimal(precision: 38, scale: 12), "int": .int,
            "date": .date, "timestamp": .timestamp, "float": .float,
        ]
        guard let type = types[json["type"]?.string ?? ""] else { throw JSONError("an unknown type") }
        return Field(json["name"]?.string ?? "", type)
    }

    private func text(_ name: String) -> String { json[name]?.string ?? "" }

    private func list(_ name: String) -> [JSONValue] { json[name]?.array ?? [] }

    private func properties(_ name: String) -> [TableProperty] {
        (json[name]?.object?.members ?? []).map { TableProperty($0.name, $0.value.string ?? "") }
    }
}
