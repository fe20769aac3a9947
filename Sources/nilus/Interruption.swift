import Glibc
import NilusCore

/// Runs an asynchronous job from the main thread, which meanwhile waits for signals.
///
/// SIGTERM and SIGINT cancel the job, so that it ends cleanly. A second one ends the process at once, whatever the job
/// waits for, with no more than a last word. The waiting also makes the handler that process 1 of a container does not
/// have by itself.
enum Interruption {
    /// Sent by the job's task to the waiting main thread when it is done.
    private static let done = SIGUSR1

    /// - Precondition: called on the main thread before any other thread starts.
    /// - Parameters:
    ///   - stop: says the last word of a job that is asked a second time, and with which code to leave.
    ///   - job: what is run, in a task of its own that the first signal cancels.
    static func run(stop: () -> ExitCode = { .tryAgain }, _ job: @escaping @Sendable () async -> Void) {
        var signals = sigset_t()
        sigemptyset(&signals)
        for signal in [SIGTERM, SIGINT, done] { sigaddset(&signals, signal) }
        pthread_sigmask(SIG_BLOCK, &signals, nil)
        let task = Task.detached {
            await job()
            kill(getpid(), done)
        }
        var received: Int32 = 0
        while true {
            sigwait(&signals, &received)
            if received == done { return }
            if task.isCancelled { leave(stop) }
            task.cancel()
        }
    }

    /// Ends the process without waiting for any other thread.
    private static func leave(_ stop: () -> ExitCode) -> Never {
        // The last word goes to files and pipes, and a file system or a reader that hangs must not keep the process.
        signal(SIGALRM) { _ in _exit(ExitCode.tryAgain.rawValue) }
        alarm(lastWordSeconds)
        _exit(stop().rawValue)
    }

    /// The last word takes some milliseconds.
    private static let lastWordSeconds: UInt32 = 1
}
