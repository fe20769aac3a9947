import NilusCore
import YAML

/// Reads the `sink` section.
struct SinkReader {
    let dialects: ManifestDialects
    let log: FaultLog

    static let sectionKeys = SourceReader.sectionKeys

    /// Options of a sink: those that Nilus documents, and `maintenance` of our own.
    static let optionNames = [
        "dest-table", "primary-key", "incremental-strategy", "full-refresh", "partition-by", "cluster-by",
        "loader-file-size", "aws_region", "aws_endpoint", "iceberg_metadata_compression", "maintenance",
    ]

    private static let optionKeys = KeySet.options(
        optionNames, neighbor: ("source.options", SourceReader.optionNames.filter { $0 != "primary-key" }))

    func read(_ section: SectionReader) -> SinkSection {
        let address = AddressReader(name: "sink address", schemes: dialects.sinkSchemes, log: log).read(section)
        let options = section.section("options", as: "sink.options", keys: Self.optionKeys)
        let destination = DestinationReader(log: log).read(options, address: address, at: section.location)
        return SinkSection(
            address: address,
            destination: destination ?? DestinationTable(levels: [], location: section.location),
            options: options.map(self.options) ?? SinkOptions(), location: section.location)
    }

    private func options(_ section: SectionReader) -> SinkOptions {
        let columns = ColumnOptionReader(log: log)
        var options = SinkOptions()
        options.primaryKey = columns.list(section, "primary-key")
        options.incrementalStrategy = section.choice("incremental-strategy", of: StrategyOption.self)
        options.fullRefresh = section.located("full-refresh", section.boolean("full-refresh"))
        options.partitionBy = PartitionReader(log: log).read(section)
        options.clusterBy = columns.list(section, "cluster-by")
        options.loaderFileSize = section.integer("loader-file-size", in: 1...1_000_000_000)
        options.awsRegion = section.text("aws_region")
        options.awsEndpoint = section.text("aws_endpoint")
        options.metadataCompression = section.choice("iceberg_metadata_compression", of: MetadataCompression.self)
        options.maintenance = section.choice("maintenance", of: MaintenanceOption.self)
        return options
    }
}

extension SectionReader {
    /// A value that was read from a key, with the key's place.
    fileprivate func located<Value>(_ key: String, _ value: Value?) -> Located<Value>? {
        guard let value, let entry = self[key] else { return nil }
        return Located(value, at: entry.value.location)
    }
}
