import Iceberg
import Records

/// In which partitions of one spec older versions of changed rows can be.
///
/// Only fields made of the key or of the creation moment tell, as those are the same for all versions of a
/// row. What is known of other columns is the new version's, so those fields tell nothing.
struct PartitionProspects {
    private struct Prospect {
        /// The place of the field in the spec.
        let index: Int
        let fieldID: Int
        /// The type of the partition's values.
        let type: FieldType
        /// What the field can be.
        let values: Set<SingleValue>
    }

    /// Values of a field that are told apart; a field of more divides too finely to be of use here.
    private static let mostValues = 10_000

    private let prospects: [Prospect]

    init(_ rows: ChangedRows, _ spec: PartitionSpec) {
        prospects = spec.fields.enumerated().compactMap { index, field in
            guard let source = rows.columns.unchanging(field.sourceID), field.transform.takes(source.field.type),
                let type = field.transform.valueType(of: source.field.type),
                let values = Self.values(of: field.transform, source, rows)
            else { return nil }
            return Prospect(index: index, fieldID: field.fieldID, type: type, values: values)
        }
    }

    /// Whether a file of a partition can hold older versions.
    func mayBe(in partition: FilePartition) -> Bool {
        prospects.allSatisfy { prospect in
            guard case .some(.some(let value)) = partition.values[prospect.fieldID] else { return true }
            return prospect.values.contains(value)
        }
    }

    /// Whether a manifest file whose partitions are summed up so can list files that hold older versions.
    func mayBe(in summaries: [PartitionSummary]?) -> Bool {
        guard let summaries else { return true }
        return prospects.allSatisfy { prospect in
            guard prospect.index < summaries.count, !summaries[prospect.index].containsNull,
                let lower = summaries[prospect.index].lowerBound.flatMap({ SingleValue($0, of: prospect.type) }),
                let upper = summaries[prospect.index].upperBound.flatMap({ SingleValue($0, of: prospect.type) })
            else { return true }
            return prospect.values.contains { !$0.precedes(lower) && !upper.precedes($0) }
        }
    }

    /// All that the transform makes of the column in the rows; `nil` when there is too much, or something unknown.
    private static func values(
        of transform: PartitionTransform, _ source: KeyColumns.Part, _ rows: ChangedRows
    ) -> Set<SingleValue>? {
        var values: Set<SingleValue> = []
        var isKnown = true
        rows.forEachValue(of: source) { value in
            guard isKnown else { return }
            if let value, let result = transform.value(of: value, type: source.field.type) {
                values.insert(result)
                isKnown = values.count <= mostValues
            } else {
                isKnown = false
            }
        }
        return isKnown ? values : nil
    }
}

extension PartitionTransform {
    /// The type of the values that come of a column; `nil` when nothing is made of it that tells.
    func valueType(of source: FieldType) -> FieldType? {
        switch self {
        case .identity, .truncate: source
        case .bucket, .year, .month, .hour: .int
        case .day: .date
        case .void, .unknown: nil
        }
    }
}

extension KeyColumns {
    /// The column of an id, when it is the same for all versions of a row.
    fileprivate func unchanging(_ fieldID: Int?) -> Part? {
        if let created, created.fieldID == fieldID { return created }
        return parts.first { $0.fieldID == fieldID }
    }
}
