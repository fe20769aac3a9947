import NilusCore
import Synchronization

/// Carries the exit code from the job's task to the main thread.
final class SharedExitCode: Sendable {
    // A job that ends without saying how has a defect.
    private let code = Mutex(ExitCode.defect)

    var value: ExitCode { code.withLock { $0 } }

    func set(_ newCode: ExitCode) { code.withLock { $0 = newCode } }
}
