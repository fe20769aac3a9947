import Avro
package import NilusCore

/// The manifest files of a snapshot, as an Avro file.
package enum ManifestList {
    /// Reads the content of a manifest list; `path` is named in errors.
    ///
    /// - Throws: `sinkRefused` (terminal) when the content is no manifest list, or one of version 1
    ///   that lacks the counts which version 2 demands.
    package static func read(_ content: [UInt8], from path: String) throws(NilusError) -> [ManifestFile] {
        var file = try NamedAvroFile(content, path: path)
        let schema = file.schema
        let positions = AvroFieldPositions(schema)
        var manifests: [ManifestFile] = []
        while let manifest = try file.next({ value throws(ManifestFault) in
            try manifest(try AvroRecord(value, positions), in: schema)
        }) {
            manifests.append(manifest)
        }
        return manifests
    }

    private static func manifest(
        _ record: AvroRecord, in schema: AvroSchema
    ) throws(ManifestFault) -> ManifestFile {
        let content = record[517] == nil ? ManifestFile.Content.data.rawValue : try record.int(517, "content")
        guard let content = ManifestFile.Content(rawValue: content) else { throw ManifestFault("content \(content)") }
        return ManifestFile(
            path: try record.text(500, "manifest_path"), lengthBytes: try record.count(501, "manifest_length"),
            specID: try record.int(502, "partition_spec_id"), content: content,
            sequenceNumber: record[515]?.integer ?? 0, minimumSequenceNumber: record[516]?.integer ?? 0,
            addedSnapshotID: try record.long(503, "added_snapshot_id"),
            files: StatusCounts(
                added: try record.count(504, "added_files_count"),
                existing: try record.count(505, "existing_files_count"),
                deleted: try record.count(506, "deleted_files_count")),
            rows: StatusCounts(
                added: try record.count(512, "added_rows_count"),
                existing: try record.count(513, "existing_rows_count"),
                deleted: try record.count(514, "deleted_rows_count")),
            partitions: try partitions(record[507]?.items, in: schema), keyMetadata: record[519]?.bytes)
    }

    private static func partitions(
        _ items: [AvroValue]?, in schema: AvroSchema
    ) throws(ManifestFault) -> [PartitionSummary]? {
        guard let items else { return nil }
        let position = AvroFieldPositions(schema)[507]
        guard let list = position.flatMap({ schema.fields?[$0].schema.withoutNull }), case .array(let item) = list.shape
        else { throw ManifestFault("no list in field 'partitions'") }
        let positions = AvroFieldPositions(item)
        var summaries: [PartitionSummary] = []
        for value in items {
            let record = try AvroRecord(value, positions)
            guard let containsNull = record[509]?.boolean else {
                throw ManifestFault("no boolean in field 'contains_null'")
            }
            summaries.append(
                PartitionSummary(
                    containsNull: containsNull, containsNaN: record[518]?.boolean, lowerBound: record[510]?.bytes,
                    upperBound: record[511]?.bytes))
        }
        return summaries
    }
}
