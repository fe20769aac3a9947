import Iceberg
import JSON
import Loading
import NilusCore

/// The bodies that a catalog is sent.
///
/// - SeeAlso: Iceberg REST Open API, `components/schemas`.
enum RESTDocuments {
    /// `CreateNamespaceRequest`.
    static func creation(ofNamespace levels: [String]) -> JSONValue {
        ["namespace": .array(levels.map(JSONValue.string)), "properties": [:]]
    }

    /// `CreateTableRequest` that makes nothing yet.
    ///
    /// Partition spec and sort order go along: a catalog may number those of a later commit otherwise than the
    /// files that were written meanwhile.
    static func staging(_ name: String, _ draft: TableDraft) -> JSONValue {
        var object: JSONObject = [
            "name": .string(name), "schema": .object(draft.schema.json), "stage-create": true,
            "properties": map(draft.properties),
        ]
        if !draft.spec.isUnpartitioned { object["partition-spec"] = .object(draft.spec.json) }
        if !draft.sortOrder.isUnsorted { object["write-order"] = .object(draft.sortOrder.json) }
        return .object(object)
    }

    /// `CommitTableRequest`.
    static func commit(_ change: TableChange, to table: TableName) -> JSONValue {
        [
            "identifier": identifier(table),
            "requirements": .array(change.requirements.map(\.json)),
            "updates": .array(change.updates.map(\.json)),
        ]
    }

    /// `CommitTransactionRequest`.
    static func transaction(_ changes: [(change: TableChange, table: TableName)]) -> JSONValue {
        ["table-changes": .array(changes.map { commit($0.change, to: $0.table) })]
    }

    private static func identifier(_ table: TableName) -> JSONValue {
        ["namespace": .array(table.namespace.map(JSONValue.string)), "name": .string(table.name)]
    }

    private static func map(_ properties: [TableProperty]) -> JSONValue {
        var object: JSONObject = [:]
        for property in properties { object[property.name] = .string(property.value) }
        return .object(object)
    }
}

/// A table as a catalog sends it.
///
/// - SeeAlso: Iceberg REST Open API, schemas `LoadTableResult` and `CommitTableResponse`.
struct TableAnswer {
    let metadata: TableMetadata
    let location: String?
    let storage: TableStorage

    /// Reads an answer; `table` is named in errors about the metadata.
    init(_ document: JSONValue, table: TableName) throws {
        guard let object = document["metadata"]?.object else {
            throw RESTDocumentFault("member 'metadata' is missing or no object")
        }
        location = document["metadata-location"]?.string
        metadata = try TableMetadata(object, file: location ?? "of table '\(table)'")
        storage = try TableStorage(document)
    }
}

extension TableStorage {
    /// Reads the members `config` and `storage-credentials` of an answer.
    init(_ document: JSONValue) throws(RESTDocumentFault) {
        var grants: [Grant] = []
        for item in document["storage-credentials"]?.array ?? [] {
            guard let prefix = item["prefix"]?.string else {
                throw RESTDocumentFault("an item of 'storage-credentials' has no 'prefix'")
            }
            grants.append(Grant(prefix: prefix, settings: try item.texts("config").mapValues { Redacted($0) }))
        }
        self.init(settings: try document.texts("config").mapValues { Redacted($0) }, grants: grants)
    }
}

/// A page of the tables of a namespace.
///
/// - SeeAlso: Iceberg REST Open API, schema `ListTablesResponse`.
struct TablePage {
    let names: [String]
    /// What asks for the next page; `nil` after the last.
    let next: String?

    init(_ document: JSONValue) throws(RESTDocumentFault) {
        guard let items = document["identifiers"]?.array else {
            throw RESTDocumentFault("member 'identifiers' is missing or no list")
        }
        names = items.compactMap { $0["name"]?.string }
        next = document["next-page-token"]?.string.flatMap { $0.isEmpty ? nil : $0 }
    }
}
