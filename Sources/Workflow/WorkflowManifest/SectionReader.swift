import NilusCore
import YAML

/// One mapping of a manifest: finds its keys in every spelling and reports those it does not know.
struct SectionReader {
    /// The section as messages call it, for example `spec` or `source.options`.
    let name: String
    /// Where a missing key is reported.
    let location: SourceLocation
    let log: FaultLog
    private var entries: [String: YAMLEntry] = [:]
    /// Unknown keys by the known key that was probably meant.
    private var misspelled: [String: YAMLEntry] = [:]

    /// Reads a mapping; null counts as an empty one.
    ///
    /// Returns `nil` and reports the fault when the node is something else.
    init?(_ node: YAMLNode, name: String, at location: SourceLocation? = nil, keys: KeySet, log: FaultLog) {
        self.name = name
        self.location = location ?? node.location
        self.log = log
        if node.isNull { return }
        guard let entries = log.attempt({ () throws(NilusError) in try node.entries("'\(name)'") }) else { return nil }
        for entry in entries { add(entry, keys) }
    }

    private mutating func add(_ entry: YAMLEntry, _ keys: KeySet) {
        guard let key = keys.known(entry.key) else {
            if !keys.ignores(entry.key) { noteUnknown(entry, keys) }
            return
        }
        if let first = entries[key] {
            log.add(.writtenTwice(entry, first: first, in: name))
        } else {
            entries[key] = entry
        }
    }

    private mutating func noteUnknown(_ entry: YAMLEntry, _ keys: KeySet) {
        if let owner = keys.owner(of: entry.key) {
            log.add(.misplacedKey(entry, in: name, belongsTo: owner))
            return
        }
        let suggestion = keys.suggestion(for: entry.key)
        if let suggestion, let key = keys.known(suggestion), misspelled[key] == nil { misspelled[key] = entry }
        log.add(.unknownKey(entry, in: name, suggestion: suggestion, keys.unknown))
    }

    /// The entry of a key; `nil` when it is absent or null.
    subscript(key: String) -> YAMLEntry? {
        guard let entry = entries[key], !entry.value.isNull else { return nil }
        return entry
    }

    /// The entry of a key, or of an unknown one that was probably meant for it and is an error then.
    ///
    /// So what stands under a misspelled key is checked in the same pass.
    func probable(_ key: String) -> YAMLEntry? {
        if entries[key] != nil { return self[key] }
        guard let entry = misspelled[key], !entry.value.isNull else { return nil }
        log.escalate(at: entry.keyLocation)
        return entry
    }

    /// The entry of a key that must be there; reports it when it is not.
    ///
    /// An unknown key that is probably this one is read in its place, so that what it holds is checked
    /// too.
    func required(_ key: String) -> YAMLEntry? {
        if let entry = probable(key) { return entry }
        if let empty = entries[key] {
            log.add(.emptyKey(key, in: name, at: empty.keyLocation))
        } else {
            log.add(.missingKey(key, in: name, at: location))
        }
        return nil
    }

    /// A mapping below this one; `nil` when it is absent or no mapping.
    func section(_ key: String, as sectionName: String? = nil, keys: KeySet) -> SectionReader? {
        self[key].flatMap { reader(of: $0, as: sectionName ?? key, keys: keys) }
    }

    /// A mapping below this one that must be there.
    func requiredSection(_ key: String, as sectionName: String? = nil, keys: KeySet) -> SectionReader? {
        required(key).flatMap { reader(of: $0, as: sectionName ?? key, keys: keys) }
    }

    private func reader(of entry: YAMLEntry, as sectionName: String, keys: KeySet) -> SectionReader? {
        SectionReader(entry.value, name: sectionName, at: entry.keyLocation, keys: keys, log: log)
    }
}

extension ManifestFault {
    fileprivate static func writtenTwice(
        _ entry: YAMLEntry, first: YAMLEntry, in section: String
    ) -> ManifestFault {
        let place = "line \(first.keyLocation.line), column \(first.keyLocation.column)"
        return ManifestFault(
            .error,
            "key '\(entry.key)' in '\(section)' is the same as '\(first.key)' on \(place); keep one of them",
            at: entry.keyLocation)
    }

    fileprivate static func unknownKey(
        _ entry: YAMLEntry, in section: String, suggestion: String?, _ severity: Severity
    ) -> ManifestFault {
        let advice =
            switch (suggestion, severity) {
            case (let suggestion?, _): "did you mean '\(suggestion)'?"
            case (nil, .error): "remove it"
            default: "it is ignored"
            }
        return ManifestFault(
            severity, "unknown key \(MessageText.quoted(entry.key)) in '\(section)'; \(advice)", at: entry.keyLocation)
    }

    fileprivate static func misplacedKey(
        _ entry: YAMLEntry, in section: String, belongsTo owner: String
    ) -> ManifestFault {
        ManifestFault(.error, "key '\(entry.key)' in '\(section)' belongs in '\(owner)'", at: entry.keyLocation)
    }

    fileprivate static func missingKey(_ key: String, in section: String, at place: SourceLocation) -> ManifestFault {
        ManifestFault(.error, "missing key '\(key)' in '\(section)'", at: place)
    }

    fileprivate static func emptyKey(_ key: String, in section: String, at place: SourceLocation) -> ManifestFault {
        ManifestFault(.error, "key '\(key)' in '\(section)' is empty", at: place)
    }
}
