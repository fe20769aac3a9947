/// Collects literal text, slots and pools while the shapes of one kind are laid out.
struct TemplateAssembler {
    private var text: [UInt8] = []
    private var entries: [TemplateSet.Entry] = []
    private var pools: [String: Pool] = [:]
    private var variants: [Template] = []
    private let fieldNames: [String]

    // Of the shape being laid out.
    private var pieces: [Piece] = []
    private var spans: [Template.Span?]
    private var literalStart = 0
    private var fieldStart = 0
    private var saltCount: UInt64 = 0

    init(fieldNames: [String]) {
        self.fieldNames = fieldNames
        spans = Array(repeating: nil, count: fieldNames.count)
    }

    // MARK: - One shape

    mutating func literal(_ literal: String) {
        text.append(contentsOf: literal.utf8)
    }

    /// Puts a slot after the literal text written so far.
    mutating func slot(_ slot: Slot) {
        saltCount += 1
        pieces.append(
            Piece(
                literalStart: UInt32(literalStart), literalCount: UInt32(text.count - literalStart), slot: slot,
                salt: Mixing.mix(saltCount)))
        literalStart = text.count
    }

    mutating func beginField() {
        closeLiteral()
        fieldStart = pieces.count
    }

    mutating func endField(_ number: Int) {
        closeLiteral()
        spans[number] = Template.Span(first: fieldStart, end: pieces.count)
    }

    mutating func endVariant() {
        closeLiteral()
        variants.append(Template(pieces: pieces, mergedPieces: merged(pieces), spans: spans))
        pieces = []
        spans = Array(repeating: nil, count: fieldNames.count)
        saltCount = 0
    }

    private mutating func closeLiteral() {
        if text.count > literalStart { slot(.none) }
    }

    /// Joins literal text that lies next to each other.
    private func merged(_ pieces: [Piece]) -> [Piece] {
        var result: [Piece] = []
        for var piece in pieces {
            if let last = result.last, case .none = last.slot,
                last.literalStart + last.literalCount == piece.literalStart
            {
                piece.literalStart = last.literalStart
                piece.literalCount += last.literalCount
                result.removeLast()
            }
            result.append(piece)
        }
        return result
    }

    // MARK: - All shapes

    /// The pool of that name; its values are stored when it is first asked for.
    mutating func pool(_ name: String, _ values: () -> [String]) -> Pool {
        if let pool = pools[name] { return pool }
        // Pool values may not come between two literals of a shape that are to be joined.
        closeLiteral()
        let values = values()
        let pool = Pool(first: UInt32(entries.count), count: UInt32(values.count))
        for value in values {
            entries.append(.init(start: UInt32(text.count), count: UInt32(value.utf8.count)))
            text.append(contentsOf: value.utf8)
        }
        literalStart = text.count
        pools[name] = pool
        return pool
    }

    func finish() -> TemplateSet {
        TemplateSet(variants: variants, fieldNames: fieldNames, text: text, entries: entries)
    }
}
