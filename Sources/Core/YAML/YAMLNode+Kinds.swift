package import NilusCore

extension YAMLNode {
    /// The kind of value in words for messages: `a list`, `a whole number`; never the value itself.
    package var kindName: String {
        switch content {
        case .sequence: "a list"
        case .mapping: "a mapping"
        case .scalar(let scalar): scalar.kind.name
        }
    }

    /// The text of a scalar that is text.
    ///
    /// Here and below, `name` is what the message calls the value: `'name'`.
    ///
    /// - Throws: `manifestInvalid` at the place of the node for every other kind; numbers, booleans and
    ///   null with the advice to quote them.
    package func text(_ name: String) throws(NilusError) -> String {
        guard let scalar, scalar.kind == .text else { throw .wrongKind(of: self, name, "text") }
        return scalar.text
    }

    /// The written form of any scalar but null, for values whose type does not matter.
    ///
    /// - Throws: `manifestInvalid` for null, lists and mappings.
    package func scalarText(_ name: String) throws(NilusError) -> String {
        guard let scalar, scalar.kind != .null else { throw .wrongKind(of: self, name, "text") }
        return scalar.text
    }

    /// The value of `true` or `false`.
    ///
    /// - Throws: `manifestInvalid` for other kinds, with a word on `yes` and `on`.
    package func boolean(_ name: String) throws(NilusError) -> Bool {
        guard case .boolean(let value)? = scalar?.kind else { throw .notBoolean(self, name) }
        return value
    }

    /// The value of a whole number.
    ///
    /// - Throws: `manifestInvalid` for other kinds and beyond 64 bits.
    package func integer(_ name: String) throws(NilusError) -> Int64 {
        guard let scalar, scalar.kind == .integer else { throw .wrongKind(of: self, name, "a whole number") }
        guard let value = scalar.integer else { throw .numberTooLarge(self, name) }
        return value
    }

    /// The value of a finite number.
    ///
    /// - Throws: `manifestInvalid` for other kinds, infinities and NaN.
    package func number(_ name: String) throws(NilusError) -> Double {
        switch scalar?.kind {
        case .integer, .float: break
        default: throw .wrongKind(of: self, name, "a number")
        }
        guard let value = scalar?.number else { throw .numberTooLarge(self, name) }
        return value
    }

    /// The items of a list.
    ///
    /// - Throws: `manifestInvalid` for other kinds.
    package func items(_ name: String) throws(NilusError) -> [YAMLNode] {
        guard let sequence else { throw .wrongKind(of: self, name, "a list") }
        return sequence
    }

    /// The entries of a mapping.
    ///
    /// - Throws: `manifestInvalid` for other kinds.
    package func entries(_ name: String) throws(NilusError) -> [YAMLEntry] {
        guard let mapping else { throw .wrongKind(of: self, name, "a mapping") }
        return mapping
    }
}

extension YAMLScalar.Kind {
    /// The kind in words: `a whole number`.
    fileprivate var name: String {
        switch self {
        case .null: "nothing"
        case .boolean: "a boolean"
        case .integer: "a whole number"
        case .float: "a number"
        case .text: "text"
        }
    }
}

extension NilusError {
    /// A value has another kind than its place wants.
    package static func wrongKind(of node: YAMLNode, _ name: String, _ expected: String) -> NilusError {
        var message = "\(name) must be \(expected); found \(node.kindName)"
        if expected == "text", let scalar = node.scalar, scalar.kind != .null, scalar.kind != .text {
            message += ", put it in quotes"
        } else if expected != "text", node.scalar?.kind == .text, node.scalar?.isPlain == false {
            message += " in quotes"
        }
        return manifest(message, at: node.location)
    }

    fileprivate static func notBoolean(_ node: YAMLNode, _ name: String) -> NilusError {
        switch node.scalar?.text.lowercased() {
        case "yes", "on", "y": manifest("\(name) must be true or false; found text, write true", at: node.location)
        case "no", "off", "n": manifest("\(name) must be true or false; found text, write false", at: node.location)
        default: wrongKind(of: node, name, "true or false")
        }
    }

    fileprivate static func numberTooLarge(_ node: YAMLNode, _ name: String) -> NilusError {
        manifest("\(name) is beyond the range of numbers; write a smaller one", at: node.location)
    }

    /// A fault in a file that a person wrote.
    static func manifest(_ message: String, at location: SourceLocation) -> NilusError {
        NilusError(.workflow, .manifestInvalid, message, at: location)
    }
}
