import NilusCore
import YAML

/// Finds Stripe keys in a manifest wherever they stand, also where no key would ever be looked for: a title, an option.
enum ShownKey {
    /// Warns of each key, but on lines that are warned of already.
    static func faults(in document: YAMLNode, besides known: [ManifestFault]) -> [ManifestFault] {
        let lines = Set(known.filter(\.showsCredential).map(\.location.line))
        return document.texts.filter { MessageText.holdsWholeKey($0.text) && !lines.contains($0.location.line) }.map {
            .credentialShown("a Stripe key", at: $0.location)
        }
    }
}
