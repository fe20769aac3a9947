/// The bytes of a Parquet file, wherever they are.
package struct ParquetInput: Sendable {
    /// What messages call the file: its location.
    package let name: String
    /// The size of the file.
    package let byteCount: Int
    /// Reads bytes of the file; gives exactly as many as the range has.
    package let read: @Sendable (Range<Int>) async throws -> [UInt8]

    /// Names a file and tells how to read it.
    package init(name: String, byteCount: Int, read: @escaping @Sendable (Range<Int>) async throws -> [UInt8]) {
        self.name = name
        self.byteCount = byteCount
        self.read = read
    }

    /// A file that is in memory.
    package init(name: String, _ bytes: [UInt8]) {
        self.init(name: name, byteCount: bytes.count) { Array(bytes[$0]) }
    }

    /// Reads bytes inside the file.
    ///
    /// - Throws: `sinkRefused` when the file has no such bytes or the storage gives another number of them.
    func bytes(_ range: Range<Int>) async throws -> [UInt8] {
        guard range.lowerBound >= 0, range.upperBound <= byteCount else {
            throw fileFault(ParquetFault("a reference to bytes \(range.lowerBound) to \(range.upperBound)"))
        }
        let bytes = try await read(range)
        guard bytes.count == range.count else {
            throw fileFault(ParquetFault("\(bytes.count) bytes where \(range.count) were to be read"))
        }
        return bytes
    }
}
