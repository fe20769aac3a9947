package import NilusCore

extension TableMetadata {
    /// The metadata after a change, as the next metadata file is to hold it.
    ///
    /// Keeps the logs: the file at `previousLocation` joins `metadata-log` (as many as the property
    /// `write.metadata.previous-versions-max` allows, 100 by default), a moved `main` joins
    /// `snapshot-log`, and `last-updated-ms` never goes back.
    ///
    /// - Throws: `internalDefect` when an update names what is not there, and when the table is of
    ///   version 1 and not upgraded in the same change.
    package func applying(
        _ updates: [TableUpdate], at moment: Timestamp, previousLocation: String?
    ) throws(NilusError) -> TableMetadata {
        var editor = MetadataEditor(self, at: moment)
        for update in updates { try editor.apply(update) }
        return try editor.finish(previous: previousLocation.map { (self, $0) })
    }

    /// The metadata of a new table.
    ///
    /// - Throws: `internalDefect` when an update names what is not there, `sinkRefused` when the updates
    ///   do not make a whole table.
    package static func creating(
        _ updates: [TableUpdate], at moment: Timestamp
    ) throws(NilusError) -> TableMetadata {
        var editor = MetadataEditor(at: moment)
        for update in updates { try editor.apply(update) }
        return try editor.finish(previous: nil)
    }
}

/// What a new table is to be.
package struct TableCreation: Sendable, Equatable {
    /// The identity of the table.
    package let uuid: String
    /// The folder of the table.
    package let location: String
    /// The columns.
    package let schema: IcebergSchema
    /// The division into partitions.
    package var spec: PartitionSpec
    /// The order of rows in files.
    package var sortOrder: SortOrder
    /// The settings.
    package let properties: [TableProperty]

    /// A table that is unpartitioned and unsorted unless told otherwise.
    package init(
        uuid: String, location: String, schema: IcebergSchema, spec: PartitionSpec = .unpartitioned,
        sortOrder: SortOrder = .unsorted, properties: [TableProperty] = []
    ) {
        self.uuid = uuid
        self.location = location
        self.schema = schema
        self.spec = spec
        self.sortOrder = sortOrder
        self.properties = properties
    }

    /// The creation that leads to a staged table, with the ids and the location that its catalog gave.
    package init(of staged: TableMetadata) {
        self.init(
            uuid: staged.uuid ?? "", location: staged.location, schema: staged.currentSchema,
            spec: staged.defaultSpec, sortOrder: staged.defaultSortOrder,
            properties: staged.properties.sorted { $0.key < $1.key }.map { TableProperty($0.key, $0.value) })
    }

    /// The updates that make the table out of nothing.
    package var updates: [TableUpdate] {
        let table: [TableUpdate] = [
            .assignUUID(uuid), .upgradeFormatVersion(2),
            .addSchema(schema, lastColumnID: schema.highestFieldID), .setCurrentSchema(TableUpdate.lastAdded),
            .addPartitionSpec(spec), .setDefaultPartitionSpec(TableUpdate.lastAdded),
            .addSortOrder(sortOrder), .setDefaultSortOrder(TableUpdate.lastAdded), .setLocation(location),
        ]
        return properties.isEmpty ? table : table + [.setProperties(properties)]
    }
}
