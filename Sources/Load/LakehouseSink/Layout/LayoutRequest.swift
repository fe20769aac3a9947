import Iceberg
import Loading
import NilusCore
import Records
package import WorkflowManifest

/// How a manifest wants a table's rows laid out: `partition-by` and `cluster-by`.
///
/// It decides about new tables only; an existing table keeps the layout that it has.
package struct LayoutRequest: Sendable {
    private let partitionBy: [WorkflowManifest.PartitionField]
    private let clusterBy: Located<[String]>?

    /// No wish.
    package static let none = LayoutRequest(partitionBy: [], clusterBy: nil)

    init(partitionBy: [WorkflowManifest.PartitionField], clusterBy: Located<[String]>?) {
        self.partitionBy = partitionBy
        self.clusterBy = clusterBy
    }

    /// The wishes among a sink's options.
    package init(_ options: SinkOptions) {
        self.init(partitionBy: options.partitionBy, clusterBy: options.clusterBy)
    }

    /// The partition spec of a new table with the given columns.
    ///
    /// - Throws: `configurationInvalid` (terminal) when a column is not there, or is of a type that the
    ///   transform does not take.
    func spec(for schema: IcebergSchema, _ request: LoadRequest) throws(NilusError) -> PartitionSpec {
        var fields: [Iceberg.PartitionField] = []
        for wanted in partitionBy {
            let column = try column(named: wanted.column, schema, request, "partition", at: wanted.location)
            guard let type = column.fillableType, wanted.icebergTransform.takes(type) else {
                throw .transformMisfit(wanted, column, request)
            }
            let name = wanted.name ?? wanted.icebergTransform.fieldName(for: column.name)
            let field = Iceberg.PartitionField(
                sourceID: column.id, fieldID: Iceberg.PartitionField.firstID + fields.count, name: name,
                transform: wanted.icebergTransform)
            guard !fields.contains(where: { $0.name == name }) else {
                throw .partitionNameTaken(name, request, by: "another partition field", at: wanted.location)
            }
            let namesake = schema.fields.first { $0.name == name }
            guard namesake.map({ $0.id == column.id && field.transform == .identity }) ?? true else {
                throw .partitionNameTaken(name, request, by: "a column", at: wanted.location)
            }
            fields.append(field)
        }
        return PartitionSpec(id: 0, fields: fields)
    }

    /// The sort order of a new table with the given columns.
    ///
    /// - Throws: `configurationInvalid` (terminal) when a column is not there.
    func sortOrder(for schema: IcebergSchema, _ request: LoadRequest) throws(NilusError) -> SortOrder {
        guard let clusterBy else { return .unsorted }
        var fields: [SortField] = []
        for name in clusterBy.value {
            let column = try column(named: name, schema, request, "cluster", at: clusterBy.location)
            if !fields.contains(where: { $0.sourceID == column.id }) { fields.append(SortField(ascending: column.id)) }
        }
        return SortOrder(id: 1, fields: fields)
    }

    /// What is remarkable about these wishes for a new table, for the user.
    func remarks(on spec: PartitionSpec, of schema: IcebergSchema, _ request: LoadRequest) -> [String] {
        spec.fields.compactMap { field in
            guard field.transform == .identity, let column = schema.fields.first(where: { $0.id == field.sourceID }),
                column.fillableType == .timestampWithZone || column.fillableType == .timestamp
            else { return nil }
            return "table '\(request.table)' gets a partition for each value of '\(column.name)'; a 'type' of 'day' or "
                + "'month' makes fewer"
        }
    }

    /// What of these wishes an existing table does not follow, for the user.
    func differences(from table: TableMetadata, _ request: LoadRequest) -> [String] {
        var remarks: [String] = []
        let schema = table.schema(asNamedBy: request.columns)
        if !partitionBy.isEmpty, (try? spec(for: schema, request))?.divides(as: table.defaultSpec) != true {
            remarks.append(
                "table '\(request.table)' \(table.partitioningInWords), which stays; 'partition-by' asks for "
                    + "\(partitionBy.map(\.inWords).joined(separator: ", ")) and counts for new tables only")
        }
        if let clusterBy,
            (try? sortOrder(for: schema, request))?.fields != table.defaultSortOrder.fields
        {
            remarks.append(
                "table '\(request.table)' \(table.sortingInWords), which stays; 'cluster-by' asks for "
                    + "\(clusterBy.value.map { "'\($0)'" }.joined(separator: ", ")) and counts for new tables only")
        }
        return remarks
    }

    private func column(
        named name: String, _ schema: IcebergSchema, _ request: LoadRequest, _ verb: String, at place: SourceLocation
    ) throws(NilusError) -> IcebergField {
        if let exact = schema.fields.first(where: { $0.name == name }) { return exact }
        let folded = name.lowercased()
        let similar = schema.fields.filter { $0.name.lowercased() == folded }
        guard similar.count == 1 else {
            throw .columnUnknown(name, among: schema.fields.map(\.name), request, verb, at: place)
        }
        return similar[0]
    }
}

extension WorkflowManifest.PartitionField {
    fileprivate var icebergTransform: PartitionTransform {
        switch transform {
        case .identity: .identity
        case .year: .year
        case .month: .month
        case .day: .day
        case .hour: .hour
        case .bucket: .bucket(bucketCount ?? 1)
        }
    }

    fileprivate var inWords: String { "'\(icebergTransform)(\(column))'" }
}

extension PartitionTransform {
    /// The name that the reference implementation gives a partition field.
    fileprivate func fieldName(for column: String) -> String {
        switch self {
        case .bucket: "\(column)_bucket"
        case .truncate: "\(column)_trunc"
        case .year, .month, .day, .hour: "\(column)_\(self)"
        case .identity, .void, .unknown: column
        }
    }
}

extension PartitionSpec {
    /// Whether rows are divided alike, whatever the fields are called.
    fileprivate func divides(as other: PartitionSpec) -> Bool {
        func parts(_ spec: PartitionSpec) -> [String] {
            spec.fields.filter { $0.transform != .void }.map { "\($0.transform)(\($0.sourceID ?? -1))" }
        }
        return parts(self) == parts(other)
    }
}

extension TableMetadata {
    /// The columns of the table, those that were renamed under the names that a load has for them.
    fileprivate func schema(asNamedBy columns: RecordSchema) -> IcebergSchema {
        let names = Dictionary(renamedColumns(of: columns.names).map { ($1.id, $0) }) { $1 }
        return IcebergSchema(
            id: currentSchema.id,
            fields: currentSchema.fields.map { field in
                guard let name = names[field.id], let type = field.fillableType else { return field }
                return IcebergField(id: field.id, name: name, type: type)
            })
    }

    fileprivate func columnName(_ id: Int?) -> String {
        currentSchema.fields.first { $0.id == id }?.name ?? "a nested or dropped column"
    }

    fileprivate var partitioningInWords: String {
        let fields = defaultSpec.fields.filter { $0.transform != .void }
        if fields.isEmpty { return "is not partitioned" }
        return "is partitioned by "
            + fields.map { "'\($0.transform)(\(columnName($0.sourceID)))'" }.joined(separator: ", ")
    }

    fileprivate var sortingInWords: String {
        if defaultSortOrder.isUnsorted { return "has no sort order" }
        return "is sorted by "
            + defaultSortOrder.fields.map { field in
                let column = columnName(field.sourceID)
                let sorted = field.transform == .identity ? column : "\(field.transform)(\(column))"
                return "'\(sorted)'\(field.isDescending ? " descending" : "")"
            }.joined(separator: ", ")
    }
}

extension IcebergField {
    /// The type of the column's values, when our rows can have some.
    var fillableType: FieldType? {
        if case .column(let type) = type { type } else { nil }
    }
}

extension NilusError {
    fileprivate static func columnUnknown(
        _ name: String, among columns: [String], _ request: LoadRequest, _ verb: String, at place: SourceLocation
    ) -> NilusError {
        let hint =
            Suggestion.closest(to: name, in: columns).map { "did you mean '\($0)'?" }
            ?? "it has \(columns.prefix(6).map { "'\($0)'" }.joined(separator: ", ")) and \(max(0, columns.count - 6)) more"
        return NilusError(
            .load, .configurationInvalid,
            "cannot \(verb) table '\(request.table)' by \(MessageText.quoted(name)): endpoint "
                + "'\(request.identity.endpoint)' has no such column; \(hint)",
            at: place)
    }

    fileprivate static func transformMisfit(
        _ wanted: WorkflowManifest.PartitionField, _ column: IcebergField, _ request: LoadRequest
    ) -> NilusError {
        let expected =
            switch wanted.transform {
            case .year, .month, .day: "a date or a timestamp"
            case .hour: "a timestamp"
            case .bucket: "a whole number, decimal, date, timestamp or string"
            case .identity: "a column that this program fills"
            }
        return NilusError(
            .load, .configurationInvalid,
            "cannot partition table '\(request.table)' by '\(wanted.transform.rawValue)' of column '\(column.name)': "
                + "its type is \(column.type); expected \(expected)",
            at: wanted.location)
    }

    fileprivate static func partitionNameTaken(
        _ name: String, _ request: LoadRequest, by owner: String, at place: SourceLocation
    ) -> NilusError {
        NilusError(
            .load, .configurationInvalid,
            "cannot partition table '\(request.table)': \(owner) has the name \(MessageText.quoted(name)); "
                + "give the field another 'name'",
            at: place)
    }
}
