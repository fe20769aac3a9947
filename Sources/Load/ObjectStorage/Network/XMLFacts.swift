import NilusCore

/// What an answer in XML says: the texts of its elements by name, and those of repeated elements apart.
struct XMLFacts {
    /// The name of the outermost element.
    private(set) var root = ""
    /// The texts of elements without children, outside of the records; of several, the last.
    private(set) var facts: [String: String] = [:]
    /// For each element of the record's name, the texts inside it.
    private(set) var records: [[String: String]] = []

    /// Reads an answer.
    ///
    /// - Parameters:
    ///   - answer: one XML document.
    ///   - name: the repeated element, such as `Contents`.
    ///   - wanted: the elements inside a record that matter.
    /// - Throws: `XMLFault`.
    init(reading answer: GrowableBytes, records name: String? = nil, wanted: Set<String> = []) throws(XMLFault) {
        var reader = XMLReader(answer.withBytes { Array($0) })
        var record: [String: String]?
        var text = ""
        var isLeaf = false
        while let event = try reader.next() {
            switch event {
            case .start(let element):
                if root.isEmpty { root = element }
                if element == name { record = [:] }
                text = ""
                isLeaf = true
            case .text(let piece): text += piece
            case .end(let element):
                if element == name, let whole = record {
                    records.append(whole)
                    record = nil
                } else if isLeaf, record != nil {
                    if wanted.contains(element) { record?[element] = text }
                } else if isLeaf {
                    facts[element] = text
                }
                isLeaf = false
                text = ""
            }
        }
    }

    subscript(name: String) -> String? { facts[name] }
}
