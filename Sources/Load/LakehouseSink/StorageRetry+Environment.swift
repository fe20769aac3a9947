import NilusCore
import ObjectStorage

extension StorageRetry {
    /// As patient as the job's environment says, else as usual.
    ///
    /// - Throws: `configurationInvalid` (terminal) when that is no number of seconds of at most a day.
    init(_ environment: EnvironmentVariables) throws(NilusError) {
        let patience = try environment.seconds("NILUS_STORAGE_RETRY_SECONDS", in: 0...86_400)
        if let patience { self.init(patience: patience) } else { self.init() }
    }
}
