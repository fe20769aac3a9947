package import JSON
package import NilusCore

/// The state of a table: its schemas, its snapshots and which of them are current.
///
/// The JSON document is the truth and is kept whole; the other properties are what we read of it. So
/// whatever another engine put there (statistics, branches, members of later versions of the
/// specification) is still there after ``applying(_:at:previousLocation:)``.
///
/// - SeeAlso: Iceberg Table Spec, "Table Metadata Fields", versions 1 and 2.
package struct TableMetadata: Sendable, Equatable {
    /// The document, as the metadata file holds it.
    package let document: JSONObject

    /// 1 or 2.
    package let formatVersion: Int
    /// The identity of the table; only version 1 tables may lack one.
    package let uuid: String?
    /// The folder of the table, without a slash at its end.
    package let location: String
    /// The sequence number of the newest snapshot, of whatever branch.
    package let lastSequenceNumber: Int64
    /// Milliseconds since the epoch.
    package let lastUpdatedMilliseconds: Int64
    /// The highest field id ever given.
    package let lastColumnID: Int
    /// Every version of the columns.
    package let schemas: [IcebergSchema]
    /// The columns that writers use.
    package let currentSchema: IcebergSchema
    /// Every division into partitions that the table ever had.
    package let partitionSpecs: [PartitionSpec]
    /// The division that writers use.
    package let defaultSpec: PartitionSpec
    /// The highest partition field id ever given; 999 before the first.
    package let lastPartitionID: Int
    /// Every order that the table ever had.
    package let sortOrders: [SortOrder]
    /// The order that writers use.
    package let defaultSortOrder: SortOrder
    /// Settings and facts that engines left with the table.
    package let properties: [String: String]
    /// Oldest first, as far as they have not expired.
    package let snapshots: [Snapshot]
    /// The branches and tags by name.
    package let references: [String: SnapshotReference]

    /// The partition field id before the first one.
    static let partitionIDBeforeFirst = PartitionField.firstID - 1

    /// Reads the content of a metadata file; `file` is named in errors.
    ///
    /// - Throws: `sinkRefused` (terminal) when the content is not metadata of version 1 or 2; the
    ///   error names the member.
    package init(parsing bytes: some Collection<UInt8>, from file: String) throws(NilusError) {
        let value: JSONValue
        do throws(JSONError) { value = try JSONValue(parsing: bytes) } catch {
            throw .metadataInvalid(file, "\(error)", expected: "a JSON object")
        }
        guard let document = value.object else {
            throw .metadataInvalid(file, "something else at its top", expected: "a JSON object")
        }
        try self.init(document, file: file)
    }

    /// Reads a metadata document, as a catalog service sends it.
    package init(_ document: JSONObject, file: String) throws(NilusError) {
        let members = MetadataMembers(document, file: file)
        self.document = document
        formatVersion = try members.int("format-version")
        guard (1...2).contains(formatVersion) else { throw .formatVersionUnknown(file, formatVersion) }
        let isFirst = formatVersion == 1
        uuid = isFirst ? members["table-uuid"]?.string : try members.text("table-uuid")
        location = try members.text("location").withoutTrailingSlash
        lastSequenceNumber = isFirst ? 0 : try members.long("last-sequence-number")
        lastUpdatedMilliseconds = try members.long("last-updated-ms")
        lastColumnID = try members.int("last-column-id")
        (schemas, currentSchema) = try members.schemas(isFirst: isFirst)
        (partitionSpecs, defaultSpec) = try members.partitionSpecs(isFirst: isFirst)
        lastPartitionID = try members.lastPartitionID(of: partitionSpecs, isFirst: isFirst)
        (sortOrders, defaultSortOrder) = try members.sortOrders(isFirst: isFirst)
        properties = try members.texts("properties")
        snapshots = try members.snapshots()
        references = try members.references(among: snapshots)
    }

    /// The file's content.
    package var fileContent: [UInt8] { JSONValue.object(document).compactBytes }

    /// The snapshot that readers see; `nil` before the first.
    package var currentSnapshot: Snapshot? {
        references[SnapshotReference.main].flatMap { snapshot(withID: $0.snapshotID) }
    }

    /// The snapshot of an id; `nil` when it is unknown or has expired.
    package func snapshot(withID id: Int64) -> Snapshot? {
        snapshots.last { $0.id == id }
    }

    /// A division into partitions that the table has or had; `nil` when it is unknown.
    package func partitionSpec(withID id: Int32) -> PartitionSpec? {
        partitionSpecs.first { $0.id == Int(id) }
    }

    /// The highest field id in any schema, which `last-column-id` must not be below but sometimes is.
    var highestFieldID: Int { schemas.map(\.highestFieldID).max() ?? 0 }

    /// Compares the documents, of which everything else is read.
    package static func == (left: TableMetadata, right: TableMetadata) -> Bool {
        left.document == right.document
    }
}

extension String {
    var withoutTrailingSlash: String {
        var text = Substring(self)
        while text.count > 1, text.hasSuffix("/") { text.removeLast() }
        return String(text)
    }
}
