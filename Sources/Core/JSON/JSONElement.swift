/// One value inside a parsed document, as a slice of the text.
///
/// An element borrows the document: it is valid inside the ``JSONDocument/withRoot(_:)`` that lent it
/// and must not be kept longer. It is four words, so that walking a page allocates nothing.
package struct JSONElement {
    private let index: JSONIndex
    /// Where the value begins in the index.
    private let place: Int

    /// What kind of value it is.
    package enum Kind: Sendable {
        case object, array, string, number, boolean, null
    }

    init(rootOf document: JSONDocument) {
        self.init(document.index, place: 0)
    }

    init(_ index: JSONIndex, place: Int) {
        self.index = index
        self.place = place
    }

    package var kind: Kind {
        switch index.character(at: place) {
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
        UnsafeRawBufferPointer(start: index.text + start, count: end - start)
    }

    /// Where the value starts in the text, in bytes.
    private var start: Int { Int(index.offsets[place]) }

    /// Where it ends: before the next structural character and the white space in front of that.
    private var end: Int {
        var end = Int(index.offsets[index.place(after: place)])
        while end > start + 1, Self.isSpace(index.text[end - 1]) { end -= 1 }
        return end
    }

    /// The fields of an object, in order; none when the value is no object.
    package var fields: JSONFields { JSONFields(index, first: kind == .object ? place + 1 : nil) }

    /// The items of an array, in order; none when the value is no array.
    package var items: JSONItems { JSONItems(index, first: kind == .array ? place + 1 : nil) }

    /// The bytes between the quotes of a string, escapes untouched.
    ///
    /// - Precondition: the value is a string.
    package var quotedBytes: UnsafeRawBufferPointer {
        let whole = raw
        return UnsafeRawBufferPointer(rebasing: whole[1..<(whole.count - 1)])
    }

    private static func isSpace(_ byte: UInt8) -> Bool {
        byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09
    }
}
