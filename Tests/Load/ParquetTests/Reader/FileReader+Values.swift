/// A value as it is stored.
enum StoredValue: Equatable {
    /// Booleans, integers and the bits of floating-point numbers.
    case number(Int64)
    /// Texts and values of fixed length.
    case bytes([UInt8])
}

extension FileReader {
    /// All values of a column, `nil` where a row has none.
    func values(of column: Int) throws -> [StoredValue?] {
        try chunks(of: column).flatMap { chunk in
            var dictionary: [StoredValue] = []
            var values: [StoredValue?] = []
            for page in try pages(of: chunk) {
                if page.isDictionary {
                    dictionary = plain(page.body[...], columns[column], count: page.header[7]?[1]?.integer ?? 0)
                } else {
                    values += self.values(of: page, columns[column], dictionary)
                }
            }
            return values
        }
    }

    private func values(of page: Page, _ column: Column, _ dictionary: [StoredValue]) -> [StoredValue?] {
        var body = page.body[...]
        var levels = [UInt32](repeating: 1, count: page.rowCount)
        if !column.isRequired {
            let byteCount = Int(little(body.prefix(4)))
            levels = HybridReader.values(body.dropFirst(4).prefix(byteCount), bitWidth: 1, count: page.rowCount)
            body = body.dropFirst(4 + byteCount)
        }
        var present = presentValues(body, page, column, dictionary, count: levels.count { $0 == 1 }).makeIterator()
        return levels.map { $0 == 1 ? present.next() : nil }
    }

    private func presentValues(
        _ body: ArraySlice<UInt8>, _ page: Page, _ column: Column, _ dictionary: [StoredValue], count: Int
    ) -> [StoredValue] {
        if page.encoding == 0 { return plain(body, column, count: count) }
        precondition(page.encoding == 8, "a page is plain or refers to a dictionary")
        let positions = HybridReader.values(body.dropFirst(), bitWidth: Int(body.first ?? 0), count: count)
        return positions.map { dictionary[Int($0)] }
    }

    private func plain(_ bytes: ArraySlice<UInt8>, _ column: Column, count: Int) -> [StoredValue] {
        var rest = bytes
        func take(_ count: Int) -> ArraySlice<UInt8> {
            defer { rest = rest.dropFirst(count) }
            return rest.prefix(count)
        }
        return (0..<count).map { position in
            switch column.physicalType {
            case 0: .number(Int64(bytes[bytes.startIndex + position / 8] >> UInt8(position % 8)) & 1)
            case 1: .number(Int64(Int32(truncatingIfNeeded: little(take(4)))))
            case 2, 5: .number(little(take(8)))
            case 4: .number(little(take(4)))
            case 6: .bytes(Array(take(Int(little(take(4))))))
            default: .bytes(Array(take(column.fixedByteCount ?? 0)))
            }
        }
    }

    private func little(_ bytes: ArraySlice<UInt8>) -> Int64 {
        bytes.reversed().reduce(0) { $0 << 8 | Int64($1) }
    }
}
