import Avro
import JSON

/// Where the fields of an Avro record are, by Iceberg's field ids.
struct AvroFieldPositions {
    private var positions: [Int: Int] = [:]
    private(set) var idsByPosition: [Int: Int] = [:]
    let names: [String]

    init(_ schema: AvroSchema) {
        let fields = schema.withoutNull.fields ?? []
        names = fields.map(\.name)
        for (position, field) in fields.enumerated() {
            if let id = field.attributes["field-id"]?.integer.flatMap({ Int(exactly: $0) }) {
                positions[id] = position
                idsByPosition[position] = id
            }
        }
    }

    subscript(id: Int) -> Int? { positions[id] }
}

/// A record of a manifest, read strictly: a fault names the field.
struct AvroRecord {
    private let values: [AvroValue]
    private let positions: AvroFieldPositions

    init(_ value: AvroValue, _ positions: AvroFieldPositions) throws(ManifestFault) {
        guard let values = value.fieldValues, values.count == positions.names.count else {
            throw ManifestFault("no record")
        }
        self.values = values
        self.positions = positions
    }

    /// The value of a field; `nil` when it is null or no writer knew it.
    subscript(id: Int) -> AvroValue? {
        guard let position = positions[id] else { return nil }
        let value = values[position].unwrapped
        return value == .null ? nil : value
    }

    func long(_ id: Int, _ name: String) throws(ManifestFault) -> Int64 {
        guard let number = self[id]?.integer else { throw ManifestFault("no integer in field '\(name)'") }
        return number
    }

    func int(_ id: Int, _ name: String) throws(ManifestFault) -> Int32 {
        guard let number = Int32(exactly: try long(id, name)) else {
            throw ManifestFault("more than 32 bits in field '\(name)'")
        }
        return number
    }

    /// A number of files, rows or bytes, which is never below zero.
    func count(_ id: Int, _ name: String) throws(ManifestFault) -> Int64 {
        let number = try long(id, name)
        guard number >= 0 else { throw ManifestFault("\(number) in field '\(name)'") }
        return number
    }

    func text(_ id: Int, _ name: String) throws(ManifestFault) -> String {
        guard let text = self[id]?.string else { throw ManifestFault("no string in field '\(name)'") }
        return text
    }

    /// A map of metrics, as an array of pairs.
    func map<Value>(_ id: Int, _ name: String, _ read: (AvroValue) -> Value?) throws(ManifestFault) -> [Int32: Value]? {
        guard let value = self[id] else { return nil }
        var map: [Int32: Value] = [:]
        for item in value.items ?? [] {
            guard let pair = item.fieldValues, pair.count == 2, let key = pair[0].integer,
                let id = Int32(exactly: key), let metric = read(pair[1])
            else { throw ManifestFault("no pair of id and metric in field '\(name)'") }
            map[id] = metric
        }
        return map
    }
}

/// What is wrong with an entry of a manifest file or list, before the file's name is known.
struct ManifestFault: Error {
    let found: String

    init(_ found: String) {
        self.found = found
    }
}
