import JSON

/// Writes values in Avro's binary encoding.
///
/// | value | bytes |
/// |---|---|
/// | int, long | zigzag, then 7 bits a byte, lowest first |
/// | float, double | 4 or 8, little-endian |
/// | bytes, string | length as a long, then the content |
/// | array, map | blocks of a count and items, then a zero count |
///
/// - SeeAlso: Apache Avro 1.11 Specification, "Binary Encoding".
struct AvroEncoder {
    private(set) var bytes: [UInt8] = []

    mutating func removeAll() {
        bytes.removeAll(keepingCapacity: true)
    }

    mutating func long(_ value: Int64) {
        var rest = UInt64(bitPattern: (value << 1) ^ (value >> 63))
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(truncatingIfNeeded: rest))
    }

    mutating func blob(_ content: some Collection<UInt8>) {
        long(Int64(content.count))
        bytes.append(contentsOf: content)
    }

    mutating func raw(_ content: some Collection<UInt8>) {
        bytes.append(contentsOf: content)
    }

    /// Appends a value.
    ///
    /// - Throws: `AvroError` when the value is not of the schema; some bytes may be appended by then.
    mutating func value(_ value: AvroValue, _ schema: AvroSchema) throws(AvroError) {
        switch (schema.shape, value) {
        case (.null, .null): break
        case (.boolean, .boolean(let flag)): bytes.append(flag ? 1 : 0)
        case (.int, .int(let number)): long(Int64(number))
        case (.long, .long(let number)): long(number)
        case (.float, .float(let number)): littleEndian(number.bitPattern)
        case (.double, .double(let number)): littleEndian(number.bitPattern)
        case (.bytes, .bytes(let content)): blob(content)
        case (.string, .string(let text)): blob(text.utf8)
        case (.fixed(_, let size), .bytes(let content)) where content.count == size: raw(content)
        case (.enumeration(_, let symbols), .enumeration(let index)) where symbols.indices.contains(index):
            long(Int64(index))
        case (.array(let item), .array(let items)): try array(items, item)
        case (.map(let valueSchema), .map(let entries)): try map(entries, valueSchema)
        case (.union(let branches), .union(let branch, let inner)) where branches.indices.contains(branch):
            long(Int64(branch))
            try self.value(inner, branches[branch])
        case (.record(_, let fields), .record(let values)) where fields.count == values.count:
            for (field, fieldValue) in zip(fields, values) { try self.value(fieldValue, field.schema) }
        default: throw AvroError("a value that is not of its schema \(schema.json.compactText)")
        }
    }

    private mutating func array(_ items: [AvroValue], _ schema: AvroSchema) throws(AvroError) {
        if !items.isEmpty { long(Int64(items.count)) }
        for item in items { try value(item, schema) }
        long(0)
    }

    private mutating func map(_ entries: [AvroEntry], _ schema: AvroSchema) throws(AvroError) {
        if !entries.isEmpty { long(Int64(entries.count)) }
        for entry in entries {
            blob(entry.key.utf8)
            try value(entry.value, schema)
        }
        long(0)
    }

    private mutating func littleEndian(_ bits: some FixedWidthInteger) {
        withUnsafeBytes(of: bits.littleEndian) { bytes.append(contentsOf: $0) }
    }
}
