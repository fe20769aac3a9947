import Iceberg
import JSON
import LakehouseSink
import Loading
import NilusCore
import Records
import WorkflowManifest

/// A load of rows through the sink, laid out as a workflow manifest says.
///
/// Members beside the common ones: `manifest` (text), `rows` (list of objects; dates, times and unscaled
/// decimals as whole numbers), `strategy`, `run`, `row-group-bytes`, `batch-rows`, `file-rows`; for merges `key` (list
/// of columns), `created` and `key-bytes`; `scope` (`lower`, `upper`, `moment` in seconds, `closes-absent`); for
/// histories `history` (`valid-from`, `valid-to`, `incidental`). Answers with the remarks, the snapshot, the number of
/// files, what became of rows, and what the search read.
struct FixtureLoad {
    let json: JSONValue
    let table: TableName
    let columns: RecordSchema

    func run() async throws -> JSONValue {
        func text(_ name: String) -> String { json[name]?.string ?? "" }
        let lakehouse = try await Lakehouse.local(
            catalogPath: text("catalog"), catalogName: "nilus", warehouse: "file://\(text("warehouse"))", time: .system)
        let sink = LakehouseSink(
            lakehouse,
            sizes: FileSizes(
                rowGroupBytes: Int(json["row-group-bytes"]?.integer ?? 1_048_576),
                fileRows: json["file-rows"]?.integer.map { Int($0) }),
            layout: LayoutRequest(try options(text("manifest"))),
            keyMemory: KeyMemory(limitBytes: Int(json["key-bytes"]?.integer ?? 8_388_608)), time: .system)
        let key = (json["key"]?.array ?? []).compactMap(\.string)
        let request = LoadRequest(
            table: table, strategy: IncrementalStrategy(rawValue: text("strategy")) ?? .append,
            key: key.isEmpty ? nil : MergeKey(columns: key, created: json["created"]?.string), columns: columns,
            history: json["history"].map(Self.history),
            identity: LoadIdentity(
                runID: text("run"), workflow: "w", node: "n", endpoint: "charge", manifestDigest: "d",
                loadID: String(Timestamp.now().microseconds)),
            origin: DataOrigin(account: "acct", isLive: false))
        guard case .ready(let load) = try await sink.open(request) else {
            throw JSONError("the run was committed before")
        }
        let receipt = try await write(json["rows"]?.array ?? [], to: load)
        return [
            "remarks": .array(load.remarks.map(JSONValue.string)), "snapshot-id": .integer(receipt.snapshotID),
            "files": .integer(receipt.filesAdded), "added": .integer(receipt.rowsAdded),
            "replaced": .integer(receipt.effects.replaced), "deleted": .integer(receipt.effects.deleted),
            "closed": .integer(receipt.effects.closed), "unchanged": .integer(receipt.effects.unchanged),
            "opened": .integer(receipt.search?.filesOpened ?? 0),
        ]
    }

    private func options(_ manifest: String) throws -> SinkOptions {
        let reading = ManifestReader(dialects: ManifestDialects(checkSink: LakehouseDialect.check)).read(
            manifest.utf8, file: "workflow.yaml")
        guard let node = reading.workflows.first?.nodes.first,
            !reading.faults.contains(where: { $0.severity == .error })
        else { throw JSONError(reading.faults.map(\.description).joined(separator: "\n")) }
        return node.sink.options
    }

    private func write(_ rows: [JSONValue], to load: any TableLoad) async throws -> CommitReceipt {
        let size = Int(json["batch-rows"]?.integer ?? 100)
        for start in stride(from: 0, to: rows.count, by: size) {
            try await load.write(try batch(rows[start..<min(start + size, rows.count)], load.schema))
        }
        return try await load.commit(
            CommitFacts(
                checkpoint: .keep, rowCount: rows.count, rowIDAccount: "acct", scope: json["scope"].map(Self.scope))
        ).receipt
    }

    private static func scope(_ json: JSONValue) -> LoadScope {
        LoadScope(
            lower: json["lower"]?.integer, upper: json["upper"]?.integer ?? 0, moment: json["moment"]?.integer ?? 0,
            isComplete: true, closesAbsent: json["closes-absent"] == .boolean(true))
    }

    private static func history(_ json: JSONValue) -> HistoryColumns {
        HistoryColumns(
            validFrom: json["valid-from"]?.string ?? "", validTo: json["valid-to"]?.string ?? "",
            incidental: Set((json["incidental"]?.array ?? []).compactMap(\.string)))
    }

    private func batch(_ rows: ArraySlice<JSONValue>, _ schema: RecordSchema) throws -> ColumnBatch {
        let batch = ColumnBatch(schema)
        for row in rows {
            let position = batch.addRow()
            for (field, column) in zip(schema.fields, batch.columns) {
                guard let value = row[field.name], value != .null else { continue }
                try Self.set(value, column, inRow: position)
            }
        }
        return batch
    }

    private static func set(_ value: JSONValue, _ column: Column, inRow row: Int) throws {
        switch (column.type, value) {
        case (.double, .number(let text)), (.float, .number(let text)): column.set(Double(text) ?? .nan, inRow: row)
        case (.double, .string(let text)), (.float, .string(let text)): column.set(Double(text) ?? .nan, inRow: row)
        case (.decimal, .number(let text)): column.set(Int128(text) ?? 0, inRow: row)
        case (.text, .string(let text)), (.json, .string(let text)):
            Array(text.utf8).withUnsafeBytes { column.set($0, inRow: row) }
        case (_, .number(let text)): column.set(Int64(text) ?? 0, inRow: row)
        case (_, .boolean(let flag)): column.set(Int64(flag ? 1 : 0), inRow: row)
        default: throw JSONError("a value of another type than \(column.type)")
        }
    }
}
