import NilusCore
import YAML

/// Reads `envs`: a mapping, or a list of mappings with one variable each.
struct EnvironmentReader {
    let log: FaultLog

    func read(_ node: SectionReader) -> NodeEnvironment {
        guard let entry = node["envs"] else { return NodeEnvironment() }
        var variables: [NodeEnvironment.Variable] = []
        for variable in entries(of: entry) {
            guard let read = self.variable(variable) else { continue }
            if let first = variables.first(where: { $0.name == read.name }) {
                log.add(.variableTwice(read, first: first.location))
            } else {
                variables.append(read)
            }
        }
        return NodeEnvironment(variables)
    }

    private func entries(of entry: YAMLEntry) -> [YAMLEntry] {
        switch entry.value.content {
        case .mapping(let entries): return entries
        case .sequence(let items): return items.flatMap(itemEntries)
        case .scalar:
            log.add(ManifestFault(.wrongKind(of: entry.value, "'envs'", "a mapping")))
            return []
        }
    }

    private func itemEntries(_ item: YAMLNode) -> [YAMLEntry] {
        if let entries = item.mapping { return entries }
        log.add(ManifestFault(.wrongKind(of: item, "an item of 'envs'", "a mapping")))
        return []
    }

    private func variable(_ entry: YAMLEntry) -> NodeEnvironment.Variable? {
        guard Self.isName(entry.key) else {
            log.add(.variableName(entry))
            return nil
        }
        if let refusal = RefusedVariable.reason(forName: entry.key) {
            log.add(.variableRefused(entry, refusal))
            return nil
        }
        guard let value = value(of: entry) else { return nil }
        let variable = NodeEnvironment.Variable(name: entry.key, value: Redacted(value), location: entry.keyLocation)
        if ShownCredential.isHeld(by: variable) { log.add(.credentialShown(in: variable)) }
        return variable
    }

    /// The text of a value of any type; null is empty text, and `<…>` around an address is taken off.
    private func value(of entry: YAMLEntry) -> String? {
        guard let scalar = entry.value.scalar else {
            log.add(ManifestFault(.wrongKind(of: entry.value, "variable \(MessageText.quoted(entry.key))", "text")))
            return nil
        }
        if scalar.kind == .null { return "" }
        var text = scalar.text
        if text.hasPrefix("<"), text.hasSuffix(">"), let inside = Self.address(text.dropFirst().dropLast()) {
            text = inside
        }
        if let blank = Blank.first(in: text) {
            log.add(.unfilled(blank, "variable \(MessageText.quoted(entry.key))", at: entry.value.location))
            return nil
        }
        return text
    }

    private static func address(_ text: Substring) -> String? {
        let scheme = text.prefix { $0.isASCII && ($0.isLetter || $0.isNumber || "+-.".contains($0)) }
        return !scheme.isEmpty && text[scheme.endIndex...].hasPrefix("://") ? String(text) : nil
    }

    /// Letters, digits, `_`, `-` and `.`, no digit first: what Kubernetes allows.
    private static func isName(_ text: String) -> Bool {
        guard let first = text.first, !first.isNumber else { return false }
        return text.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "_-.".contains($0)) }
    }
}

extension ManifestFault {
    fileprivate static func variableTwice(
        _ variable: NodeEnvironment.Variable, first: SourceLocation
    ) -> ManifestFault {
        ManifestFault(
            .error,
            "variable \(MessageText.quoted(variable.name)) is written twice in 'envs'; "
                + "the first is on line \(first.line), column \(first.column)",
            at: variable.location)
    }

    fileprivate static func variableName(_ entry: YAMLEntry) -> ManifestFault {
        ManifestFault(
            .error,
            "\(MessageText.quoted(entry.key)) cannot name a variable; expected letters, digits and '_', no digit first",
            at: entry.keyLocation)
    }

    fileprivate static func variableRefused(_ entry: YAMLEntry, _ reason: String) -> ManifestFault {
        ManifestFault(
            .error,
            "variable \(MessageText.quoted(entry.key)) is refused in 'envs': \(reason); "
                + "set it in the job's own environment",
            at: entry.keyLocation)
    }
}
