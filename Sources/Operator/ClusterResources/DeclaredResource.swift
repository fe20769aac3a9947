import JSON
package import NilusCore
import YAML

/// One resource of a file as `dataos-ctl resource apply -f` takes it: its header, and a body of its type.
package struct DeclaredResource: Sendable {
    package let type: ResourceType
    package let name: String
    /// As the manifest names it.
    package let workspace: String?
    let isShortForm: Bool
    let header: YAMLNode
    let body: YAMLNode

    /// Reads all resources of a file.
    ///
    /// `${NAME}` becomes the value of a variable of the caller's environment, as with `dataos-ctl`.
    ///
    /// - Throws: `manifestInvalid` (terminal) with the place of the fault; also where a variable puts a Stripe key into
    ///   what others may read.
    package static func read(
        _ bytes: some Collection<UInt8>, file: String, environment: EnvironmentVariables
    ) throws(NilusError) -> [DeclaredResource] {
        var resources: [DeclaredResource] = []
        for document in try YAMLStream.documents(parsing: bytes, file: file) {
            let filled = try VariableReferences.filled(document, environment)
            let resource = try DeclaredResource(filled)
            if resource.type != .instanceSecret, document != filled,
                let place = filled.texts.first(where: { MessageText.holdsWholeKey($0.text) })?.location
            {
                throw .keyFilledIn(at: place)
            }
            resources.append(resource)
        }
        return resources
    }

    private init(_ document: YAMLNode) throws(NilusError) {
        guard let word = document["type"]?.scalar?.text, let type = ResourceType(word: word) else {
            throw .notApplicable(document)
        }
        guard let name = document["name"]?.scalar?.text, !name.isEmpty else { throw .nameMissing(document) }
        let keys = word == "nilus" ? ["spec"] : [word, "spec"]
        guard let body = keys.lazy.compactMap({ document[$0] }).first(where: { $0.mapping != nil }) else {
            throw .bodyMissing(document, keys)
        }
        self.type = type
        self.name = name
        workspace = document["workspace"]?.scalar?.text
        isShortForm = word == "nilus"
        header = document
        self.body = body
    }
}

/// `${NAME}` in the texts of a manifest.
enum VariableReferences {
    /// The document with every reference replaced.
    ///
    /// - Throws: `configurationInvalid` (terminal) when a variable is not set.
    static func filled(_ node: YAMLNode, _ environment: EnvironmentVariables) throws(NilusError) -> YAMLNode {
        switch node.content {
        case .scalar(let scalar):
            guard scalar.text.contains("${") else { return node }
            let text = try filled(scalar.text, environment, at: node.location)
            return YAMLNode(.scalar(YAMLScalar(text, isPlain: false)), at: node.location)
        case .sequence(let items):
            var filledItems: [YAMLNode] = []
            for item in items { filledItems.append(try filled(item, environment)) }
            return YAMLNode(.sequence(filledItems), at: node.location)
        case .mapping(let entries):
            var filledEntries: [YAMLEntry] = []
            for entry in entries {
                let value = try filled(entry.value, environment)
                filledEntries.append(YAMLEntry(key: entry.key, at: entry.keyLocation, value: value))
            }
            return YAMLNode(.mapping(filledEntries), at: node.location)
        }
    }

    private static func filled(
        _ text: String, _ environment: EnvironmentVariables, at location: SourceLocation
    ) throws(NilusError) -> String {
        var result = ""
        var rest = Substring(text)
        while let start = rest.firstRange(of: "${") {
            result += rest[..<start.lowerBound]
            let inner = rest[start.upperBound...]
            guard let end = inner.firstIndex(of: "}"), isName(inner[..<end]) else {
                // '${{ … }}' belongs to other tools.
                result += "${"
                rest = inner
                continue
            }
            guard let value = environment[String(inner[..<end])] else {
                throw .variableUnset(String(inner[..<end]), at: location)
            }
            result += value
            rest = inner[inner.index(after: end)...]
        }
        return result + rest
    }

    private static func isName(_ text: Substring) -> Bool {
        guard let first = text.utf8.first, !(0x30...0x39).contains(first) else { return false }
        return text.utf8.allSatisfy {
            (0x61...0x7A).contains($0) || (0x41...0x5A).contains($0) || (0x30...0x39).contains($0)
                || $0 == UInt8(ascii: "_")
        }
    }
}

extension Substring {
    /// The first place of a text in this one.
    fileprivate func firstRange(of text: String) -> Range<Index>? {
        var position = startIndex
        while position < endIndex {
            if self[position...].hasPrefix(text) { return position..<index(position, offsetBy: text.count) }
            position = index(after: position)
        }
        return nil
    }
}

extension NilusError {
    fileprivate static func notApplicable(_ document: YAMLNode) -> NilusError {
        let found = document["type"]?.scalar.map { "'type' is \(MessageText.quoted($0.text))" } ?? "it has no 'type'"
        return NilusError(
            .workflow, .manifestInvalid,
            "cannot apply the resource: \(found); expected 'workflow', 'nilus', 'instance-secret' or 'depot'",
            at: document.location)
    }

    fileprivate static func nameMissing(_ document: YAMLNode) -> NilusError {
        NilusError(.workflow, .manifestInvalid, "cannot apply the resource: it has no 'name'", at: document.location)
    }

    fileprivate static func bodyMissing(_ document: YAMLNode, _ keys: [String]) -> NilusError {
        NilusError(
            .workflow, .manifestInvalid, "cannot apply the resource: it has no mapping under '\(keys[0])'",
            at: document.location)
    }

    fileprivate static func keyFilledIn(at location: SourceLocation) -> NilusError {
        NilusError(
            .workflow, .manifestInvalid,
            "cannot fill in the value of a variable: it holds a Stripe key, which the cluster would show; put it into an "
                + "instance secret", at: location)
    }

    fileprivate static func variableUnset(_ name: String, at location: SourceLocation) -> NilusError {
        NilusError(
            .workflow, .configurationInvalid,
            "cannot fill in '${\(name)}': the variable is not set in this environment; set it and apply again",
            at: location)
    }
}
