import NilusCore

/// Collects the entries of one mapping: refuses keys that are no text, finds keys written twice and
/// follows merge keys.
///
/// The merge key `<<` (YAML 1.1 type repository, "merge") takes a mapping or a list of mappings. Its
/// entries come after the mapping's own; an own key wins over a merged one, an earlier mapping of
/// the list over a later one.
struct MappingBuilder {
    /// The nodes that merging repeated.
    private(set) var mergedNodeCount = 0
    /// Where the merge key stands.
    private(set) var mergeLocation: SourceLocation?
    private var own: [YAMLEntry] = []
    private var merged: [YAMLEntry] = []
    private var places: [String: SourceLocation] = [:]

    /// The mapping's own entries, then those that it merges and does not hold itself.
    var entries: [YAMLEntry] {
        var seen = Set(own.map(\.key))
        return own + merged.filter { seen.insert($0.key).inserted }
    }

    /// Adds a key with its value.
    ///
    /// - Returns: the fault, if the entry has one; it is left out then.
    mutating func add(_ key: YAMLNode, _ value: YAMLNode) -> NilusError? {
        guard let scalar = key.scalar else { return .keyIsNoText(key) }
        guard !scalar.text.isEmpty || !scalar.isPlain else { return .keyMissing(at: key.location) }
        if let first = places[scalar.text] { return .duplicateKey(scalar.text, first: first, at: key.location) }
        places[scalar.text] = key.location
        if scalar.isPlain, scalar.text == "<<" { return merge(value, at: key.location) }
        own.append(YAMLEntry(key: scalar.text, at: key.location, value: value))
        return nil
    }

    private mutating func merge(_ value: YAMLNode, at place: SourceLocation) -> NilusError? {
        mergeLocation = place
        for mapping in value.sequence ?? [value] {
            guard let entries = mapping.mapping else { return .badMerge(mapping) }
            merged += entries
            mergedNodeCount += entries.count * 2
        }
        return nil
    }
}

extension NilusError {
    fileprivate static func keyIsNoText(_ key: YAMLNode) -> NilusError {
        manifest(
            "\(key.kindName) cannot be a key; use text, or quote a value that begins with '{' or '['",
            at: key.location)
    }

    fileprivate static func keyMissing(at place: SourceLocation) -> NilusError {
        manifest("a key is missing before ':'", at: place)
    }

    fileprivate static func duplicateKey(
        _ key: String, first: SourceLocation, at place: SourceLocation
    ) -> NilusError {
        manifest(
            "key \(MessageText.quoted(key)) is written twice; "
                + "the first is on line \(first.line), column \(first.column)",
            at: place)
    }

    fileprivate static func badMerge(_ value: YAMLNode) -> NilusError {
        manifest("'<<' must be a mapping or a list of mappings; found \(value.kindName)", at: value.location)
    }
}
