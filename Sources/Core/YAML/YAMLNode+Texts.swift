package import NilusCore

extension YAMLNode {
    /// Every text in the node with its place: the keys and values of mappings, the items of sequences, in file order.
    package var texts: [(text: String, location: SourceLocation)] {
        switch content {
        case .scalar(let scalar): [(scalar.text, location)]
        case .sequence(let items): items.flatMap(\.texts)
        case .mapping(let entries): entries.flatMap { [($0.key, $0.keyLocation)] + $0.value.texts }
        }
    }
}
