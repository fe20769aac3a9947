import Records

/// Values by which rows are deleted, each with the age of the youngest deletion.
///
/// Two rows are equal when they are in all columns that are compared, null to null.
struct EqualityKeys {
    /// Memory that a key takes beside its bytes: its share of the table, the age, and the head of the array.
    private static let bytesBesides = 96

    private var ages: [[UInt8]: Int64] = [:]
    /// Bytes that the keys take, by estimate.
    private(set) var memoryBytes = 0
    /// The age of the youngest deletion.
    private(set) var youngest = Int64.min

    mutating func note(_ key: [UInt8], age: Int64) {
        youngest = max(youngest, age)
        guard let known = ages.updateValue(age, forKey: key) else {
            memoryBytes += key.count + Self.bytesBesides
            return
        }
        if known > age { ages[key] = known }
    }

    /// Whether a row of an age is deleted: deletions are of older rows only.
    func delete(_ key: [UInt8], ofAge age: Int64) -> Bool {
        ages[key].map { age < $0 } ?? false
    }

    /// Makes keys of the rows of a batch.
    ///
    /// A key has for each column a zero byte for null, or a one and the value: numbers in eight bytes, decimals in
    /// sixteen, texts after their length.
    struct Composer {
        private var cursors: [ValueCursor]

        init(_ batch: ColumnBatch) {
            cursors = batch.columns.map { ValueCursor($0) }
        }

        /// - Precondition: rows come in ascending order.
        mutating func key(ofRow row: Int) -> [UInt8] {
            var key: [UInt8] = []
            for column in cursors.indices {
                guard let value = cursors[column].advance(to: row) else {
                    key.append(0)
                    continue
                }
                key.append(1)
                switch value {
                case .integer(let number): Self.append(number, to: &key)
                // All NaN are one, as in Java, whose engines write such files.
                case .double(let number): Self.append((number.isNaN ? .nan : number).bitPattern, to: &key)
                case .decimal(let number): Self.append(number, to: &key)
                case .text(let bytes):
                    Self.append(bytes.count, to: &key)
                    key.append(contentsOf: bytes)
                }
            }
            return key
        }

        private static func append(_ number: some FixedWidthInteger, to key: inout [UInt8]) {
            withUnsafeBytes(of: number.littleEndian) { key.append(contentsOf: $0) }
        }
    }
}
