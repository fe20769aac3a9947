import Iceberg

/// Of how many data files a position delete file names rows.
///
/// The fewest files come of one delete file a partition; one for each data file suits readers that look up the
/// deletions of a data file by its name alone, and those that read no others.
///
/// - SeeAlso: Iceberg documentation, "Write properties", `write.delete.granularity`.
enum DeleteGranularity: String, Sendable {
    case partition
    case file

    /// What a table asks for; `partition`, the table format's own default, when it asks for nothing that is known.
    init(of table: TableMetadata) {
        self = table.properties["write.delete.granularity"].flatMap { Self(rawValue: $0.lowercased()) } ?? .partition
    }
}
