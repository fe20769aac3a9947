import Iceberg
import Loading
package import WorkflowManifest

/// What every table that this program creates says of itself.
package struct NewTableProperties: Sendable {
    private static let metadataCodec = "write.metadata.compression-codec"

    /// `nil` when nobody asks for anything.
    private let metadataCompression: MetadataCompression?

    /// No wish.
    package static let standard = NewTableProperties(metadataCompression: nil)

    init(metadataCompression: MetadataCompression?) {
        self.metadataCompression = metadataCompression
    }

    /// The wishes among a sink's options.
    package init(_ options: SinkOptions) {
        self.init(metadataCompression: options.metadataCompression?.value)
    }

    var list: [TableProperty] {
        [
            TableProperty("write.format.default", "parquet"), TableProperty("write.parquet.compression-codec", "zstd"),
            // Some readers of the platform find only uncompressed metadata.
            TableProperty(Self.metadataCodec, (metadataCompression ?? MetadataCompression.none).rawValue),
        ]
    }

    /// What of these wishes an existing table does not follow, for the user.
    func differences(from table: TableMetadata, named name: TableName) -> [String] {
        let found = table.properties[Self.metadataCodec] ?? MetadataCompression.none.rawValue
        guard let asked = metadataCompression?.rawValue, asked != found.lowercased() else { return [] }
        return [
            "table '\(name)' has the metadata compression '\(found)', which stays; 'iceberg_metadata_compression' asks "
                + "for '\(asked)' and counts for new tables only"
        ]
    }
}
