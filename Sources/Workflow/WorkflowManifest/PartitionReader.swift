import NilusCore
import YAML

/// Reads `partition-by`: a column, several, or fields with a transform.
struct PartitionReader {
    let log: FaultLog

    private static let fieldKeys = KeySet(
        keys: ["column", "type", "name", "index", "bucket-count"], spelling: .option, unknown: .error)

    /// A field with the position that the user gave it.
    private struct Placed {
        let field: PartitionField
        let index: Int?
    }

    /// The fields in the order of their `index`; those without one keep their place in the list, last.
    func read(_ section: SectionReader) -> [PartitionField] {
        guard let entry = section["partition-by"] else { return [] }
        if entry.value.scalar != nil {
            return ColumnOptionReader(log: log).list(section, "partition-by").map(identities) ?? []
        }
        let items = entry.value.sequence ?? [entry.value]
        let placed = items.compactMap { field($0, in: section) }
        // A stable order: sorted(by:) keeps equal elements as they stand.
        return placed.sorted { ($0.index ?? .max) < ($1.index ?? .max) }.map(\.field)
    }

    private func identities(_ columns: Located<[String]>) -> [PartitionField] {
        columns.value.map { identity($0, at: columns.location) }
    }

    private func identity(_ column: String, at place: SourceLocation) -> PartitionField {
        PartitionField(column: column, transform: .identity, name: nil, bucketCount: nil, location: place)
    }

    private func field(_ item: YAMLNode, in section: SectionReader) -> Placed? {
        if item.scalar != nil {
            guard let column = section.filledText(item, "an item of 'partition-by'") else { return nil }
            return Placed(field: identity(column.value, at: item.location), index: nil)
        }
        guard let field = SectionReader(item, name: "partition-by", keys: Self.fieldKeys, log: log) else { return nil }
        let index = field.integer("index", in: 0...1_000)?.value
        let transform = field.choice("type", of: PartitionField.Transform.self)?.value ?? .identity
        let buckets = field.integer("bucket-count", in: 1...1_000_000)
        if transform == .bucket, field["bucket-count"] == nil { log.add(.bucketCountMissing(at: item.location)) }
        if transform != .bucket, let buckets { log.add(.bucketCountUseless(transform, at: buckets.location)) }
        guard let column = field.requiredText("column") else { return nil }
        let partition = PartitionField(
            column: column.value, transform: transform, name: field.text("name")?.value, bucketCount: buckets?.value,
            location: item.location)
        return Placed(field: partition, index: index)
    }
}

extension ManifestFault {
    fileprivate static func bucketCountMissing(at place: SourceLocation) -> ManifestFault {
        ManifestFault(
            .error, "missing key 'bucket-count' in 'partition-by'; 'bucket' needs the number of buckets", at: place)
    }

    fileprivate static func bucketCountUseless(
        _ transform: PartitionField.Transform, at place: SourceLocation
    ) -> ManifestFault {
        ManifestFault(.error, "'bucket-count' has no meaning for '\(transform.rawValue)'; remove it", at: place)
    }
}
