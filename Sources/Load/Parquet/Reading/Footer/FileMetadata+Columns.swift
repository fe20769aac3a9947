extension FileMetadata {
    /// Groups inside each other that a schema may have.
    private static let largestDepth = 64

    /// The leaves of the schema, in order.
    ///
    /// - Throws: `ParquetFault` when the groups do not hold what they say.
    func columns() throws(ParquetFault) -> [ParquetFileColumn] {
        guard let root = schema.first else { throw ParquetFault("no schema") }
        // The groups that are open, outermost first, and how many members each still awaits.
        var open: [(name: String, membersLeft: Int)] = [("", try root.memberCount())]
        var columns: [ParquetFileColumn] = []
        for element in schema.dropFirst() {
            while let last = open.last, last.membersLeft == 0 { open.removeLast() }
            guard !open.isEmpty else { throw ParquetFault("a schema with elements outside of its root") }
            open[open.count - 1].membersLeft -= 1
            if element.physicalType == nil {
                open.append((element.name, try element.memberCount()))
                guard open.count <= Self.largestDepth else {
                    throw ParquetFault("a schema of more than \(Self.largestDepth) levels")
                }
            } else {
                let names = open.dropFirst().map(\.name) + [element.name]
                columns.append(ParquetFileColumn(element, at: columns.count, names: names))
            }
        }
        guard open.allSatisfy({ $0.membersLeft == 0 }) else { throw ParquetFault("a schema without its last elements") }
        return columns
    }
}

extension SchemaElement {
    fileprivate func memberCount() throws(ParquetFault) -> Int {
        guard let childCount, childCount >= 0 else { throw ParquetFault("a group '\(name)' without members") }
        return Int(childCount)
    }
}

extension ParquetFileColumn {
    fileprivate init(_ element: SchemaElement, at position: Int, names: [String]) {
        let repetition = element.repetition.flatMap(SchemaElement.Repetition.init(rawValue:))
        self.init(
            name: names.joined(separator: "."), fieldID: element.fieldID, isRequired: repetition == .required,
            position: position, storedType: element.storedType, values: StoredValues(element),
            isNested: names.count > 1 || repetition == .repeated || repetition == nil)
    }
}
