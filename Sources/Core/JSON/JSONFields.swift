/// The fields of a JSON object, one after another; borrows the document as ``JSONElement`` does.
package struct JSONFields: Sequence, IteratorProtocol {
    private let index: JSONIndex
    /// Where the next key is in the index; `nil` after the last one.
    private var place: Int?

    init(_ index: JSONIndex, first: Int?) {
        self.index = index
        place = first
    }

    /// Goes on to the next field.
    package mutating func next() -> JSONField? {
        guard let key = place, index.character(at: key) == UInt8(ascii: "\"") else { return nil }
        let end = index.place(after: key + 2)
        place = index.character(at: end) == UInt8(ascii: ",") ? end + 1 : nil
        return JSONField(key: text(ofKey: key), value: JSONElement(index, place: key + 2))
    }

    /// The bytes between the quote at a place and the one before the colon that follows.
    private func text(ofKey key: Int) -> UnsafeRawBufferPointer {
        let start = Int(index.offsets[key]) + 1
        var end = Int(index.offsets[key + 1]) - 1
        while index.text[end] != UInt8(ascii: "\"") { end -= 1 }
        return UnsafeRawBufferPointer(start: index.text + start, count: end - start)
    }
}

/// A key, between its quotes and with its escapes untouched, and its value.
package struct JSONField {
    package let key: UnsafeRawBufferPointer
    package let value: JSONElement
}

/// The items of a JSON array, one after another; borrows the document as ``JSONElement`` does.
package struct JSONItems: Sequence, IteratorProtocol {
    private let index: JSONIndex
    /// Where the next item is in the index; `nil` after the last one.
    private var place: Int?

    init(_ index: JSONIndex, first: Int?) {
        self.index = index
        place = first
    }

    /// Goes on to the next item.
    package mutating func next() -> JSONElement? {
        guard let item = place, index.character(at: item) != UInt8(ascii: "]") else { return nil }
        let end = index.place(after: item)
        place = index.character(at: end) == UInt8(ascii: ",") ? end + 1 : nil
        return JSONElement(index, place: item)
    }
}
