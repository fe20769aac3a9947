import NilusCore
import YAML

/// Reads the `source` section.
struct SourceReader {
    let dialects: ManifestDialects
    let log: FaultLog

    /// Keys that a section with an address may have.
    static let sectionKeys = KeySet.resource(["address", "options"])

    /// Options of a source: those that Nilus documents, and `requests-per-second` of our own.
    static let optionNames = [
        "source-table", "primary-key", "incremental-key", "interval-start", "interval-end", "type-hints", "page-size",
        "extract-parallelism", "yield-limit", "mask", "max-table-nesting", "sql-exclude-columns",
        "requests-per-second",
    ]

    private static let optionKeys = KeySet.options(optionNames, neighbor: ("sink.options", SinkReader.optionNames))

    func read(_ section: SectionReader) -> SourceSection {
        let address = AddressReader(name: "source address", schemes: dialects.sourceSchemes, log: log).read(section)
        guard let options = section.requiredSection("options", as: "source.options", keys: Self.optionKeys) else {
            return SourceSection(address: address, tables: [], options: SourceOptions(), location: section.location)
        }
        return SourceSection(
            address: address, tables: SourceTableReader(log: log).read(options), options: self.options(options),
            location: section.location)
    }

    private func options(_ section: SectionReader) -> SourceOptions {
        let columns = ColumnOptionReader(log: log)
        var options = SourceOptions()
        options.primaryKey = columns.list(section, "primary-key")
        options.incrementalKey = section.text("incremental-key")
        options.intervalStart = section.timestamp("interval-start")
        options.intervalEnd = section.timestamp("interval-end")
        options.typeHints = columns.typeHints(section)
        options.pageSize = section.integer("page-size", in: 1...1_000_000)
        options.extractParallelism = section.integer("extract-parallelism", in: 1...1_000)
        options.yieldLimit = section.integer("yield-limit", in: 1...1_000_000_000)
        options.masks = columns.masks(section)
        options.maxTableNesting = section.integer("max-table-nesting", in: 0...100)
        options.excludedColumns = columns.list(section, "sql-exclude-columns")
        options.requestsPerSecond = requestRate(section)
        if let start = options.intervalStart, let end = options.intervalEnd, start.value >= end.value {
            log.add(.emptyInterval(start, end))
        }
        return options
    }

    private func requestRate(_ section: SectionReader) -> Located<RequestRate>? {
        guard let text = section.text("requests-per-second") else { return nil }
        if text.value == "max" { return Located(.maximum, at: text.location) }
        let scalar = YAMLScalar(text.value, isPlain: true)
        guard let rate = scalar.number, rate > 0 else {
            log.add(.badRate(text))
            return nil
        }
        return Located(.perSecond(rate), at: text.location)
    }
}

extension ManifestFault {
    fileprivate static func emptyInterval(_ start: Located<Timestamp>, _ end: Located<Timestamp>) -> ManifestFault {
        ManifestFault(
            .error, "'interval-end' is \(end.value), not after 'interval-start', \(start.value); swap or widen them",
            at: end.location)
    }

    fileprivate static func badRate(_ text: Located<String>) -> ManifestFault {
        ManifestFault(
            .error,
            "'requests-per-second' must be a number above zero, or 'max'; found \(MessageText.quoted(text.value))",
            at: text.location)
    }
}
