import JSON
import Records

/// Collects, for one row, the fields that no column holds, as one JSON object.
struct ExtraFields {
    private var text: [UInt8] = []

    mutating func removeAll() {
        text.removeAll(keepingCapacity: true)
    }

    /// Adds a field as received.
    mutating func add(_ key: UnsafeRawBufferPointer, _ value: JSONElement) {
        text.append(UInt8(ascii: text.isEmpty ? "{" : ","))
        text.append(UInt8(ascii: "\""))
        text.append(contentsOf: key)
        text += [UInt8(ascii: "\""), UInt8(ascii: ":")]
        text.append(contentsOf: value.raw)
    }

    /// Puts the object into the row, if there is one.
    mutating func finish(into column: Column, row: Int) {
        guard !text.isEmpty else { return }
        text.append(UInt8(ascii: "}"))
        text.withUnsafeBytes { column.set($0, inRow: row) }
    }
}
