package import Logging
package import NilusCore

/// Writes log lines to standard error, or wherever `write` leads.
package struct RunLogHandler: LogHandler {
    package var metadataProvider: Logger.MetadataProvider?
    package var metadata: Logger.Metadata = [:]
    package var logLevel: Logger.Level

    private let format: LogFormat
    private let time: TimeSource
    private let write: @Sendable ([UInt8]) -> Void

    package init(
        _ format: LogFormat, level: Logger.Level, time: TimeSource, write: @escaping @Sendable ([UInt8]) -> Void
    ) {
        self.format = format
        logLevel = level
        self.time = time
        self.write = write
    }

    package subscript(metadataKey key: String) -> Logger.MetadataValue? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    package func log(event: LogEvent) {
        let all = metadata.merging(event.metadata ?? [:]) { _, new in new }
        write(
            LogLine.bytes(
                format, time: time.utc(), level: event.level, message: event.message.description, metadata: all))
    }
}
