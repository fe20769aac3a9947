import Avro
package import NilusCore

/// Reads the entries of a manifest file, whoever wrote it, one at a time.
package struct ManifestReader {
    /// The schema of the partition values in this file.
    private let partitionSchema: AvroSchema
    /// Its fields by id.
    private let partitionRecord: PartitionRecord
    private let manifest: ManifestFile
    private var file: NamedAvroFile
    private let entryPositions: AvroFieldPositions
    private let filePositions: AvroFieldPositions

    /// Begins to read the content of a manifest file, which the manifest list tells of.
    ///
    /// - Throws: `sinkRefused` (terminal) when the content is no manifest file.
    package init(_ content: [UInt8], of manifest: ManifestFile) throws(NilusError) {
        self.manifest = manifest
        file = try NamedAvroFile(content, path: manifest.path)
        entryPositions = AvroFieldPositions(file.schema)
        guard let fields = file.schema.fields, let position = entryPositions[2] else {
            throw .manifestInvalid(manifest.path, "entries without a data file")
        }
        let dataFile = fields[position].schema.withoutNull
        filePositions = AvroFieldPositions(dataFile)
        guard let partition = filePositions[102].flatMap({ dataFile.fields?[$0].schema }) else {
            throw .manifestInvalid(manifest.path, "data files without a partition")
        }
        partitionSchema = partition
        partitionRecord = PartitionRecord(partition)
    }

    /// Begins to read a manifest file of a table that is to be written anew, and says what its partition values are.
    ///
    /// - Throws: `sinkRefused` (terminal) when the content is no manifest file of the spec.
    static func open(
        _ content: [UInt8], of manifest: ManifestFile, spec: PartitionSpec, in table: TableMetadata
    ) throws(NilusError) -> (reader: ManifestReader, type: PartitionType) {
        let reader = try ManifestReader(content, of: manifest)
        let type = try PartitionType(spec, of: table, as: reader.partitionSchema)
        for field in type.fields where reader.partitionRecord.field(withID: field.id) == nil {
            throw .manifestInvalid(manifest.path, "no values of partition field '\(field.name)'")
        }
        return (reader, type)
    }

    /// Reads the next entry, with what it inherits from the manifest list, or returns `nil` after the last.
    ///
    /// - Throws: `sinkRefused` (terminal) when an entry is not what the specification demands.
    package mutating func next() throws(NilusError) -> ManifestEntry? {
        let layout = Layout(
            manifest: manifest, entry: entryPositions, file: filePositions, partition: partitionRecord)
        return try file.next { value throws(ManifestFault) in try layout.entry(value) }
    }
}

/// Where everything is in the entries of one manifest file.
private struct Layout {
    let manifest: ManifestFile
    let entry: AvroFieldPositions
    let file: AvroFieldPositions
    let partition: PartitionRecord

    func entry(_ value: AvroValue) throws(ManifestFault) -> ManifestEntry {
        let record = try AvroRecord(value, entry)
        guard let status = ManifestEntry.Status(rawValue: try record.int(0, "status")) else {
            throw ManifestFault("an unknown status")
        }
        // Version 1 manifests know no sequence numbers: all of theirs are 0, and so is the manifest's.
        let inherits = status == .added || manifest.sequenceNumber == 0
        let inherited = inherits ? manifest.sequenceNumber : nil
        let sequenceNumber = record[3]?.integer ?? inherited
        // New files of a manifest that is in no list yet get theirs when it is.
        guard sequenceNumber != nil || (status == .added && manifest.sequenceNumber == nil) else {
            throw ManifestFault("an entry that is not new and has no sequence number")
        }
        return ManifestEntry(
            status: status, snapshotID: record[1]?.integer ?? manifest.addedSnapshotID,
            sequenceNumber: sequenceNumber, fileSequenceNumber: record[4]?.integer ?? inherited ?? sequenceNumber,
            file: try dataFile(record[2] ?? .null))
    }

    private func dataFile(_ value: AvroValue) throws(ManifestFault) -> DataFile {
        let record = try AvroRecord(value, self.file)
        let content = record[134] == nil ? DataFile.Content.data.rawValue : try record.int(134, "content")
        guard let content = DataFile.Content(rawValue: content) else { throw ManifestFault("content \(content)") }
        var file = DataFile(
            content: content, path: try record.text(100, "file_path"),
            partition: try partition.partition(record[102] ?? .null, specID: manifest.specID),
            recordCount: try record.count(103, "record_count"),
            sizeBytes: try record.count(104, "file_size_in_bytes"),
            splitOffsets: record[132]?.items?.compactMap(\.integer))
        file.format = try record.text(101, "file_format")
        file.columnSizes = try record.map(108, "column_sizes", \.integer)
        file.valueCounts = try record.map(109, "value_counts", \.integer)
        file.nullCounts = try record.map(110, "null_value_counts", \.integer)
        file.nanCounts = try record.map(137, "nan_value_counts", \.integer)
        file.lowerBounds = try record.map(125, "lower_bounds", \.bytes)
        file.upperBounds = try record.map(128, "upper_bounds", \.bytes)
        file.keyMetadata = record[131]?.bytes
        // The specification says int; pyiceberg writes long.
        file.equalityIDs = record[135]?.items?.compactMap { $0.integer.flatMap { Int32(exactly: $0) } }
        file.sortOrderID = record[140]?.integer.flatMap { Int32(exactly: $0) }
        file.referencedDataFile = record[143]?.string
        return file
    }
}
