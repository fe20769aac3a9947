import NilusCore
import YAML

/// Finds the table of a sink: in `dest-table`, in the `dataos` address, or the same in both.
struct DestinationReader {
    let log: FaultLog

    /// Longest level of a name, in bytes: what file systems and catalogs hold.
    private static let maximumLevelBytes = 255

    /// Returns `nil` when no table is named properly, and reports why.
    func read(_ options: SectionReader?, address: ManifestAddress, at place: SourceLocation) -> DestinationTable? {
        let depot = address.depotAddress
        guard let entry = options?.probable("dest-table") else { return fromAddress(address, depot, at: place) }
        guard let text = options?.text(of: entry), var levels = levels(of: text) else { return nil }
        if levels.count == 1, let collection = depot?.collection { levels.insert(collection, at: 0) }
        guard levels.count > 1 else {
            log.add(.noSchema(text))
            return nil
        }
        let table = DestinationTable(levels: levels, location: text.location)
        if let depot, !agrees(table, with: depot) { log.add(.twoTables(table, depot)) }
        return table
    }

    private func fromAddress(
        _ address: ManifestAddress, _ depot: DepotAddress?, at place: SourceLocation
    ) -> DestinationTable? {
        guard let collection = depot?.collection, let dataset = depot?.dataset else {
            if address.isComplete { log.add(.noTable(address, at: place)) }
            return nil
        }
        let text = Located("\(collection).\(dataset)", at: address.location)
        return levels(of: text).map { DestinationTable(levels: $0, location: address.location) }
    }

    /// Whether an address with a collection, and perhaps a dataset, can mean the same table.
    private func agrees(_ table: DestinationTable, with depot: DepotAddress) -> Bool {
        guard let collection = depot.collection else { return true }
        guard let dataset = depot.dataset else { return table.namespace.first == collection }
        return table.levels == [collection, dataset] || table.text == "\(collection).\(dataset)"
    }

    /// Splits a name at its dots; reports levels that can be no name.
    private func levels(of text: Located<String>) -> [String]? {
        let levels = text.value.trimmed.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
        for level in levels {
            if let problem = Self.problem(with: level) {
                log.add(.badLevel(text, problem))
                return nil
            }
        }
        return levels
    }

    private static func problem(with level: String) -> String? {
        if level.isEmpty { return "a level is empty" }
        if level.utf8.count > maximumLevelBytes { return "a level is longer than \(maximumLevelBytes) bytes" }
        let literal = withoutPlaceholder(level)
        guard let bad = literal.unicodeScalars.first(where: isNeverPartOfAName) else { return nil }
        let name = bad.value < 0x20 || bad.value == 0x7F ? "a control character" : "'\(bad)'"
        return "\(name) can be part of no name"
    }

    private static func withoutPlaceholder(_ level: String) -> String {
        DestinationTable(levels: [level], location: SourceLocation(file: "", line: 1, column: 1))
            .levels(forEndpoint: "")[0]
    }

    private static func isNeverPartOfAName(_ scalar: Unicode.Scalar) -> Bool {
        scalar.properties.generalCategory == .control || "/\\\"'`{}<>|?*:;#&%=".unicodeScalars.contains(scalar)
    }
}

extension ManifestFault {
    fileprivate static func noSchema(_ text: Located<String>) -> ManifestFault {
        ManifestFault(
            .error, "'dest-table' \(MessageText.quoted(text.value)) names no schema; expected 'schema.table'",
            at: text.location)
    }

    fileprivate static func twoTables(_ table: DestinationTable, _ depot: DepotAddress) -> ManifestFault {
        let other = [depot.collection, depot.dataset].compactMap { $0 }.joined(separator: ".")
        return ManifestFault(
            .error,
            "'dest-table' is \(MessageText.quoted(table.text)) but the sink address names "
                + "\(MessageText.quoted(other)); keep one of them",
            at: table.location)
    }

    fileprivate static func noTable(_ address: ManifestAddress, at place: SourceLocation) -> ManifestFault {
        let hint = address.scheme == "dataos" ? ", or 'dataos://depot:schema/table' as the address" : ""
        return ManifestFault(
            .error, "the sink names no table; write 'dest-table: schema.table' in its options\(hint)", at: place)
    }

    fileprivate static func badLevel(_ text: Located<String>, _ problem: String) -> ManifestFault {
        ManifestFault(
            .error, "\(MessageText.quoted(text.value)) cannot name a table: \(problem); expected 'schema.table'",
            at: text.location)
    }
}
