import JSON

/// Writes an Avro object container file in memory.
///
/// Objects gather in blocks of about 64 KiB; a block is compressed when it is full, so the memory
/// needed is the compressed file and one block.
package struct AvroFileWriter {
    /// The size at which a block is closed, in bytes before compression.
    static let blockBytes = 65_536

    private let schema: AvroSchema
    private let codec: AvroCodec
    private let sync: [UInt8]
    private var file = AvroEncoder()
    private var block = AvroEncoder()
    private var objectsInBlock = 0

    /// Begins a file; `header` holds the writer's own keys, in order, to which Avro's are added.
    ///
    /// - Precondition: `sync` has 16 bytes, unlikely to occur in the objects.
    package init(schema: AvroSchema, header: [(name: String, value: String)], codec: AvroCodec, sync: [UInt8]) {
        precondition(sync.count == AvroFileReader.syncBytes, "a sync marker has 16 bytes")
        self.schema = schema
        self.codec = codec
        self.sync = sync
        let avro = [(name: "avro.schema", value: schema.json.compactText), (name: "avro.codec", value: codec.rawValue)]
        file.raw(AvroFileReader.magic)
        file.long(Int64(avro.count + header.count))
        for (name, value) in avro + header {
            file.blob(name.utf8)
            file.blob(value.utf8)
        }
        file.long(0)
        file.raw(sync)
    }

    /// The size of the file so far: what is compressed, and the open block as it is.
    package var byteCount: Int { file.bytes.count + block.bytes.count }

    /// Adds an object.
    ///
    /// - Throws: `AvroError` when the value is not of the schema; the file is to be dropped then.
    package mutating func append(_ value: AvroValue) throws(AvroError) {
        try block.value(value, schema)
        objectsInBlock += 1
        if block.bytes.count >= Self.blockBytes { closeBlock() }
    }

    /// Closes the last block and returns the whole file.
    package consuming func finish() -> [UInt8] {
        if objectsInBlock > 0 { closeBlock() }
        return file.bytes
    }

    private mutating func closeBlock() {
        let content = codec.compress(block.bytes)
        file.long(Int64(objectsInBlock))
        file.blob(content)
        file.raw(sync)
        block.removeAll()
        objectsInBlock = 0
    }
}
