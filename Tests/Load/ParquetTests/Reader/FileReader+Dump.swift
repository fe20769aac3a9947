extension FileReader {
    /// The whole file as text, pages uncompressed: it does not depend on the version of Zstandard.
    func dump() throws -> String {
        var lines = ["footer"] + metadataWithoutSizes.lines(indent: 1)
        for (position, column) in columns.enumerated() {
            for (group, chunk) in chunks(of: position).enumerated() {
                lines.append("row group \(group), column '\(column.name)'")
                for page in try pages(of: chunk) {
                    lines.append("  page")
                    lines += page.header.without([3, 4]).lines(indent: 2)
                    lines.append("    body \(page.body.hex)")
                }
            }
        }
        return lines.joined(separator: "\n") + "\n"
    }

    /// The footer without what compression decides: compressed sizes and offsets.
    private var metadataWithoutSizes: ThriftValue {
        metadata.mapping(4) { group in
            group.without([5, 6]).mapping(1) { chunk in chunk.mapping(3) { $0.without([7, 9, 11]) } }
        }
    }
}

extension ThriftValue {
    func without(_ ids: Set<Int>) -> ThriftValue {
        guard case .structure(let fields) = self else { return self }
        return .structure(fields.filter { !ids.contains($0.id) })
    }

    /// Changes a field, or each item of a field that is a list.
    func mapping(_ id: Int, _ change: (ThriftValue) -> ThriftValue) -> ThriftValue {
        guard case .structure(let fields) = self else { return self }
        return .structure(
            fields.map { field in
                guard field.id == id else { return field }
                let changed = field.value.list.map { ThriftValue.list($0.map(change)) } ?? change(field.value)
                return ThriftField(id: id, value: changed)
            })
    }

    func lines(indent: Int) -> [String] {
        let margin = String(repeating: "  ", count: indent)
        return switch self {
        case .boolean(let value): ["\(margin)\(value)"]
        case .integer(let value): ["\(margin)\(value)"]
        case .binary(let bytes): ["\(margin)\(bytes.printable)"]
        case .list(let items):
            items.enumerated().flatMap { ["\(margin)[\($0)]"] + $1.lines(indent: indent + 1) }
        case .structure(let fields): fields.flatMap { $0.lines(indent: indent) }
        }
    }
}

extension ThriftField {
    fileprivate func lines(indent: Int) -> [String] {
        let margin = String(repeating: "  ", count: indent)
        switch value {
        case .list, .structure: return ["\(margin)\(id):"] + value.lines(indent: indent + 1)
        default: return ["\(margin)\(id): \(value.lines(indent: 0).joined())"]
        }
    }
}

extension Collection<UInt8> {
    var hex: String {
        map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }

    /// Text in quotes if it is plain ASCII, else hexadecimal digits.
    fileprivate var printable: String {
        allSatisfy { (0x20..<0x7F).contains($0) } ? "'\(String(decoding: self, as: UTF8.self))'" : hex
    }
}
