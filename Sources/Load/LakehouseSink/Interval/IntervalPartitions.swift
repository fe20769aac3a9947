import Iceberg
import Records

/// In which partitions of one spec rows of an interval can be.
///
/// Fields made of the creation time tell, as far as later times never make lesser values.
struct IntervalPartitions {
    private struct Span {
        /// The place of the field in the spec.
        let index: Int
        let fieldID: Int
        /// The type of the partition's values.
        let type: FieldType
        /// The least and the greatest value of the field in the interval; `nil` when nothing bounds it.
        let least: SingleValue?
        let greatest: SingleValue?

        /// Whether a value between two others can be of the interval; what is unknown bounds nothing.
        func mayMeet(_ lower: SingleValue?, _ upper: SingleValue?) -> Bool {
            if let least, let upper, upper.precedes(least) { return false }
            if let greatest, let lower, greatest.precedes(lower) { return false }
            return true
        }
    }

    private let spans: [Span]

    init(_ interval: CreatedInterval, _ spec: PartitionSpec) {
        spans = spec.fields.enumerated().compactMap { index, field in
            let source = interval.column.field.type
            guard field.sourceID == interval.column.fieldID, field.transform.keepsOrder,
                field.transform.takes(source), let type = field.transform.valueType(of: source)
            else { return nil }
            func value(_ moment: Int64) -> SingleValue? {
                field.transform.value(of: .integer(moment), type: source)
            }
            return Span(
                index: index, fieldID: field.fieldID, type: type, least: interval.lower.flatMap(value),
                greatest: interval.upper == .min ? nil : value(interval.upper - 1))
        }
    }

    /// Whether a file of a partition can hold rows of the interval.
    func mayBe(in partition: FilePartition) -> Bool {
        spans.allSatisfy { span in
            guard let value = partition.values[span.fieldID] else { return true }
            // Without a value, no row of the partition has a creation time.
            guard let value else { return false }
            return span.mayMeet(value, value)
        }
    }

    /// Whether a manifest file whose partitions are summed up so can list files that hold rows of the interval.
    func mayBe(in summaries: [PartitionSummary]?) -> Bool {
        guard let summaries else { return true }
        return spans.allSatisfy { span in
            guard span.index < summaries.count else { return true }
            let summary = summaries[span.index]
            return span.mayMeet(
                summary.lowerBound.flatMap { SingleValue($0, of: span.type) },
                summary.upperBound.flatMap { SingleValue($0, of: span.type) })
        }
    }
}

extension PartitionTransform {
    fileprivate var keepsOrder: Bool {
        switch self {
        case .identity, .year, .month, .day, .hour: true
        case .bucket, .truncate, .void, .unknown: false
        }
    }
}
