/// Writes structures in Thrift's compact protocol, fields in ascending order.
///
/// - SeeAlso: apache/thrift, doc/specs/thrift-compact-protocol.md
struct ThriftWriter {
    /// The types of fields and list elements that Parquet's structures need.
    enum ElementType: UInt8 {
        case i32 = 5
        case i64 = 6
        case binary = 8
        case list = 9
        case structure = 12
    }

    // A boolean field has its value in the place of its type.
    private static let booleanTrue: UInt8 = 1
    private static let booleanFalse: UInt8 = 2
    private static let stop: UInt8 = 0

    private(set) var bytes: [UInt8] = []
    private var lastFieldID: Int16 = 0

    /// Writes the fields of an outermost structure and its end.
    static func structure(_ fields: (inout ThriftWriter) -> Void) -> [UInt8] {
        var writer = ThriftWriter()
        writer.structure(fields)
        return writer.bytes
    }

    /// Drops what was written and keeps the memory.
    mutating func removeAll() {
        bytes.removeAll(keepingCapacity: true)
        lastFieldID = 0
    }

    mutating func field(_ id: Int16, _ value: Bool) {
        fieldHeader(id, type: value ? Self.booleanTrue : Self.booleanFalse)
    }

    mutating func field(_ id: Int16, _ value: Int32) {
        fieldHeader(id, type: ElementType.i32.rawValue)
        integer(Int64(value))
    }

    mutating func field(_ id: Int16, _ value: Int64) {
        fieldHeader(id, type: ElementType.i64.rawValue)
        integer(value)
    }

    mutating func field(_ id: Int16, _ value: some Collection<UInt8>) {
        fieldHeader(id, type: ElementType.binary.rawValue)
        binary(value)
    }

    /// Writes a field that is a structure itself.
    mutating func field(_ id: Int16, _ fields: (inout ThriftWriter) -> Void) {
        fieldHeader(id, type: ElementType.structure.rawValue)
        structure(fields)
    }

    /// Writes a list field; `element` writes each element with the functions that take no id.
    mutating func field<Elements: Collection>(
        _ id: Int16, _ elements: Elements, of type: ElementType,
        _ element: (inout ThriftWriter, Elements.Element) -> Void
    ) {
        listHeader(id, count: elements.count, of: type)
        for item in elements { element(&self, item) }
    }

    /// Writes a list field whose elements are encoded already, one after another.
    mutating func field(_ id: Int16, encoded elements: [UInt8], count: Int, of type: ElementType) {
        listHeader(id, count: count, of: type)
        bytes += elements
    }

    /// Writes a structure that is a list's element or stands alone.
    mutating func structure(_ fields: (inout ThriftWriter) -> Void) {
        let outerFieldID = lastFieldID
        lastFieldID = 0
        fields(&self)
        bytes.append(Self.stop)
        lastFieldID = outerFieldID
    }

    mutating func binary(_ value: some Collection<UInt8>) {
        varint(UInt64(value.count))
        bytes.append(contentsOf: value)
    }

    /// Writes a signed integer of any width in zigzag form: 0, -1, 1, -2 become 0, 1, 2, 3.
    mutating func integer(_ value: Int64) {
        varint(UInt64(bitPattern: (value << 1) ^ (value >> 63)))
    }

    private mutating func listHeader(_ id: Int16, count: Int, of type: ElementType) {
        fieldHeader(id, type: ElementType.list.rawValue)
        // Up to 14 elements the count shares a byte with the type.
        if count < 15 {
            bytes.append(UInt8(count) << 4 | type.rawValue)
        } else {
            bytes.append(0xF0 | type.rawValue)
            varint(UInt64(count))
        }
    }

    private mutating func fieldHeader(_ id: Int16, type: UInt8) {
        let step = id - lastFieldID
        precondition(step >= 1 && step <= 15, "the fields of a Parquet structure are written in ascending order")
        bytes.append(UInt8(step) << 4 | type)
        lastFieldID = id
    }

    private mutating func varint(_ value: UInt64) {
        value.forEachVarintByte { bytes.append($0) }
    }
}
