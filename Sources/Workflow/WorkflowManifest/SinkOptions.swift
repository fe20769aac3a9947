package import NilusCore

/// The options of a sink, each `nil` or empty when it is not written.
package struct SinkOptions: Sendable {
    /// The columns that identify a record; may be written on either side.
    package var primaryKey: Located<[String]>?
    /// `nil` leaves the choice to the job: it depends on the mode of each endpoint.
    package var incrementalStrategy: Located<StrategyOption>?
    /// Whether the incremental position is forgotten first.
    package var fullRefresh: Located<Bool>?
    /// Partition fields in the order that counts.
    package var partitionBy: [PartitionField] = []
    /// Sort order within files.
    package var clusterBy: Located<[String]>?
    /// Rows per data file, at least 1.
    package var loaderFileSize: Located<Int>?
    /// The region of the object storage, overriding the depot's.
    package var awsRegion: Located<String>?
    /// The endpoint of the object storage, overriding the depot's.
    package var awsEndpoint: Located<String>?
    /// How table metadata is compressed.
    package var metadataCompression: Located<MetadataCompression>?
    /// Whether the table is tidied after a commit.
    package var maintenance: Located<MaintenanceOption>?
}

/// What a run does to the rows that a table already holds, as a manifest names it.
package enum StrategyOption: String, Sendable, CaseIterable {
    case replace, append, merge
    case deleteInsert = "delete+insert"
    case scd2
}

/// How table metadata files are compressed.
package enum MetadataCompression: String, Sendable, CaseIterable {
    case none, gzip
}

/// Whether a table is tidied after a commit.
package enum MaintenanceOption: String, Sendable, CaseIterable {
    case auto, none
}

/// One field by which a table is partitioned.
package struct PartitionField: Sendable, Equatable {
    /// How a column's value becomes a partition value.
    package enum Transform: String, Sendable, CaseIterable {
        case identity, year, month, day, hour, bucket
    }

    /// The column whose value decides.
    package let column: String
    /// What is done to the value.
    package let transform: Transform
    /// The name of the partition field; `nil` leaves it to the sink.
    package let name: String?
    /// The number of buckets, at least 1, for `bucket` and only there.
    package let bucketCount: Int?
    /// Where the field is written.
    package let location: SourceLocation
}
