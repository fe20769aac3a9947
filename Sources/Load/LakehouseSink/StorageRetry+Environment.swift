import NilusCore
import ObjectStorage

extension StorageRetry {
    /// The variable that says, in seconds, how long one request to a storage is tried.
    private static let patienceVariable = "NILUS_STORAGE_RETRY_SECONDS"

    /// As patient as the job's environment says, else as usual.
    ///
    /// - Throws: `configurationInvalid` (terminal) when that is no number of seconds of at most a day.
    init(_ environment: EnvironmentVariables) throws(NilusError) {
        guard let text = environment[Self.patienceVariable] else {
            self.init()
            return
        }
        guard let seconds = Int64(text), (0...86_400).contains(seconds) else {
            throw NilusError(
                .load, .configurationInvalid,
                "cannot read variable '\(Self.patienceVariable)': expected whole seconds from 0 to 86400")
        }
        self.init(patience: .seconds(seconds))
    }
}
