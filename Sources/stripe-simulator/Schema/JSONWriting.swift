/// Writes the small JSON texts that are not objects of Stripe's.
enum JSONWriting {
    /// A string in quotation marks.
    static func string(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": result += "\\\""
            case "\\": result += "\\\\"
            case "\n": result += "\\n"
            case "\r": result += "\\r"
            case "\t": result += "\\t"
            case _ where scalar.value < 0x20:
                let hex = String(scalar.value, radix: 16)
                result += "\\u" + String(repeating: "0", count: 4 - hex.count) + hex
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result + "\""
    }

    /// An object whose values are JSON already.
    static func object(_ members: [(name: String, value: String)]) -> String {
        "{" + members.map { "\(string($0.name)):\($0.value)" }.joined(separator: ",") + "}"
    }

    static func strings(_ texts: some Sequence<String>) -> String {
        "[" + texts.map(string).joined(separator: ",") + "]"
    }

    /// Indents a compact JSON text by two blanks a level and ends it with a line feed, as Stripe's answers are.
    static func indent(_ compact: UnsafeBufferPointer<UInt8>, into output: inout Output) {
        var depth = 0
        var isInString = false
        var isEscaped = false
        var previous: UInt8 = 0
        for byte in compact {
            if isInString {
                output.append(byte)
                isInString = isEscaped || byte != UInt8(ascii: "\"")
                isEscaped = !isEscaped && byte == UInt8(ascii: "\\")
            } else {
                isInString = byte == UInt8(ascii: "\"")
                indent(byte, after: previous, &depth, &output)
            }
            previous = byte
        }
        output.append(UInt8(ascii: "\n"))
    }

    /// Writes a byte outside of strings with the blanks that belong around it.
    private static func indent(_ byte: UInt8, after previous: UInt8, _ depth: inout Int, _ output: inout Output) {
        let followsOpening = previous == UInt8(ascii: "{") || previous == UInt8(ascii: "[")
        let closes = byte == UInt8(ascii: "}") || byte == UInt8(ascii: "]")
        if closes { depth -= 1 }
        if closes != followsOpening || previous == UInt8(ascii: ",") { newLine(depth, &output) }
        output.append(byte)
        if byte == UInt8(ascii: "{") || byte == UInt8(ascii: "[") { depth += 1 }
        if byte == UInt8(ascii: ":") { output.append(UInt8(ascii: " ")) }
    }

    private static func newLine(_ depth: Int, _ output: inout Output) {
        output.append(UInt8(ascii: "\n"))
        for _ in 0..<depth { output.append("  ") }
    }
}
