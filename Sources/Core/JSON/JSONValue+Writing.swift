extension JSONValue {
    /// The value on one line, without spaces.
    package var compactBytes: [UInt8] {
        var output: [UInt8] = []
        write(into: &output, indentation: nil)
        return output
    }

    /// The value over several lines, two spaces a level, with a line feed at the end.
    package var prettyBytes: [UInt8] {
        var output: [UInt8] = []
        write(into: &output, indentation: 0)
        output.append(UInt8(ascii: "\n"))
        return output
    }

    /// The value on one line, as text.
    package var compactText: String { String(decoding: compactBytes, as: UTF8.self) }

    private func write(into output: inout [UInt8], indentation: Int?) {
        switch self {
        case .null: output += Array("null".utf8)
        case .boolean(let value): output += Array((value ? "true" : "false").utf8)
        case .number(let text): output += Array(text.utf8)
        case .string(let text): JSONEscapes.quote(text, into: &output)
        case .array(let items):
            Self.writeList(items, between: ("[", "]"), into: &output, indentation: indentation) { item, output, inner in
                item.write(into: &output, indentation: inner)
            }
        case .object(let object):
            Self.writeList(object.members, between: ("{", "}"), into: &output, indentation: indentation) {
                member, output, inner in
                JSONEscapes.quote(member.name, into: &output)
                output += Array((inner == nil ? ":" : ": ").utf8)
                member.value.write(into: &output, indentation: inner)
            }
        }
    }

    private static func writeList<Item>(
        _ items: [Item], between brackets: (String, String), into output: inout [UInt8], indentation: Int?,
        writeItem: (Item, inout [UInt8], Int?) -> Void
    ) {
        output += Array(brackets.0.utf8)
        let inner = indentation.map { $0 + 2 }
        for (position, item) in items.enumerated() {
            if position > 0 { output.append(UInt8(ascii: ",")) }
            startLine(inner, in: &output)
            writeItem(item, &output, inner)
        }
        if !items.isEmpty { startLine(indentation, in: &output) }
        output += Array(brackets.1.utf8)
    }

    private static func startLine(_ indentation: Int?, in output: inout [UInt8]) {
        guard let indentation else { return }
        output.append(UInt8(ascii: "\n"))
        output += Array(repeating: UInt8(ascii: " "), count: indentation)
    }
}
