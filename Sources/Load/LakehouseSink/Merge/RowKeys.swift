import Records

/// Makes the keys of the rows of batches, one after another.
///
/// Used by one task, which gets each key lent until the next.
struct RowKeys {
    private let parts: [(index: Int, type: FieldType)]
    private let created: Int?
    private var scratch: [UInt8] = []

    /// Keys of batches whose columns lie as `columns` says.
    init(_ columns: KeyColumns) {
        parts = columns.parts.map { ($0.index, $0.field.type) }
        created = columns.created?.index
    }

    /// Lends the key of each row, in order; `nil` where a part has no value.
    mutating func forEach(
        in batch: ColumnBatch, _ body: (_ row: Int, _ key: UnsafeRawBufferPointer?, _ moment: Int64) throws -> Void
    ) rethrows {
        var cursors = parts.map { ValueCursor(batch.columns[$0.index]) }
        var moments = created.map { ValueCursor(batch.columns[$0]) }
        for row in 0..<batch.rowCount {
            let moment = moments?.advance(to: row)?.integer ?? KeySet.noMoment
            if cursors.count == 1, parts[0].type == .text {
                try body(row, cursors[0].advance(to: row)?.text, moment)
                continue
            }
            let isWhole = compose(row, &cursors)
            try scratch.withUnsafeBytes { try body(row, isWhole ? $0 : nil, moment) }
        }
    }

    /// Puts the parts of a row's key together; tells whether all of them have a value.
    private mutating func compose(_ row: Int, _ cursors: inout [ValueCursor]) -> Bool {
        scratch.removeAll(keepingCapacity: true)
        var isWhole = true
        for part in cursors.indices {
            guard let value = cursors[part].advance(to: row) else {
                isWhole = false
                continue
            }
            switch value {
            case .integer(let number): append(number)
            // No key has such a part: see KeyColumns.
            case .double: isWhole = false
            case .decimal(let number): append(number)
            case .text(let bytes):
                append(Int64(bytes.count))
                scratch.append(contentsOf: bytes)
            }
        }
        return isWhole
    }

    private mutating func append(_ number: some FixedWidthInteger) {
        withUnsafeBytes(of: number.littleEndian) { scratch.append(contentsOf: $0) }
    }
}

extension KeyColumns {
    /// Lends the values of which a key was made, with the number of each.
    func forEachPart(of key: UnsafeRawBufferPointer, _ body: (Int, ColumnValue) -> Void) {
        guard !isPlainText else { return body(0, .text(key)) }
        var rest = key[...]
        func integer() -> Int64 {
            defer { rest = rest.dropFirst(8) }
            return Int64(littleEndian: UnsafeRawBufferPointer(rebasing: rest).loadUnaligned(as: Int64.self))
        }
        for (number, part) in parts.enumerated() {
            switch part.field.type.storage {
            case .integers, .doubles: body(number, .integer(integer()))
            case .decimals:
                let bytes = UnsafeRawBufferPointer(rebasing: rest)
                body(number, .decimal(Int128(littleEndian: bytes.loadUnaligned(as: Int128.self))))
                rest = rest.dropFirst(16)
            case .text:
                let count = Int(integer())
                body(number, .text(UnsafeRawBufferPointer(rebasing: rest.prefix(count))))
                rest = rest.dropFirst(count)
            }
        }
    }
}

/// A value of a column, lent while the column does not change.
enum ColumnValue {
    case integer(Int64)
    case double(Double)
    case decimal(Int128)
    case text(UnsafeRawBufferPointer)

    var integer: Int64? {
        if case .integer(let number) = self { number } else { nil }
    }

    var text: UnsafeRawBufferPointer? {
        if case .text(let bytes) = self { bytes } else { nil }
    }
}

/// Steps through the rows of a column and finds the value of each among the dense ones.
struct ValueCursor {
    private let column: Column
    private let presence: UnsafeBufferPointer<UInt8>
    /// The values before the current row.
    private var passed = 0
    private var nextRow = 0

    init(_ column: Column) {
        self.column = column
        presence = column.presence
    }

    /// The value of a row; `nil` when it has none.
    ///
    /// - Precondition: rows come in ascending order.
    mutating func advance(to row: Int) -> ColumnValue? {
        while nextRow < row {
            if nextRow < presence.count, presence[nextRow] != 0 { passed += 1 }
            nextRow += 1
        }
        guard row < presence.count, presence[row] != 0 else { return nil }
        switch column.type.storage {
        case .integers: return .integer(column.integers[passed])
        case .decimals: return .decimal(column.decimals[passed])
        case .text:
            let start = passed == 0 ? 0 : column.textEnds[passed - 1]
            return .text(UnsafeRawBufferPointer(rebasing: column.textBytes[start..<column.textEnds[passed]]))
        case .doubles: return .double(column.doubles[passed])
        }
    }
}
