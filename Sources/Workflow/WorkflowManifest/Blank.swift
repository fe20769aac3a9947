/// A place in a text that a person or a tool should have filled in.
enum Blank: Sendable, Equatable {
    /// `${{name}}`, as documentation writes it.
    case template
    /// `${NAME}`, which the deploying command replaces from its own environment.
    case deployment
    /// `<some words>`.
    case angled

    /// Longest text between `<` and `>` that is taken for a blank, in characters.
    private static let maximumLength = 80

    /// Finds the blanks of a text and the positions they take.
    ///
    /// - Complexity: linear in the text.
    static func find(in text: [Unicode.Scalar]) -> [(blank: Blank, range: Range<Int>)] {
        var found: [(blank: Blank, range: Range<Int>)] = []
        var position = 0
        while position < text.count {
            guard let next = blank(in: text, at: position) else {
                position += 1
                continue
            }
            found.append(next)
            position = next.range.upperBound
        }
        return found
    }

    /// The blank that makes up a whole text or stands in it, `<…>` only where it makes up the whole.
    static func first(in text: String) -> Blank? {
        let scalars = Array(text.unicodeScalars)
        return find(in: scalars).first { $0.blank != .angled || $0.range == scalars.indices }?.blank
    }

    private static func blank(in text: [Unicode.Scalar], at position: Int) -> (blank: Blank, range: Range<Int>)? {
        let rest = text[position...]
        if rest.starts(with: "${{".unicodeScalars) {
            return (.template, position..<min(end(of: rest) + 1, text.count))
        }
        if rest.starts(with: "${".unicodeScalars) { return (.deployment, position..<end(of: rest)) }
        guard rest.first == "<" else { return nil }
        let word = rest.dropFirst().prefix(maximumLength).prefix { isBlankWord($0) }
        guard !word.isEmpty, word.endIndex < text.count, text[word.endIndex] == ">" else { return nil }
        return (.angled, position..<word.endIndex + 1)
    }

    /// The position after the first closing brace, or the end of the text.
    private static func end(of text: ArraySlice<Unicode.Scalar>) -> Int {
        text.firstIndex(of: "}").map { $0 + 1 } ?? text.endIndex
    }

    private static func isBlankWord(_ scalar: Unicode.Scalar) -> Bool {
        scalar.properties.isAlphabetic || scalar.properties.numericType != nil
            || " _-./|*".unicodeScalars.contains(scalar)
    }
}
