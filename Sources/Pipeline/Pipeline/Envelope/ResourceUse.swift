import Glibc

/// What the process used so far.
package struct ResourceUse: Sendable, Hashable {
    /// The largest resident set, in bytes.
    package let peakMemoryBytes: Int
    /// User and system time.
    package let cpuSeconds: Double

    /// Asks the system.
    package static func current() -> ResourceUse {
        var usage = rusage()
        getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
        return ResourceUse(
            // Linux counts in KiB.
            peakMemoryBytes: usage.ru_maxrss * 1_024,
            cpuSeconds: seconds(usage.ru_utime) + seconds(usage.ru_stime))
    }

    private static func seconds(_ time: timeval) -> Double {
        Double(time.tv_sec) + Double(time.tv_usec) / 1e6
    }
}
