import Avro
import JSON
import NilusCore

/// Writes a manifest file and keeps the figures that the manifest list tells of it.
struct ManifestWriter {
    private let content: ManifestFile.Content
    private let specID: Int32
    private let snapshotID: Int64
    private let partitionType: PartitionType
    private var ranges: [PartitionRange]
    private var writer: AvroFileWriter
    private var files = StatusCounts()
    private var rows = StatusCounts()
    private var minimumSequenceNumber: Int64?

    /// Begins a manifest for files of one partition spec, whose values are of the given type.
    init(
        _ content: ManifestFile.Content, spec: PartitionSpec, type: PartitionType, schema: IcebergSchema,
        snapshotID: Int64, sync: [UInt8]
    ) {
        self.content = content
        specID = Int32(truncatingIfNeeded: spec.id)
        self.snapshotID = snapshotID
        partitionType = type
        ranges = type.fields.map { PartitionRange($0.type) }
        let header = [
            (name: "schema", value: JSONValue.object(schema.json).compactText),
            (name: "schema-id", value: String(schema.id)),
            (name: "partition-spec", value: (spec.json["fields"] ?? []).compactText),
            (name: "partition-spec-id", value: String(spec.id)),
            (name: "format-version", value: "2"),
            (name: "content", value: content.name),
        ]
        writer = AvroFileWriter(
            schema: ManifestAvro.entry(partition: type.avro), header: header, codec: .deflate, sync: sync)
    }

    /// The size of the file so far.
    var byteCount: Int { writer.byteCount }
    /// The entries so far.
    var entryCount: Int64 { files.added + files.existing + files.deleted }

    mutating func append(_ entry: ManifestEntry) throws(NilusError) {
        let avro: AvroValue
        do throws(ManifestFault) { avro = try entry.avro(partitionType) } catch {
            throw .defect(.load, "a manifest entry holds \(error.found)")
        }
        do throws(AvroError) { try writer.append(avro) } catch {
            throw .defect(.load, "a manifest entry holds \(error)")
        }
        for (position, field) in partitionType.fields.enumerated() {
            ranges[position].include(entry.file.partition.values[field.id] ?? nil)
        }
        files.add(1, for: entry.status)
        rows.add(entry.file.recordCount, for: entry.status)
        if entry.isLive, let number = entry.sequenceNumber {
            minimumSequenceNumber = min(minimumSequenceNumber ?? number, number)
        }
    }

    /// Closes the file, which is to lie at `path`.
    consuming func finish(path: String) -> EncodedManifest {
        let manifestRows = rows
        let manifestFiles = files
        let minimum = minimumSequenceNumber
        let (content, specID, snapshotID) = (content, specID, snapshotID)
        let partitions = ranges.map(\.summary)
        let bytes = writer.finish()
        return EncodedManifest(
            manifest: ManifestFile(
                path: path, lengthBytes: Int64(bytes.count), specID: specID, content: content, sequenceNumber: nil,
                minimumSequenceNumber: minimum, addedSnapshotID: snapshotID, files: manifestFiles,
                rows: manifestRows, partitions: partitions, keyMetadata: nil),
            bytes: bytes)
    }
}

/// A manifest file that is ready to be stored: its entry in the list, and its content.
package struct EncodedManifest: Sendable {
    /// What the manifest list is to tell of the file.
    package let manifest: ManifestFile
    /// The content of the file.
    package let bytes: [UInt8]
}
