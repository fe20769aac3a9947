import JSON

/// Reads an Avro object container file, one object at a time, by the schema in its header.
///
/// | part | bytes |
/// |---|---|
/// | magic | `Obj` and 1 |
/// | header | map of bytes: `avro.schema`, `avro.codec`, the writer's own keys |
/// | sync marker | 16 |
/// | each block | object count and byte count as longs, the objects, the sync marker again |
///
/// - SeeAlso: Apache Avro 1.11 Specification, "Object Container Files".
package struct AvroFileReader {
    /// The largest block, in bytes after decompression; writers aim at 16 KiB to 2 MiB.
    package static let maximumBlockBytes = 67_108_864

    static let magic: [UInt8] = [0x4F, 0x62, 0x6A, 0x01]
    static let syncBytes = 16

    /// The schema of the objects.
    package let schema: AvroSchema
    /// All keys of the header, Avro's own among them.
    package let header: [String: [UInt8]]

    private let codec: AvroBlockCodec
    private let sync: [UInt8]
    private var file: AvroDecoder
    private var block = AvroDecoder([])
    private var objectsLeft = 0

    /// Reads the header.
    ///
    /// - Throws: `AvroError` when the bytes do not begin as an Avro file or use another codec.
    package init(_ bytes: [UInt8]) throws(AvroError) {
        file = AvroDecoder(bytes)
        guard bytes.starts(with: Self.magic) else { throw AvroError("no Avro file: other first bytes") }
        _ = try file.raw(Self.magic.count)
        var header: [String: [UInt8]] = [:]
        while case let count = try file.itemCount(), count > 0 {
            for _ in 0..<count {
                let key = try file.text()
                header[key] = Array(try file.blob())
            }
        }
        sync = Array(try file.raw(Self.syncBytes))
        self.header = header
        codec = try AvroBlockCodec(named: header["avro.codec"])
        schema = try Self.schema(header["avro.schema"])
    }

    /// Reads the next object, or returns `nil` after the last.
    ///
    /// - Throws: `AvroError` with the place of what is damaged.
    package mutating func next() throws(AvroError) -> AvroValue? {
        while objectsLeft == 0 {
            guard block.isAtEnd else { throw block.error("bytes after the last object") }
            guard !file.isAtEnd else { return nil }
            try readBlock()
        }
        objectsLeft -= 1
        return try block.value(schema)
    }

    private mutating func readBlock() throws(AvroError) {
        let start = file.position
        let count = try file.long()
        let content = Array(try file.blob())
        guard content.count <= Self.maximumBlockBytes else { throw file.error("a block of \(content.count) bytes") }
        guard try file.raw(Self.syncBytes).elementsEqual(sync) else {
            throw file.error("another marker than the file's after a block")
        }
        let place = " of the block that starts at byte \(start)"
        let objects = try codec.decompress(content, at: "byte \(start)", limit: Self.maximumBlockBytes)
        guard count >= 0, count <= objects.count else {
            throw file.error("\(count) objects in a block of \(objects.count) bytes")
        }
        block = AvroDecoder(objects, origin: place)
        objectsLeft = Int(count)
    }

    private static func schema(_ text: [UInt8]?) throws(AvroError) -> AvroSchema {
        guard let text else { throw AvroError("a header without avro.schema") }
        let json: JSONValue
        do throws(JSONError) { json = try JSONValue(parsing: text) } catch {
            throw AvroError("a schema that is not JSON: \(error)")
        }
        return try AvroSchema(json: json)
    }
}
