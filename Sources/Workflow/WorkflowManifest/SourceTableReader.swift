import NilusCore
import YAML

/// Reads `source-table`: one endpoint, a comma-separated list, or `all`, each with an optional mode.
struct SourceTableReader {
    let log: FaultLog

    private static let modeWords = [":sync", ":sync:incremental"]

    func read(_ options: SectionReader) -> [SourceTable] {
        guard let entry = options.required("source-table"), ValueBound.holds(entry.value, "'\(entry.key)'", log)
        else { return [] }
        let items = entry.value.sequence ?? [entry.value]
        let tables = items.flatMap { item -> [SourceTable] in
            guard let text = options.filledText(item, "'\(entry.key)'") else { return [] }
            return split(text.value, in: item)
        }
        if items.isEmpty { log.add(.noTable(at: entry.value.location)) }
        reportTwice(tables)
        if tables.count > 1, let all = tables.first(where: \.isAll) { log.add(.allAndMore(at: all.location)) }
        return tables
    }

    private func split(_ text: String, in node: YAMLNode) -> [SourceTable] {
        let scalars = Array(text.unicodeScalars)
        return scalars.split(separator: ",", omittingEmptySubsequences: false).compactMap { part in
            let item = part.trimmingWhitespace()
            let place = node.location(ofCharacter: item.startIndex)
            return table(String(String.UnicodeScalarView(item)), at: place)
        }
    }

    private func table(_ text: String, at place: SourceLocation) -> SourceTable? {
        let halves = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        guard let name = halves.first, !name.isEmpty else {
            log.add(.emptyTable(at: place))
            return nil
        }
        let written = halves.count > 1 ? String(halves[1]) : ""
        guard let mode = SourceTable.Mode(rawValue: written), halves.count == 1 || !written.isEmpty else {
            log.add(.unknownMode(String(name), ":" + written, Self.modeWords, at: place))
            return SourceTable(name: String(name), mode: .full, location: place)
        }
        return SourceTable(name: String(name), mode: mode, location: place)
    }

    private func reportTwice(_ tables: [SourceTable]) {
        var seen: Set<String> = []
        for table in tables where !seen.insert(table.name).inserted { log.add(.tableTwice(table)) }
    }
}

extension ArraySlice<Unicode.Scalar> {
    /// The slice without white space at its ends.
    fileprivate func trimmingWhitespace() -> ArraySlice<Unicode.Scalar> {
        let head = drop(while: \.properties.isWhitespace)
        let tail = head.reversed().prefix(while: \.properties.isWhitespace).count
        return head.dropLast(tail)
    }
}

extension ManifestFault {
    fileprivate static func noTable(at place: SourceLocation) -> ManifestFault {
        ManifestFault(.error, "'source-table' is an empty list; name an endpoint or 'all'", at: place)
    }

    fileprivate static func emptyTable(at place: SourceLocation) -> ManifestFault {
        ManifestFault(.error, "'source-table' holds an empty name; expected 'name' or 'name:sync'", at: place)
    }

    fileprivate static func unknownMode(
        _ name: String, _ mode: String, _ modes: [String], at place: SourceLocation
    ) -> ManifestFault {
        let advice = Suggestion.closest(to: mode, in: modes).map { "did you mean \(MessageText.quoted(name + $0))?" }
        let expected = "expected " + alternatives(([""] + modes).map { name + $0 })
        return ManifestFault(
            .error, "unknown mode \(MessageText.quoted(mode)) in 'source-table'; \(advice ?? expected)", at: place)
    }

    fileprivate static func tableTwice(_ table: SourceTable) -> ManifestFault {
        ManifestFault(
            .error, "\(MessageText.quoted(table.name)) is named twice in 'source-table'; keep one of them",
            at: table.location)
    }

    fileprivate static func allAndMore(at place: SourceLocation) -> ManifestFault {
        ManifestFault(
            .error, "'all' stands beside other names in 'source-table'; write 'all' alone, or the names without it",
            at: place)
    }
}
