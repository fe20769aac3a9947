package import NilusCore
import YAML

extension SinkSection {
    /// Reads an address and a table that were given to a command, as the sink section of a manifest is read.
    ///
    /// - Throws: `usageInvalid` (terminal) with everything that is wrong with them.
    package static func read(
        address: String, table: String, dialects: ManifestDialects
    ) throws(NilusError) -> SinkSection {
        guard let address = quoted(address), let table = quoted(table) else {
            throw .sinkUnread(["control characters are in them"])
        }
        let text = "{\"address\": \(address), \"options\": {\"dest-table\": \(table)}}"
        let stream = YAMLStream(parsing: text.utf8, file: "the command line")
        let log = FaultLog()
        guard let document = stream.documents.first,
            let section = SectionReader(document, name: "sink", keys: SinkReader.sectionKeys, log: log)
        else { throw .sinkUnread(["they are no text"]) }
        let sink = SinkReader(dialects: dialects, log: log).read(section)
        let faults = log.faults.filter { $0.severity == .error }
        guard faults.isEmpty else { throw .sinkUnread(faults.map(\.message)) }
        return sink
    }

    /// The text as a double-quoted YAML scalar; `nil` when it has characters that none of ours has.
    private static func quoted(_ text: String) -> String? {
        guard text.unicodeScalars.allSatisfy({ $0.value >= 0x20 && $0.value != 0x7F }) else { return nil }
        return "\"\(text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\""))\""
    }
}

extension NilusError {
    fileprivate static func sinkUnread(_ faults: [String]) -> NilusError {
        NilusError(.workflow, .usageInvalid, "cannot use the address or the table: \(faults.joined(separator: "; "))")
    }
}
