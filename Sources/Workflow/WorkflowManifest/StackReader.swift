import NilusCore
import YAML

/// Reads `stack`: `nilus:1.0`, `nilus+flavor:1.0`.
struct StackReader {
    /// The only stack whose jobs this program can run.
    static let name = "nilus"

    let log: FaultLog

    func read(_ node: SectionReader) -> StackReference? {
        guard let text = node.requiredName("stack") else { return nil }
        let halves = text.value.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        let names = (halves.first ?? "").split(separator: "+", maxSplits: 1, omittingEmptySubsequences: false)
        guard let name = names.first, name == Self.name else {
            log.add(.unknownStack(text))
            return nil
        }
        guard halves.count == 2, Self.isWord(halves[1]), names.count == 1 || Self.isWord(names[1]) else {
            log.add(.badStack(text))
            return nil
        }
        return StackReference(
            name: String(name), flavor: names.count > 1 ? String(names[1]) : nil, version: String(halves[1]))
    }

    private static func isWord(_ text: Substring) -> Bool {
        !text.isEmpty && text.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "._-".contains($0)) }
    }
}

extension ManifestFault {
    fileprivate static func unknownStack(_ text: Located<String>) -> ManifestFault {
        let name = text.value.prefix { $0 != ":" && $0 != "+" }
        return ManifestFault(
            .error, "unknown stack \(MessageText.quoted(name)); expected 'nilus:1.0' or another version of 'nilus'",
            at: text.location)
    }

    fileprivate static func badStack(_ text: Located<String>) -> ManifestFault {
        ManifestFault(
            .error,
            "'stack' must be a name and a version such as 'nilus:1.0' or 'nilus+stripe:1.0'; found "
                + MessageText.quoted(text.value),
            at: text.location)
    }
}
