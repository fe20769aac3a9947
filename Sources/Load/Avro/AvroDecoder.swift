/// Reads values in Avro's binary encoding from bytes that nobody vouches for.
///
/// Every length is checked against the bytes that are left, and items of arrays and maps against a
/// budget of one a byte, so that neither memory nor time can exceed what the input's size explains.
struct AvroDecoder {
    private let bytes: [UInt8]
    /// Where the bytes come from, for messages: `byte 17 of the block that starts at byte 512`.
    private let origin: String
    private(set) var position: Int
    private var itemBudget: Int

    init(_ bytes: [UInt8], origin: String = "") {
        self.bytes = bytes
        self.origin = origin
        position = 0
        itemBudget = bytes.count
    }

    var isAtEnd: Bool { position == bytes.count }

    func error(_ reason: String) -> AvroError {
        AvroError(reason, at: "byte \(position)\(origin)")
    }

    mutating func long() throws(AvroError) -> Int64 {
        var result: UInt64 = 0
        for shift in stride(from: UInt64(0), to: 70, by: 7) {
            guard position < bytes.count else { throw error("an end inside a number") }
            let byte = bytes[position]
            // The tenth byte has room for one bit only.
            guard shift < 63 || byte <= 1 else { break }
            position += 1
            result |= UInt64(byte & 0x7F) << shift
            if byte < 0x80 { return Int64(bitPattern: result >> 1) ^ -Int64(bitPattern: result & 1) }
        }
        throw error("a number of more than 64 bits")
    }

    mutating func raw(_ count: Int) throws(AvroError) -> ArraySlice<UInt8> {
        guard count >= 0, count <= bytes.count - position else {
            throw error("a length of \(count) bytes where \(bytes.count - position) are left")
        }
        defer { position += count }
        return bytes[position..<position + count]
    }

    mutating func blob() throws(AvroError) -> ArraySlice<UInt8> {
        let length = try long()
        guard let count = Int(exactly: length) else { throw error("a length of \(length) bytes") }
        return try raw(count)
    }

    mutating func text() throws(AvroError) -> String {
        let start = position
        guard let text = String(validating: try blob(), as: UTF8.self) else {
            position = start
            throw error("a string that is not UTF-8")
        }
        return text
    }

    /// Reads the count of a block of items; 0 ends an array or map.
    mutating func itemCount() throws(AvroError) -> Int {
        var count = try long()
        if count < 0 {
            // A negative count is followed by the size of the block in bytes, which only skipping needs.
            guard count > .min else { throw error("a block of \(count) items") }
            count = -count
            _ = try long()
        }
        guard count <= itemBudget else { throw error("\(count) items in fewer bytes") }
        itemBudget -= Int(count)
        return Int(count)
    }

    mutating func value(_ schema: AvroSchema) throws(AvroError) -> AvroValue {
        switch schema.shape {
        case .null: return .null
        case .boolean: return .boolean(try boolean())
        case .int: return .int(try int())
        case .long: return .long(try long())
        case .float: return .float(Float(bitPattern: try littleEndian()))
        case .double: return .double(Double(bitPattern: try littleEndian()))
        case .bytes: return .bytes(Array(try blob()))
        case .string: return .string(try text())
        case .fixed(_, let size): return .bytes(Array(try raw(size)))
        case .enumeration(_, let symbols): return .enumeration(try index(below: symbols.count, "symbol"))
        case .array(let items): return .array(try array(items))
        case .map(let values): return .map(try map(values))
        case .record(_, let fields):
            var values: [AvroValue] = []
            values.reserveCapacity(fields.count)
            for field in fields { values.append(try value(field.schema)) }
            return .record(values)
        case .union(let branches):
            let branch = try index(below: branches.count, "branch")
            return .union(branch: branch, try value(branches[branch]))
        }
    }

    private mutating func array(_ schema: AvroSchema) throws(AvroError) -> [AvroValue] {
        var items: [AvroValue] = []
        while case let count = try itemCount(), count > 0 {
            for _ in 0..<count { items.append(try value(schema)) }
        }
        return items
    }

    private mutating func map(_ schema: AvroSchema) throws(AvroError) -> [AvroEntry] {
        var entries: [AvroEntry] = []
        while case let count = try itemCount(), count > 0 {
            for _ in 0..<count { entries.append(AvroEntry(try text(), try value(schema))) }
        }
        return entries
    }

    private mutating func boolean() throws(AvroError) -> Bool {
        guard let byte = try raw(1).first, byte <= 1 else { throw error("a boolean that is neither 0 nor 1") }
        return byte == 1
    }

    private mutating func int() throws(AvroError) -> Int32 {
        let number = try long()
        guard let int = Int32(exactly: number) else { throw error("an int of \(number)") }
        return int
    }

    private mutating func index(below count: Int, _ what: String) throws(AvroError) -> Int {
        let number = try long()
        guard number >= 0, number < count else { throw error("\(what) \(number) of \(count)") }
        return Int(number)
    }

    private mutating func littleEndian<Bits: FixedWidthInteger>() throws(AvroError) -> Bits {
        try raw(Bits.bitWidth / 8).reversed().reduce(0) { $0 << 8 | Bits($1) }
    }
}
