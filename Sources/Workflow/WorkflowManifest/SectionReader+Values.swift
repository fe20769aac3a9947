import NilusCore
import YAML

extension SectionReader {
    /// A text that must be filled in; `nil` when the key is absent or its value is faulty.
    func text(_ key: String) -> Located<String>? {
        self[key].flatMap { text(of: $0) }
    }

    /// The same for a key that must be there.
    func requiredText(_ key: String) -> Located<String>? {
        required(key).flatMap { text(of: $0) }
    }

    /// The same where numbers and booleans would be mistakes, as in names.
    func requiredName(_ key: String) -> Located<String>? {
        guard let entry = required(key),
            log.attempt({ () throws(NilusError) in try entry.value.text("'\(key)'") }) != nil
        else { return nil }
        return text(of: entry)
    }

    /// A text for people, in which anything may stand.
    func remark(_ key: String) -> String? {
        self[key].flatMap { entry in
            log.attempt { () throws(NilusError) in try entry.value.scalarText("'\(key)'") }
        }
    }

    /// A list of texts; a bare text is a list of one.
    func texts(_ key: String) -> [Located<String>] {
        guard let entry = self[key] else { return [] }
        guard let items = entry.value.sequence else { return text(of: entry).map { [$0] } ?? [] }
        return items.compactMap { filledText($0, "an item of '\(key)'") }
    }

    /// `true` or `false`.
    func boolean(_ key: String) -> Bool? {
        self[key].flatMap { entry in
            log.attempt { () throws(NilusError) in try entry.value.asWritten.boolean("'\(entry.key)'") }
        }
    }

    /// A whole number within a range, in quotes or not.
    func integer(_ key: String, in range: ClosedRange<Int>) -> Located<Int>? {
        guard let entry = self[key], isFilled(entry.value, "'\(entry.key)'"),
            let value = log.attempt({ () throws(NilusError) in try entry.value.asWritten.integer("'\(entry.key)'") })
        else { return nil }
        guard let number = Int(exactly: value), range.contains(number) else {
            log.add(.outOfRange(entry.key, value, range, at: entry.value.location))
            return nil
        }
        return Located(number, at: entry.value.location)
    }

    /// One word of a closed set.
    func choice<Choice: RawRepresentable<String> & CaseIterable & Sendable>(
        _ key: String, of type: Choice.Type
    ) -> Located<Choice>? {
        guard let entry = self[key] else { return nil }
        return text(of: entry).flatMap { choice($0, for: "'\(entry.key)'", of: type) }
    }

    /// Reads a word of a closed set that stands anywhere.
    func choice<Choice: RawRepresentable<String> & CaseIterable & Sendable>(
        _ word: Located<String>, for name: String, of type: Choice.Type
    ) -> Located<Choice>? {
        if let choice = Choice(rawValue: word.value) { return Located(choice, at: word.location) }
        log.add(.notAChoice(word, for: name, Choice.allCases.map(\.rawValue)))
        return nil
    }

    /// A moment as ISO 8601 date or date-time.
    func timestamp(_ key: String) -> Located<Timestamp>? {
        guard let entry = self[key], let text = text(of: entry) else { return nil }
        guard let moment = Timestamp(iso8601: text.value) else {
            log.add(.notAMoment(entry.key, text))
            return nil
        }
        return Located(moment, at: text.location)
    }

    /// The text of an entry, numbers and booleans as they are written.
    func text(of entry: YAMLEntry) -> Located<String>? {
        filledText(entry.value, "'\(entry.key)'")
    }

    /// The text of a scalar, unless a blank is left in it.
    func filledText(_ node: YAMLNode, _ what: String) -> Located<String>? {
        guard isFilled(node, what),
            let text = log.attempt({ () throws(NilusError) in try node.scalarText(what) })
        else { return nil }
        guard !text.allSatisfy(\.isWhitespace) else {
            log.add(.blankText(what, at: node.location))
            return nil
        }
        return Located(text, at: node.location)
    }

    private func isFilled(_ node: YAMLNode, _ what: String) -> Bool {
        guard let text = node.scalar?.text, let blank = Blank.first(in: text) else { return true }
        log.add(.unfilled(blank, what, at: node.location))
        return false
    }
}

extension YAMLNode {
    /// The scalar as if it stood without quotes, for values that occur as text as well as by their
    /// type.
    var asWritten: YAMLNode {
        guard let scalar else { return self }
        return YAMLNode(.scalar(YAMLScalar(scalar.text, isPlain: true)), at: location)
    }
}

extension ManifestFault {
    /// A value was left as a blank of a template.
    static func unfilled(_ blank: Blank, _ what: String, at place: SourceLocation) -> ManifestFault {
        switch blank {
        case .template:
            ManifestFault(.error, "\(what) holds a blank of a template, '${{…}}'; fill it in", at: place)
        case .deployment:
            ManifestFault(
                .error,
                "\(what) holds '${…}', which 'dataos-ctl resource apply' replaces before a job sees it; "
                    + "write the value",
                at: place)
        case .angled:
            ManifestFault(.error, "\(what) is a blank, '<…>'; fill it in", at: place)
        }
    }

    static func notAChoice(_ word: Located<String>, for name: String, _ choices: [String]) -> ManifestFault {
        let advice =
            if let closest = Suggestion.closest(to: word.value, in: choices) {
                "did you mean '\(closest)'?"
            } else {
                "expected \(alternatives(choices))"
            }
        return ManifestFault(
            .error, "\(name) cannot be \(MessageText.quoted(word.value)); \(advice)", at: word.location)
    }

    /// The words in quotes, as a list that ends in "or".
    static func alternatives(_ words: [String]) -> String {
        let quoted = words.map(MessageText.quoted)
        guard let last = quoted.last, quoted.count > 1 else { return quoted.first ?? "" }
        return quoted.dropLast().joined(separator: ", ") + " or " + last
    }

    fileprivate static func outOfRange(
        _ key: String, _ value: Int64, _ range: ClosedRange<Int>, at place: SourceLocation
    ) -> ManifestFault {
        let bounds = "from \(range.lowerBound.grouped) to \(range.upperBound.grouped)"
        return ManifestFault(.error, "'\(key)' must be \(bounds); found \(value.grouped)", at: place)
    }

    fileprivate static func notAMoment(_ key: String, _ text: Located<String>) -> ManifestFault {
        ManifestFault(
            .error,
            "'\(key)' must be a date or date-time such as '2026-01-31' or '2026-01-31T12:00:00Z'; found "
                + MessageText.quoted(text.value),
            at: text.location)
    }

    fileprivate static func blankText(_ what: String, at place: SourceLocation) -> ManifestFault {
        ManifestFault(.error, "\(what) is blank; write a value", at: place)
    }
}
