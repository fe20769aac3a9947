package import JSON

extension JSONValue {
    /// The value as a YAML document in block style: two spaces a level, members in order, a line feed
    /// at the end.
    ///
    /// Texts are quoted exactly where a reader of YAML 1.1 or 1.2 would take them for another type or
    /// not read them at all; everything in quotes is on one line.
    package var yamlBytes: [UInt8] {
        var writer = BlockWriter()
        writer.writeRoot(self)
        return Array(writer.output.utf8)
    }
}

private struct BlockWriter {
    var output = ""

    mutating func writeRoot(_ value: JSONValue) {
        if isBlock(value) {
            writeBlock(value, indentation: 0, startsOnLine: true)
        } else {
            output += inline(value) + "\n"
        }
    }

    /// Writes the lines of a filled list or object; `startsOnLine` when the first line is begun
    /// already.
    private mutating func writeBlock(_ value: JSONValue, indentation: Int, startsOnLine: Bool) {
        let margin = String(repeating: " ", count: indentation)
        var isFirst = startsOnLine
        for (mark, child) in children(of: value, margin: margin) {
            if !isFirst { output += margin }
            isFirst = false
            output += mark.text
            write(child, after: mark, indentation: indentation)
        }
    }

    /// Writes what follows `- ` or `key:`.
    private mutating func write(_ value: JSONValue, after mark: Mark, indentation: Int) {
        guard isBlock(value) else {
            output += " " + inline(value) + "\n"
            return
        }
        if mark.isCompact {
            output += " "
        } else {
            output += "\n" + String(repeating: " ", count: indentation + 2)
        }
        writeBlock(value, indentation: indentation + 2, startsOnLine: true)
    }

    /// What stands before a child: `-`, or its key with a colon.
    private struct Mark {
        let text: String
        /// Whether lines of the child may begin on the same line.
        let isCompact: Bool
    }

    private func children(of value: JSONValue, margin: String) -> [(Mark, JSONValue)] {
        switch value {
        case .array(let items): items.map { (Mark(text: "-", isCompact: true), $0) }
        case .object(let object): object.members.map { (Self.key($0.name, margin: margin), $0.value) }
        default: []
        }
    }

    private static func key(_ name: String, margin: String) -> Mark {
        let text = ScalarStyle.text(name)
        // A key that is not marked with '?' must fit 1,024 characters: YAML 1.2.2, section 7.4.2.
        guard text.unicodeScalars.count > 1_000 else { return Mark(text: text + ":", isCompact: false) }
        return Mark(text: "? \(text)\n\(margin):", isCompact: false)
    }

    private func isBlock(_ value: JSONValue) -> Bool {
        switch value {
        case .array(let items): !items.isEmpty
        case .object(let object): !object.members.isEmpty
        default: false
        }
    }

    private func inline(_ value: JSONValue) -> String {
        switch value {
        case .null: "null"
        case .boolean(let value): value ? "true" : "false"
        case .number(let text): ScalarStyle.number(text)
        case .string(let text): ScalarStyle.text(text)
        case .array: "[]"
        case .object: "{}"
        }
    }
}
