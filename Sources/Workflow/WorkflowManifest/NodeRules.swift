import NilusCore
import YAML

/// The rules between the source and the sink of one node.
struct NodeRules {
    let log: FaultLog

    func check(_ source: SourceSection, _ sink: SinkSection) {
        checkEndpointName(source, sink)
        checkStrategy(source, sink)
        checkFullRefresh(sink)
        checkPartialReplace(source, sink)
        checkPartialInterval(source, sink)
        checkPrimaryKeys(source, sink)
    }

    /// Several endpoints in one table would mix records of different shapes.
    private func checkEndpointName(_ source: SourceSection, _ sink: SinkSection) {
        guard source.hasManyTables, !sink.destination.levels.isEmpty, !sink.destination.hasEndpoint else { return }
        log.add(.endpointMissing(sink.destination))
    }

    private func checkStrategy(_ source: SourceSection, _ sink: SinkSection) {
        guard let strategy = sink.options.incrementalStrategy, strategy.value == .replace else { return }
        for table in source.tables where table.mode == .syncIncremental {
            log.add(.incrementalReplace(table, at: strategy.location))
        }
    }

    /// Everything is read again, which `append` would then hold twice; so the table is replaced: allowed, but said.
    private func checkFullRefresh(_ sink: SinkSection) {
        guard appendsAnew(sink), let place = sink.options.fullRefresh?.location else { return }
        log.add(.replacingRefresh(at: place))
    }

    private func appendsAnew(_ sink: SinkSection) -> Bool {
        sink.options.fullRefresh?.value == true && sink.options.incrementalStrategy?.value == .append
    }

    /// A table that is replaced by a part of the data holds that part only: allowed, but said.
    private func checkPartialReplace(_ source: SourceSection, _ sink: SinkSection) {
        let strategy = sink.options.incrementalStrategy?.value
        // Without a strategy, full loads replace: the job's default.
        let replaces = strategy == nil && source.tables.contains { $0.mode != .syncIncremental }
        guard strategy == .replace || replaces || appendsAnew(sink) else { return }
        let options = source.options
        let parts = [
            ("interval-start", options.intervalStart?.location), ("interval-end", options.intervalEnd?.location),
            ("yield-limit", options.yieldLimit?.location),
        ]
        for case (let key, let place?) in parts { log.add(.partialReplace(key, at: place)) }
    }

    /// Rows of the interval that a trial does not read would be gone: not what a trial is for.
    private func checkPartialInterval(_ source: SourceSection, _ sink: SinkSection) {
        guard sink.options.incrementalStrategy?.value == .deleteInsert, let limit = source.options.yieldLimit else {
            return
        }
        log.add(.partialInterval(at: limit.location))
    }

    private func checkPrimaryKeys(_ source: SourceSection, _ sink: SinkSection) {
        guard let ofSource = source.options.primaryKey, let ofSink = sink.options.primaryKey,
            ofSource.value != ofSink.value
        else { return }
        log.add(.twoPrimaryKeys(at: max(ofSource.location, ofSink.location)))
    }
}

extension ManifestFault {
    fileprivate static func endpointMissing(_ destination: DestinationTable) -> ManifestFault {
        let example = (destination.namespace + [DestinationTable.endpointPlaceholder]).joined(separator: ".")
        return ManifestFault(
            .error,
            "table \(MessageText.quoted(destination.text)) would receive several endpoints; expected '{endpoint}' in "
                + "its name, such as \(MessageText.quoted(example))",
            at: destination.location)
    }

    fileprivate static func incrementalReplace(_ table: SourceTable, at place: SourceLocation) -> ManifestFault {
        let name = MessageText.quoted(table.name + ":sync:incremental")
        return ManifestFault(
            .error,
            "'incremental-strategy' 'replace' would drop what earlier runs of \(name) loaded; "
                + "use 'append' or 'merge', or drop ':sync:incremental'",
            at: place)
    }

    fileprivate static func replacingRefresh(at place: SourceLocation) -> ManifestFault {
        ManifestFault(
            .warning,
            "'full-refresh' with 'incremental-strategy' 'append' replaces the table, and rows that the source no longer "
                + "gives are gone; 'merge' keeps them",
            at: place)
    }

    fileprivate static func partialReplace(_ key: String, at place: SourceLocation) -> ManifestFault {
        ManifestFault(
            .warning, "'\(key)' with 'incremental-strategy' 'replace' leaves only a part of the data in the table",
            at: place)
    }

    fileprivate static func partialInterval(at place: SourceLocation) -> ManifestFault {
        ManifestFault(
            .error,
            "'yield-limit' with 'incremental-strategy' 'delete+insert' would delete rows of the interval that it does "
                + "not read; use 'merge', or remove 'yield-limit'", at: place)
    }

    fileprivate static func twoPrimaryKeys(at place: SourceLocation) -> ManifestFault {
        ManifestFault(
            .error, "'primary-key' differs between 'source.options' and 'sink.options'; keep one of them", at: place)
    }
}
