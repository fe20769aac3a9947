/// Reads structures in Thrift's compact protocol from bytes that nobody vouches for.
///
/// Every length and count is checked against the bytes that are left, and nesting is bounded, so that
/// neither memory nor time exceeds what the input's size explains.
///
/// - SeeAlso: apache/thrift, doc/specs/thrift-compact-protocol.md
struct ThriftReader {
    /// A field's number, and what follows it.
    struct Field {
        let id: Int16
        fileprivate let type: UInt8
    }

    // The types of the compact protocol.
    private static let booleanTrue: UInt8 = 1
    private static let booleanFalse: UInt8 = 2
    private static let i8: UInt8 = 3
    private static let integers: ClosedRange<UInt8> = 4...6
    private static let double: UInt8 = 7
    private static let binary: UInt8 = 8
    private static let lists: ClosedRange<UInt8> = 9...10
    private static let map: UInt8 = 11
    private static let structure: UInt8 = 12

    /// Structures and lists inside each other; Parquet's have fewer than ten.
    private static let largestDepth = 32

    private let bytes: UnsafeRawBufferPointer
    private(set) var position: Int
    private var depth = 0

    /// Reads bytes that stay in place as long as the reader is used.
    init(_ bytes: UnsafeRawBufferPointer, from position: Int = 0) {
        self.bytes = bytes
        self.position = position
    }

    /// Reads a structure; `body` reads the value of each field, or skips it.
    mutating func structure(
        _ body: (inout ThriftReader, Field) throws(ParquetFault) -> Void
    ) throws(ParquetFault) {
        try enter()
        var id: Int16 = 0
        while case let header = try byte(), header != 0 {
            let step = Int16(header >> 4)
            let next = step == 0 ? Int(try zigzag(Int16.self)) : Int(id) + Int(step)
            guard let fieldID = Int16(exactly: next) else { throw ParquetFault("a field with the number \(next)") }
            id = fieldID
            try body(&self, Field(id: id, type: header & 0x0F))
        }
        depth -= 1
    }

    /// Reads the structure that a field holds.
    mutating func structure(
        _ field: Field, _ body: (inout ThriftReader, Field) throws(ParquetFault) -> Void
    ) throws(ParquetFault) {
        try require(field.type == Self.structure, field, "a structure")
        try structure(body)
    }

    /// Reads a list of structures; `body` reads each.
    mutating func list(
        _ field: Field, _ body: (inout ThriftReader) throws(ParquetFault) -> Void
    ) throws(ParquetFault) {
        try require(Self.lists.contains(field.type), field, "a list")
        let (type, count) = try listHeader()
        guard count == 0 || type == Self.structure else { throw ParquetFault("a list of type \(type)") }
        for _ in 0..<count { try body(&self) }
    }

    mutating func boolean(_ field: Field) throws(ParquetFault) -> Bool {
        try require(field.type == Self.booleanTrue || field.type == Self.booleanFalse, field, "a boolean")
        return field.type == Self.booleanTrue
    }

    /// Reads an integer that fits the type.
    mutating func integer<Number: FixedWidthInteger>(_ field: Field) throws(ParquetFault) -> Number {
        try require(Self.integers.contains(field.type), field, "an integer")
        return try zigzag(Number.self)
    }

    /// Reads where bytes are that a field holds.
    mutating func binary(_ field: Field) throws(ParquetFault) -> Range<Int> {
        try require(field.type == Self.binary, field, "bytes")
        return try blob()
    }

    mutating func text(_ field: Field) throws(ParquetFault) -> String {
        String(decoding: UnsafeRawBufferPointer(rebasing: bytes[try binary(field)]), as: UTF8.self)
    }

    /// Steps over the value of a field.
    mutating func skip(_ field: Field) throws(ParquetFault) {
        // A boolean field has its value in the place of its type.
        guard field.type != Self.booleanTrue, field.type != Self.booleanFalse else { return }
        try skipValue(field.type)
    }

    private mutating func skipValue(_ type: UInt8) throws(ParquetFault) {
        switch type {
        case Self.booleanTrue, Self.booleanFalse, Self.i8: _ = try byte()
        case Self.integers: _ = try varint()
        case Self.double: try skipBytes(8)
        case Self.binary: _ = try blob()
        case Self.lists: try skipList()
        case Self.map: try skipMap()
        case Self.structure: try structure { (reader, field) throws(ParquetFault) in try reader.skip(field) }
        default: throw ParquetFault("a value of type \(type)")
        }
    }

    private mutating func skipList() throws(ParquetFault) {
        try enter()
        let (type, count) = try listHeader()
        for _ in 0..<count { try skipValue(type) }
        depth -= 1
    }

    private mutating func skipMap() throws(ParquetFault) {
        try enter()
        let count = try itemCount(varint: true, short: 0)
        let types = count == 0 ? 0 : try byte()
        for _ in 0..<count {
            try skipValue(types >> 4)
            try skipValue(types & 0x0F)
        }
        depth -= 1
    }

    private mutating func listHeader() throws(ParquetFault) -> (type: UInt8, count: Int) {
        let header = try byte()
        let short = header >> 4
        return (header & 0x0F, try itemCount(varint: short == 15, short: short))
    }

    /// Reads a number of items, each of which takes a byte at least, unless it is short and known.
    private mutating func itemCount(varint isVarint: Bool, short: UInt8) throws(ParquetFault) -> Int {
        let count = isVarint ? try varint() : UInt64(short)
        let left = bytes.count - position
        guard count <= UInt64(left) else {
            throw ParquetFault("a list of \(count) items in \(left) bytes", isCutOff: true)
        }
        return Int(count)
    }

    private mutating func blob() throws(ParquetFault) -> Range<Int> {
        let count = try varint()
        let left = bytes.count - position
        guard count <= UInt64(left) else {
            throw ParquetFault("a text of \(count) bytes where \(left) are left", isCutOff: true)
        }
        defer { position += Int(count) }
        return position..<position + Int(count)
    }

    private mutating func zigzag<Number: FixedWidthInteger>(_: Number.Type) throws(ParquetFault) -> Number {
        let raw = try varint()
        let value = Int64(bitPattern: raw >> 1) ^ -Int64(bitPattern: raw & 1)
        guard let number = Number(exactly: value) else { throw ParquetFault("the number \(value)") }
        return number
    }

    private mutating func varint() throws(ParquetFault) -> UInt64 {
        try bytes.varint(at: &position)
    }

    private mutating func byte() throws(ParquetFault) -> UInt8 {
        guard position < bytes.count else { throw .cutOff("a structure") }
        defer { position += 1 }
        return bytes[position]
    }

    private mutating func skipBytes(_ count: Int) throws(ParquetFault) {
        guard count <= bytes.count - position else { throw .cutOff("a structure") }
        position += count
    }

    private mutating func enter() throws(ParquetFault) {
        depth += 1
        guard depth <= Self.largestDepth else { throw ParquetFault("more than \(Self.largestDepth) nested structures") }
    }

    private func require(_ condition: Bool, _ field: Field, _ wanted: String) throws(ParquetFault) {
        guard condition else { throw ParquetFault("a field \(field.id) of type \(field.type) that is not \(wanted)") }
    }
}

extension UnsafeRawBufferPointer {
    /// Reads a number in groups of seven bits (ULEB128) of at most 64 bits, and moves behind it.
    @inline(__always)
    func varint(at position: inout Int) throws(ParquetFault) -> UInt64 {
        var value: UInt64 = 0
        var shift: UInt64 = 0
        while position < count {
            let next = self[position]
            // The tenth byte has room for one bit only.
            guard shift < 63 || next <= 1 else { throw ParquetFault("a number of more than 64 bits") }
            position += 1
            value |= UInt64(next & 0x7F) << shift
            if next < 0x80 { return value }
            shift += 7
        }
        throw .cutOff("a number")
    }
}
