import NilusCore
import YAML

/// Reads the options that speak about columns.
struct ColumnOptionReader {
    let log: FaultLog

    /// A list of columns, also as one text with commas.
    func list(_ section: SectionReader, _ key: String) -> Located<[String]>? {
        guard let entry = section[key] else { return nil }
        let texts = section.texts(key)
        let names = texts.flatMap { text in
            text.value.split(separator: ",", omittingEmptySubsequences: false).map { part in
                Located(part.trimmed, at: text.location)
            }
        }
        for name in names where name.value.isEmpty { log.add(.emptyColumn(entry.key, at: name.location)) }
        return names.isEmpty ? nil : Located(names.map(\.value), at: entry.value.location)
    }

    func typeHints(_ section: SectionReader) -> [TypeHint] {
        entries(section, "type-hints").compactMap { entry in
            guard let word = section.filledText(entry.value, "the type of \(MessageText.quoted(entry.key))"),
                let type = section.choice(
                    word, for: "the type of \(MessageText.quoted(entry.key))", of: TypeHint.ColumnType.self)
            else { return nil }
            return TypeHint(column: entry.key, type: type.value, location: entry.keyLocation)
        }
    }

    func masks(_ section: SectionReader) -> [MaskRule] {
        entries(section, "mask").compactMap { entry in
            let what = "the mask of \(MessageText.quoted(entry.key))"
            guard let text = section.filledText(entry.value, what) else { return nil }
            let halves = text.value.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
            let word = Located(String(halves.first ?? ""), at: text.location)
            guard let algorithm = section.choice(word, for: what, of: MaskRule.Algorithm.self)?.value else {
                return nil
            }
            let parameter = halves.count > 1 && !halves[1].isEmpty ? Redacted(String(halves[1])) : nil
            if parameter == nil, let example = algorithm.neededParameter {
                log.add(.maskParameter(algorithm, entry.key, example: example, at: text.location))
            }
            return MaskRule(
                column: entry.key, algorithm: algorithm, parameter: parameter, location: entry.keyLocation)
        }
    }

    private func entries(_ section: SectionReader, _ key: String) -> [YAMLEntry] {
        guard let entry = section[key] else { return [] }
        return log.attempt { () throws(NilusError) in try entry.value.entries("'\(entry.key)'") } ?? []
    }
}

extension MaskRule.Algorithm {
    /// An example of the parameter that an algorithm cannot do without.
    fileprivate var neededParameter: String? {
        switch self {
        case .hmac: "hmac:key"
        case .range: "range:10"
        default: nil
        }
    }
}

extension StringProtocol {
    /// The text without white space at its ends.
    var trimmed: String {
        let head = drop(while: \.isWhitespace)
        return String(head.dropLast(head.reversed().prefix(while: \.isWhitespace).count))
    }
}

extension ManifestFault {
    fileprivate static func emptyColumn(_ key: String, at place: SourceLocation) -> ManifestFault {
        ManifestFault(.error, "'\(key)' holds an empty column name; remove the comma", at: place)
    }

    fileprivate static func maskParameter(
        _ algorithm: MaskRule.Algorithm, _ column: String, example: String, at place: SourceLocation
    ) -> ManifestFault {
        ManifestFault(
            .error, "the mask of \(MessageText.quoted(column)) needs a parameter; expected such as '\(example)'",
            at: place)
    }
}
