import Logging
import NilusCore
import RunLog
import TerminalStatus
import WorkflowManifest

/// What a job says on standard error: log lines, and what is wrong with its manifests.
struct JobLog: Sendable {
    let logger: Logger
    private let format: LogFormat
    private let write: @Sendable ([UInt8]) -> Void

    /// `wanted` is the level that the manifests ask for.
    init(_ options: RunOptions, wanted: Logger.Level?, time: TimeSource, display: TerminalDisplay?) {
        // A terminal shows the progress instead of the usual lines.
        let level = options.logLevel ?? wanted ?? (display == nil ? .info : .warning)
        let write: @Sendable ([UInt8]) -> Void = { bytes in
            if let display { display.writeAbove(bytes) } else { printToStandardError(bytes) }
        }
        let handler = RunLogHandler(options.logFormat, level: level, time: time, write: write)
        logger = Logger(label: "nilus") { _ in handler }
        format = options.logFormat
        self.write = write
    }

    /// Says a fault as compilers do, or as a record for collectors.
    func tell(_ fault: ManifestFault) {
        switch format {
        case .text: write(Array("\(fault.description)\n".utf8))
        case .json:
            let place: Logger.Metadata = [
                "file": "\(fault.location.file)", "line": .stringConvertible(fault.location.line),
                "column": .stringConvertible(fault.location.column), "fault": "\(fault.message)",
            ]
            logger.log(level: fault.severity == .error ? .error : .warning, "manifest has a fault", metadata: place)
        }
    }

    /// Says why nothing is run.
    func tell(_ error: NilusError) {
        switch format {
        case .text: write(Array("\(error.line)\n".utf8))
        case .json:
            logger.error("run refused", metadata: ["error": "\(error.line)", "code": "\(error.code.rawValue)"])
        }
    }
}
