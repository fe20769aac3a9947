import Avro

extension ManifestEntry {
    /// The entry in the field order of ``ManifestAvro/entry(partition:)``.
    func avro(_ partitionType: PartitionType) throws(ManifestFault) -> AvroValue {
        let partition = try partitionType.avro(file.partition)
        return .record([
            .int(status.rawValue), .optional(snapshotID.map(AvroValue.long)),
            .optional(sequenceNumber.map(AvroValue.long)), .optional(fileSequenceNumber.map(AvroValue.long)),
            file.avro(partition),
        ])
    }
}

extension DataFile {
    fileprivate func avro(_ partition: AvroValue) -> AvroValue {
        .record([
            .int(content.rawValue), .string(path), .string(format), partition, .long(recordCount), .long(sizeBytes),
            Self.map(columnSizes, AvroValue.long), Self.map(valueCounts, AvroValue.long),
            Self.map(nullCounts, AvroValue.long), Self.map(nanCounts, AvroValue.long),
            Self.map(lowerBounds, AvroValue.bytes), Self.map(upperBounds, AvroValue.bytes),
            .optional(keyMetadata.map(AvroValue.bytes)),
            .optional(splitOffsets.map { .array($0.map(AvroValue.long)) }),
            .optional(equalityIDs.map { .array($0.map(AvroValue.int)) }),
            .optional(sortOrderID.map(AvroValue.int)), .optional(referencedDataFile.map(AvroValue.string)),
        ])
    }

    /// A map as an array of pairs, in the order of its keys, so that equal maps give equal bytes.
    private static func map<Value>(_ map: [Int32: Value]?, _ avro: (Value) -> AvroValue) -> AvroValue {
        .optional(
            map.map { map in
                .array(map.sorted { $0.key < $1.key }.map { .record([.int($0.key), avro($0.value)]) })
            })
    }
}
