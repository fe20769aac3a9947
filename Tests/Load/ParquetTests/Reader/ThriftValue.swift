/// What stands in Thrift's compact protocol, read without knowing the structures: it shares nothing
/// with the writer under test.
indirect enum ThriftValue: Equatable {
    case boolean(Bool)
    case integer(Int64)
    case binary([UInt8])
    case list([ThriftValue])
    case structure([ThriftField])

    /// The field of a structure; `nil` when it has none with this number.
    subscript(id: Int) -> ThriftValue? {
        guard case .structure(let fields) = self else { return nil }
        return fields.first { $0.id == id }?.value
    }

    var integer: Int? { if case .integer(let value) = self { Int(value) } else { nil } }
    var binary: [UInt8]? { if case .binary(let bytes) = self { bytes } else { nil } }
    var text: String? { binary.map { String(decoding: $0, as: UTF8.self) } }
    var list: [ThriftValue]? { if case .list(let items) = self { items } else { nil } }
}

struct ThriftField: Equatable {
    let id: Int
    let value: ThriftValue
}

/// Reads structures, and tells where they end.
struct ThriftReader {
    private let bytes: ArraySlice<UInt8>
    private(set) var position: Int

    init(_ bytes: ArraySlice<UInt8>) {
        self.bytes = bytes
        position = bytes.startIndex
    }

    mutating func structure() -> ThriftValue {
        var fields: [ThriftField] = []
        var id = 0
        while true {
            let header = byte()
            if header == 0 { return .structure(fields) }
            let step = Int(header >> 4)
            id = step == 0 ? Int(zigzag()) : id + step
            fields.append(ThriftField(id: id, value: value(ofType: header & 0x0F, inList: false)))
        }
    }

    private mutating func value(ofType type: UInt8, inList: Bool) -> ThriftValue {
        switch type {
        case 1: .boolean(inList ? byte() == 1 : true)
        case 2: .boolean(inList ? byte() == 1 : false)
        case 4...6: .integer(zigzag())
        case 8: .binary(binary())
        case 9: list()
        case 12: structure()
        default: preconditionFailure("type \(type) is not in Parquet's structures")
        }
    }

    private mutating func list() -> ThriftValue {
        let header = byte()
        let count = header >> 4 == 15 ? Int(varint()) : Int(header >> 4)
        return .list((0..<count).map { _ in value(ofType: header & 0x0F, inList: true) })
    }

    private mutating func binary() -> [UInt8] {
        let count = Int(varint())
        defer { position += count }
        return Array(bytes[position..<position + count])
    }

    private mutating func zigzag() -> Int64 {
        let value = varint()
        return Int64(bitPattern: value >> 1) ^ -Int64(bitPattern: value & 1)
    }

    private mutating func varint() -> UInt64 {
        var value: UInt64 = 0
        var shift: UInt64 = 0
        while true {
            let next = byte()
            value |= UInt64(next & 0x7F) << shift
            if next < 0x80 { return value }
            shift += 7
        }
    }

    private mutating func byte() -> UInt8 {
        defer { position += 1 }
        return bytes[position]
    }
}
