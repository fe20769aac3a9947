/// One value inside a parsed document, as a slice of the text.
///
/// An element borrows the document: it is valid inside the ``JSONDocument/withRoot(_:)`` that lent it
/// and must not be kept. It is three words, so that walking a page allocates nothing.
package struct JSONElement {
    private let text: UnsafePointer<UInt8>
    private let offsets: UnsafePointer<UInt32>
    /// Where the value starts in the structural index.
    private let first: Int

    /// What kind of value it is.
    package enum Kind: Sendable {
        case object, array, string, number, boolean, null
    }

    init(rootOf document: JSONDocument) {
        guard let text = document.text.baseAddress, let offsets = document.offsets.baseAddress else {
            preconditionFailure("a parsed document has bytes and an index")
        }
        self.text = text
        self.offsets = offsets
        first = 0
    }

    private init(text: UnsafePointer<UInt8>, offsets: UnsafePointer<UInt32>, first: Int) {
        self.text = text
        self.offsets = offsets
        self.first = first
    }

    package var kind: Kind {
        switch text[start] {
        case UInt8(ascii: "{"): .object
        case UInt8(ascii: "["): .array
        case UInt8(ascii: "\""): .string
        case UInt8(ascii: "t"), UInt8(ascii: "f"): .boolean
        case UInt8(ascii: "n"): .null
        default: .number
        }
    }

    /// The value as it stands in the text, without white space around it.
    package var raw: UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(start: text + start, count: end(before: afterValue()) - start)
    }

    /// Where the value starts in the text, in bytes.
    package var start: Int { Int(offsets[first]) }

    /// Calls `body` with the key (between its quotes, escapes untouched) and value of each field, in order.
    ///
    /// Does nothing when the value is no object.
    package func forEachField<Failure: Error>(
        _ body: (UnsafeRawBufferPointer, JSONElement) throws(Failure) -> Void
    ) throws(Failure) {
        guard kind == .object else { return }
        var index = first + 1
        while character(at: index) == UInt8(ascii: "\"") {
            let key = quoted(from: Int(offsets[index]), before: Int(offsets[index + 1]))
            let value = JSONElement(text: text, offsets: offsets, first: index + 2)
            try body(key, value)
            index = value.afterValue()
            guard character(at: index) == UInt8(ascii: ",") else { return }
            index += 1
        }
    }

    /// Calls `body` with each item of an array, in order; does nothing when the value is no array.
    package func forEachItem<Failure: Error>(
        _ body: (JSONElement) throws(Failure) -> Void
    ) throws(Failure) {
        guard kind == .array else { return }
        var index = first + 1
        while character(at: index) != UInt8(ascii: "]") {
            let value = JSONElement(text: text, offsets: offsets, first: index)
            try body(value)
            index = value.afterValue()
            guard character(at: index) == UInt8(ascii: ",") else { return }
            index += 1
        }
    }

    /// The bytes between the quotes of a string, escapes untouched.
    ///
    /// - Precondition: the value is a string.
    package var quotedBytes: UnsafeRawBufferPointer {
        let whole = raw
        return UnsafeRawBufferPointer(rebasing: whole[1..<(whole.count - 1)])
    }

    /// The index of the structural character after this value.
    private func afterValue() -> Int {
        switch text[start] {
        case UInt8(ascii: "{"), UInt8(ascii: "["):
            var depth = 1
            var index = first + 1
            while depth > 0 {
                // Brackets differ from other structural characters in bit patterns 0x5B/0x7B and 0x5D/0x7D.
                let folded = text[Int(offsets[index])] | 0x20
                if folded == 0x7B { depth += 1 } else if folded == 0x7D { depth -= 1 }
                index += 1
            }
            return index
        default:
            return first + 1
        }
    }

    private func character(at index: Int) -> UInt8 {
        text[Int(offsets[index])]
    }

    /// The end of the value whose next structural character has the given index.
    private func end(before index: Int) -> Int {
        var end = Int(offsets[index])
        while end > start + 1, JSONElement.isSpace(text[end - 1]) { end -= 1 }
        return end
    }

    private func quoted(from quote: Int, before next: Int) -> UnsafeRawBufferPointer {
        var end = next
        while text[end - 1] != UInt8(ascii: "\"") { end -= 1 }
        return UnsafeRawBufferPointer(start: text + quote + 1, count: end - quote - 2)
    }

    private static func isSpace(_ byte: UInt8) -> Bool {
        byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09
    }
}
