import Glibc

/// Runs an asynchronous job from the main thread, which meanwhile waits for signals.
///
/// SIGTERM and SIGINT cancel the job, so that it ends cleanly; a second one ends the process at once.
/// The waiting also makes the handler that process 1 of a container does not have by itself.
enum Interruption {
    /// Sent by the job's task to the waiting main thread when it is done.
    private static let done = SIGUSR1

    /// - Precondition: called on the main thread before any other thread starts.
    static func run(_ job: @escaping @Sendable () async -> Void) {
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
            if task.isCancelled { _exit(75) }
            task.cancel()
        }
    }
}
