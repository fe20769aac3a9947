/// One shape of a kind of object: which members are there, which are null, and what varies in them.
struct Template: Sendable {
    /// The pieces of one top-level member, its name included.
    struct Span: Sendable {
        let first: Int
        let end: Int
    }

    /// All pieces, with a border wherever a member begins or ends.
    let pieces: [Piece]
    /// The same text in fewer pieces, for writing whole objects.
    let mergedPieces: [Piece]
    /// Where each member of the kind lies; `nil` where this shape has no such member.
    let spans: [Span?]
}

/// All shapes of one kind of object, with the text they share.
final class TemplateSet: @unchecked Sendable {
    // The memory behind the pointers is written before `init` returns, never changed after it, and
    // given back in `deinit`.

    /// A prepared JSON value within the text.
    struct Entry {
        let start: UInt32
        let count: UInt32
    }

    /// One shape for each remainder of an object's index; the number is a power of two.
    let variants: [Template]
    /// The names of all members, in the order they are sent.
    let fieldNames: [String]
    /// The same names as they stand in an object: `"name":`.
    let fieldKeys: [[UInt8]]
    let text: UnsafePointer<UInt8>
    let entries: UnsafePointer<Entry>
    private let fieldNumbers: [String: Int]
    private let textMemory: UnsafeMutableBufferPointer<UInt8>
    private let entryMemory: UnsafeMutableBufferPointer<Entry>

    init(variants: [Template], fieldNames: [String], text: [UInt8], entries: [Entry]) {
        precondition(variants.count.nonzeroBitCount == 1, "the number of variants is a power of two")
        self.variants = variants
        self.fieldNames = fieldNames
        fieldKeys = fieldNames.map { Array("\"\($0)\":".utf8) }
        fieldNumbers = Dictionary(uniqueKeysWithValues: fieldNames.enumerated().map { ($1, $0) })
        textMemory = .allocate(capacity: text.count + 1)
        _ = textMemory.initialize(fromContentsOf: text + [0])
        entryMemory = .allocate(capacity: entries.count + 1)
        _ = entryMemory.initialize(fromContentsOf: entries + [Entry(start: 0, count: 0)])
        guard let text = textMemory.baseAddress, let entries = entryMemory.baseAddress else {
            preconditionFailure("an allocation of at least one element has an address")
        }
        self.text = UnsafePointer(text)
        self.entries = UnsafePointer(entries)
    }

    deinit {
        textMemory.deallocate()
        entryMemory.deallocate()
    }

    /// The place of a member among `fieldNames`; `nil` for a member that the kind does not have.
    func fieldNumber(_ name: String) -> Int? {
        fieldNumbers[name]
    }

    /// The number of the variant that the object has; every aligned run of objects has all of them.
    @inline(__always)
    func variantNumber(of index: Int, key: UInt64) -> Int {
        let block = index / variants.count
        let shift = Mixing.mix(key ^ 0x7A91, UInt64(truncatingIfNeeded: block))
        return (index ^ Int(truncatingIfNeeded: shift)) & (variants.count - 1)
    }
}
