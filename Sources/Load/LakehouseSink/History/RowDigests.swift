import Digests
import Records

/// Says in 32 bytes what a row says, so that versions are compared without holding them.
///
/// The digest is SHA-256 over the values that are there, each after the place of its column and, texts, its length.
/// What is not there leaves no trace, so a version from before a column came equals one without a value in it.
struct RowDigests {
    private let columns: [Int]
    private let hasher = SHA256Hasher()
    private var cursors: [ValueCursor] = []
    private var scratch: [UInt8] = []

    /// Digests of the values in the columns at the given places.
    init(of columns: [Int]) {
        self.columns = columns
    }

    /// Turns to the rows of a batch, until that changes.
    mutating func begin(_ batch: ColumnBatch) {
        cursors = columns.map { ValueCursor(batch.columns[$0]) }
    }

    /// - Precondition: rows come in ascending order.
    mutating func digest(ofRow row: Int) -> SHA256Digest {
        scratch.removeAll(keepingCapacity: true)
        for (number, column) in columns.enumerated() {
            guard let value = cursors[number].advance(to: row) else { continue }
            append(UInt32(truncatingIfNeeded: column))
            switch value {
            case .integer(let number): append(number)
            case .double(let number): append(number.bitPattern)
            case .decimal(let number): append(number)
            case .text(let bytes):
                append(bytes.count)
                scratch.append(contentsOf: bytes)
            }
        }
        return scratch.withUnsafeBytes { hasher.digest(of: $0) }
    }

    private mutating func append(_ number: some FixedWidthInteger) {
        withUnsafeBytes(of: number.littleEndian) { scratch.append(contentsOf: $0) }
    }
}
