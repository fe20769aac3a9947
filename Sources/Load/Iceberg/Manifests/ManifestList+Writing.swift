import Avro
import NilusCore

extension ManifestList {
    /// Writes the manifest list of a new snapshot.
    ///
    /// Manifests that no snapshot owned before get the sequence number of this one; that is all a
    /// retry after a lost race has to write anew.
    static func write(
        _ manifests: [ManifestFile], snapshotID: Int64, parentID: Int64?, sequenceNumber: Int64, sync: [UInt8]
    ) throws(NilusError) -> [UInt8] {
        let header = [
            (name: "snapshot-id", value: String(snapshotID)),
            // Other engines spell an absent parent like this, and the key is required.
            (name: "parent-snapshot-id", value: parentID.map { String($0) } ?? "null"),
            (name: "sequence-number", value: String(sequenceNumber)),
            (name: "format-version", value: "2"),
        ]
        var writer = AvroFileWriter(schema: ManifestAvro.file, header: header, codec: .deflate, sync: sync)
        do throws(AvroError) {
            for manifest in manifests { try writer.append(manifest.avro(sequenceNumber: sequenceNumber)) }
        } catch {
            throw .defect(.load, "a manifest list holds \(error)")
        }
        return writer.finish()
    }
}

extension ManifestFile {
    /// The entry in the field order of ``ManifestAvro/file``.
    fileprivate func avro(sequenceNumber assigned: Int64) -> AvroValue {
        .record([
            .string(path), .long(lengthBytes), .int(specID), .int(content.rawValue),
            .long(sequenceNumber ?? assigned), .long(minimumSequenceNumber ?? assigned), .long(addedSnapshotID),
            .int(Int32(clamping: files.added)), .int(Int32(clamping: files.existing)),
            .int(Int32(clamping: files.deleted)), .long(rows.added), .long(rows.existing), .long(rows.deleted),
            .optional(partitions.map { .array($0.map(\.avro)) }), .optional(keyMetadata.map(AvroValue.bytes)),
        ])
    }
}

extension PartitionSummary {
    fileprivate var avro: AvroValue {
        .record([
            .boolean(containsNull), .optional(containsNaN.map(AvroValue.boolean)),
            .optional(lowerBound.map(AvroValue.bytes)), .optional(upperBound.map(AvroValue.bytes)),
        ])
    }
}
