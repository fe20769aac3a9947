import Glibc

/// The memory of a ``Column``: grown on demand, kept while the column lives, freed by it.
struct ColumnMemory {
    /// Rows that the first allocation holds: a page of a source.
    private static let firstRowCapacity = 100
    /// Bytes of text that the first allocation holds.
    private static let firstTextCapacity = 1_024

    private(set) var presence: UnsafeMutablePointer<UInt8>?
    private(set) var values: UnsafeMutableRawPointer?
    /// Rows up to the last one with a value.
    private(set) var rowCount = 0
    private(set) var presentCount = 0
    private var rowCapacity = 0
    private let valueStride: Int

    private(set) var text: UnsafeMutableRawPointer?
    private(set) var textByteCount = 0
    private var textCapacity = 0

    init(valueStride: Int) {
        self.valueStride = valueStride
    }

    mutating func free() {
        Glibc.free(presence)
        Glibc.free(values)
        Glibc.free(text)
    }

    mutating func removeAll() {
        rowCount = 0
        presentCount = 0
        textByteCount = 0
    }

    /// Marks the row as present and returns where its value goes.
    mutating func place(inRow row: Int) -> UnsafeMutableRawPointer {
        if row >= rowCapacity { grow(toHoldRow: row) }
        guard row >= rowCount, let presence, let values else {
            preconditionFailure("the rows of a column are filled in ascending order, each at most once")
        }
        if row > rowCount { (presence + rowCount).initialize(repeating: 0, count: row - rowCount) }
        presence[row] = 1
        rowCount = row + 1
        defer { presentCount += 1 }
        return values + presentCount * valueStride
    }

    /// Adds the bytes of a text and returns their end.
    mutating func appendText(_ bytes: UnsafeRawBufferPointer) -> Int {
        guard let source = bytes.baseAddress else { return textByteCount }
        if textCapacity - textByteCount < bytes.count { grow(toHoldTextBytes: textByteCount + bytes.count) }
        text?.advanced(by: textByteCount).copyMemory(from: source, byteCount: bytes.count)
        textByteCount += bytes.count
        return textByteCount
    }

    @inline(never)
    private mutating func grow(toHoldRow row: Int) {
        let capacity = max(row + 1, rowCapacity * 2, Self.firstRowCapacity)
        presence = reallocated(presence, byteCount: capacity).assumingMemoryBound(to: UInt8.self)
        values = reallocated(values, byteCount: capacity * valueStride)
        rowCapacity = capacity
    }

    @inline(never)
    private mutating func grow(toHoldTextBytes count: Int) {
        textCapacity = max(count, textCapacity * 2, Self.firstTextCapacity)
        text = reallocated(text, byteCount: textCapacity)
    }
}

private func reallocated(_ memory: UnsafeMutableRawPointer?, byteCount: Int) -> UnsafeMutableRawPointer {
    guard let grown = realloc(memory, byteCount) else { preconditionFailure("no memory for \(byteCount) bytes") }
    return grown
}
