import Glibc
import NilusCore

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
            // Without /proc, the figure that may be the starting process's own: `ru_maxrss` outlives exec. In KiB.
            peakMemoryBytes: (peakKibibytes(inStatus: status()) ?? usage.ru_maxrss) * 1_024,
            cpuSeconds: seconds(usage.ru_utime) + seconds(usage.ru_stime))
    }

    private static func status() -> String {
        guard let bytes = try? Files.read("/proc/self/status", limit: 65_536) else { return "" }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// The "high water mark" of the resident set, as proc(5) tells it: `VmHWM:	   12345 kB`.
    static func peakKibibytes(inStatus text: String) -> Int? {
        text.split(separator: "\n").first { $0.hasPrefix("VmHWM:") }
            .flatMap { line in line.split(whereSeparator: \.isWhitespace).dropFirst().first.flatMap { Int($0) } }
    }

    private static func seconds(_ time: timeval) -> Double {
        Double(time.tv_sec) + Double(time.tv_usec) / 1e6
    }
}
