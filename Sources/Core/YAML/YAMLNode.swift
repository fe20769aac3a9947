package import NilusCore

/// One value of a YAML document and the place where it was written.
///
/// A value that an alias repeats keeps the place of its anchor: that is where it can be corrected.
package struct YAMLNode: Sendable, Equatable {
    /// What a node holds.
    package enum Content: Sendable, Equatable {
        case scalar(YAMLScalar)
        case sequence([YAMLNode])
        /// The entries in file order; no two share a key.
        case mapping([YAMLEntry])
    }

    /// What it holds.
    package let content: Content
    /// Where it begins; for an aliased value, where the anchored one begins.
    package let location: SourceLocation

    /// A node from its parts.
    package init(_ content: Content, at location: SourceLocation) {
        self.content = content
        self.location = location
    }
}

/// A key of a mapping with its value.
package struct YAMLEntry: Sendable, Equatable {
    /// The key as text, whatever type a plain key would resolve to: `on`, `1` and `true` are texts
    /// here.
    package let key: String
    /// Where the key begins.
    package let keyLocation: SourceLocation
    /// The value under the key.
    package let value: YAMLNode

    /// An entry from its parts.
    package init(key: String, at keyLocation: SourceLocation, value: YAMLNode) {
        self.key = key
        self.keyLocation = keyLocation
        self.value = value
    }
}

extension YAMLNode {
    /// The scalar, or `nil` for lists and mappings.
    package var scalar: YAMLScalar? {
        if case .scalar(let scalar) = content { scalar } else { nil }
    }

    /// The items of a list, or `nil` for other kinds.
    package var sequence: [YAMLNode]? {
        if case .sequence(let items) = content { items } else { nil }
    }

    /// The entries of a mapping, or `nil` for other kinds.
    package var mapping: [YAMLEntry]? {
        if case .mapping(let entries) = content { entries } else { nil }
    }

    /// The value under a key of a mapping; `nil` for other kinds and absent keys.
    package subscript(key: String) -> YAMLNode? {
        mapping?.first { $0.key == key }?.value
    }

    /// Whether the value is null: written so, or left out after its key.
    package var isNull: Bool { scalar?.kind == .null }

    /// The place of one character of a scalar, counted from 0 in Unicode scalars.
    ///
    /// - Returns: the place of the node when its text does not stand in the file as it is, such as
    ///   text with escapes or over several lines.
    package func location(ofCharacter offset: Int) -> SourceLocation {
        guard let scalar, scalar.isVerbatim else { return location }
        let column = location.column + (scalar.isPlain ? 0 : 1) + offset
        return SourceLocation(file: location.file, line: location.line, column: column)
    }
}
