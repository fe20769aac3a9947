/// The header before a page that somebody wrote, with what reading the page needs.
///
/// - SeeAlso: apache/parquet-format, parquet.thrift, `PageHeader`
struct StoredPageHeader {
    /// What kind of page follows.
    enum Kind {
        case dictionary(entryCount: Int)
        /// A data page of version 1: its levels begin the compressed part, their size in front.
        case data(valueCount: Int, encoding: Int32, levelEncoding: Int32)
        /// A data page of version 2: its levels, of so many bytes, precede the compressed part.
        case dataV2(valueCount: Int, encoding: Int32, levels: LevelSizes, isCompressed: Bool)
        /// A page that holds no values.
        case other
    }

    /// The sizes of the levels in bytes.
    struct LevelSizes {
        let repetition: Int
        let definition: Int
    }

    let kind: Kind
    /// The page before compression and as it is stored, without the header.
    let uncompressedBytes: Int
    let compressedBytes: Int
    /// The CRC-32 of the page as it is stored.
    let checksum: UInt32?

    /// Reads a header.
    ///
    /// - Throws: `ParquetFault`, which is cut off when the bytes end too early.
    init(_ reader: inout ThriftReader) throws(ParquetFault) {
        var fields = Fields()
        try reader.structure { (reader, field) throws(ParquetFault) in
            switch field.id {
            case 1: fields.type = try reader.integer(field)
            case 2: fields.uncompressedBytes = try reader.integer(field)
            case 3: fields.compressedBytes = try reader.integer(field)
            case 4: fields.checksum = try reader.integer(field)
            case 5: try fields.readData(&reader, field)
            case 7: try fields.readDictionary(&reader, field)
            case 8: try fields.readDataV2(&reader, field)
            default: try reader.skip(field)
            }
        }
        guard fields.uncompressedBytes >= 0, fields.compressedBytes >= 0, fields.valueCount >= 0 else {
            throw ParquetFault(
                "a page of \(fields.compressedBytes) bytes, \(fields.uncompressedBytes) before compression, "
                    + "and \(fields.valueCount) values")
        }
        kind = try fields.kind()
        uncompressedBytes = Int(fields.uncompressedBytes)
        compressedBytes = Int(fields.compressedBytes)
        checksum = fields.checksum.map(UInt32.init(bitPattern:))
    }
}

/// The fields of a header as they come.
private struct Fields {
    var type: Int32 = -1
    var uncompressedBytes: Int32 = -1
    var compressedBytes: Int32 = -1
    var checksum: Int32?
    var valueCount: Int32 = 0
    var encoding: Int32 = -1
    var levelEncoding: Int32 = -1
    var definitionBytes: Int32 = -1
    var repetitionBytes: Int32 = -1
    var isCompressed = true

    func kind() throws(ParquetFault) -> StoredPageHeader.Kind {
        switch PageType(rawValue: type) {
        case .dictionary: return .dictionary(entryCount: Int(valueCount))
        case .data: return .data(valueCount: Int(valueCount), encoding: encoding, levelEncoding: levelEncoding)
        case .dataV2:
            guard definitionBytes >= 0, repetitionBytes >= 0,
                Int(definitionBytes) + Int(repetitionBytes) <= min(Int(compressedBytes), Int(uncompressedBytes))
            else {
                throw ParquetFault(
                    "levels of \(definitionBytes) and \(repetitionBytes) bytes in a page of \(compressedBytes)")
            }
            let levels = StoredPageHeader.LevelSizes(
                repetition: Int(repetitionBytes), definition: Int(definitionBytes))
            return .dataV2(valueCount: Int(valueCount), encoding: encoding, levels: levels, isCompressed: isCompressed)
        case .index: return .other
        case nil: throw ParquetFault("a page of type \(type)")
        }
    }

    mutating func readData(_ reader: inout ThriftReader, _ field: ThriftReader.Field) throws(ParquetFault) {
        var fields = self
        try reader.structure(field) { (reader, field) throws(ParquetFault) in
            switch field.id {
            case 1: fields.valueCount = try reader.integer(field)
            case 2: fields.encoding = try reader.integer(field)
            case 3: fields.levelEncoding = try reader.integer(field)
            default: try reader.skip(field)
            }
        }
        self = fields
    }

    mutating func readDictionary(_ reader: inout ThriftReader, _ field: ThriftReader.Field) throws(ParquetFault) {
        var fields = self
        try reader.structure(field) { (reader, field) throws(ParquetFault) in
            if field.id == 1 {
                fields.valueCount = try reader.integer(field)
            } else {
                try reader.skip(field)
            }
        }
        self = fields
    }

    mutating func readDataV2(_ reader: inout ThriftReader, _ field: ThriftReader.Field) throws(ParquetFault) {
        var fields = self
        try reader.structure(field) { (reader, field) throws(ParquetFault) in
            switch field.id {
            case 1: fields.valueCount = try reader.integer(field)
            case 4: fields.encoding = try reader.integer(field)
            case 5: fields.definitionBytes = try reader.integer(field)
            case 6: fields.repetitionBytes = try reader.integer(field)
            case 7: fields.isCompressed = try reader.boolean(field)
            default: try reader.skip(field)
            }
        }
        self = fields
    }
}
