import Avro
import JSON

extension SingleValue {
    /// The value as Avro has it; `nil` when the schema is of another type.
    func avro(_ schema: AvroSchema) -> AvroValue? {
        switch (schema.shape, self) {
        case (.boolean, .integer(let value)): .boolean(value != 0)
        case (.int, .integer(let value)): Int32(exactly: value).map(AvroValue.int)
        case (.long, .integer(let value)): .long(value)
        case (.float, .double(let value)): .float(Float(value))
        case (.double, .double(let value)): .double(value)
        case (.string, .text(let utf8)): .string(String(decoding: utf8, as: UTF8.self))
        case (.bytes, .bytes(let bytes)): .bytes(bytes)
        case (.fixed(_, let size), .bytes(let bytes)) where bytes.count == size: .bytes(bytes)
        case (.bytes, .decimal(let value)): .bytes(Self.shortestBigEndian(value))
        case (.fixed(_, let size), .decimal(let value)): Self.bigEndian(value, byteCount: size).map(AvroValue.bytes)
        default: nil
        }
    }

    /// Reads a value as Avro has it; `nil` when it is of no primitive type, or beyond 128 bits.
    init?(_ value: AvroValue, _ schema: AvroSchema) {
        switch value {
        case .boolean(let flag): self = .integer(flag ? 1 : 0)
        case .int(let number): self = .integer(Int64(number))
        case .long(let number): self = .integer(number)
        case .float(let number): self = .double(Double(number))
        case .double(let number): self = .double(number)
        case .string(let text): self = .text(Array(text.utf8))
        case .bytes(let bytes):
            guard schema.attributes["logicalType"] == "decimal" else {
                self = .bytes(bytes)
                return
            }
            guard let number = Self.decimal(bytes) else { return nil }
            self = .decimal(number)
        default: return nil
        }
    }

    /// Two's complement in a fixed number of bytes; `nil` when that is too few.
    private static func bigEndian(_ value: Int128, byteCount: Int) -> [UInt8]? {
        let shortest = shortestBigEndian(value)
        guard shortest.count <= byteCount else { return nil }
        return Array(repeating: value < 0 ? 0xFF : 0, count: byteCount - shortest.count) + shortest
    }

    private static func decimal(_ bytes: [UInt8]) -> Int128? {
        guard let first = bytes.first else { return nil }
        let filler: UInt8 = first < 0x80 ? 0 : 0xFF
        // A wider field may hold a number of 128 bits behind bytes that only repeat its sign.
        let excess = max(0, bytes.count - 16)
        guard bytes.prefix(excess).allSatisfy({ $0 == filler }) else { return nil }
        guard excess == 0 || (bytes[excess] ^ filler) < 0x80 else { return nil }
        return bytes.dropFirst(excess).reduce(filler == 0 ? Int128(0) : Int128(-1)) { $0 << 8 | Int128($1) }
    }
}
