import NilusCore

/// The limits that the kernel holds the job to.
package struct ControlGroupLimits: Sendable, Hashable {
    /// `nil` when there is no limit.
    package let memoryBytes: Int?
    package let cpuMillicores: Int?

    package init(memoryBytes: Int?, cpuMillicores: Int?) {
        self.memoryBytes = memoryBytes
        self.cpuMillicores = cpuMillicores
    }
}

/// What the kernel counted in the groups whose limits hold.
package struct ControlGroupUse: Sendable, Hashable {
    /// Most memory that the group had at once, page cache included; `nil` without a limit or a count of it.
    package let peakMemoryBytes: Int?
    /// `nil` without a CPU quota.
    package let throttling: CPUThrottling?
}

/// How often a CPU quota was used up.
package struct CPUThrottling: Sendable, Hashable {
    /// Time that the group's threads had to wait, added up.
    package let seconds: Double
    /// Periods of the quota in which that happened.
    package let throttledPeriods: Int
    /// Periods in which the group wanted to run.
    package let periods: Int
}

/// Reads the job's own control group, version 1, 2 or both, from files handed in.
///
/// Groups lie in one another and every limit holds, so the tightest counts, and its group is the one whose peak and
/// throttling say how close the job came.
///
/// - SeeAlso: the kernel's documentation, admin-guide/cgroup-v1 and admin-guide/cgroup-v2.
package struct ControlGroup: Sendable {
    /// The content of a file, or `nil` when there is none.
    package typealias FileReader = @Sendable (String) -> String?

    private let read: FileReader
    private let folders: ControlGroupFolders

    /// Finds the group's folders.
    package init(read: @escaping FileReader) {
        self.read = read
        folders = ControlGroupFolders(
            membership: read("/proc/self/cgroup") ?? "", mounts: read("/proc/self/mountinfo") ?? "")
    }

    /// The files of this machine.
    package static func ofProcess() -> ControlGroup {
        ControlGroup { path in
            guard let bytes = try? Files.read(path, limit: largestFileBytes) else { return nil }
            return String(decoding: bytes, as: UTF8.self)
        }
    }

    /// A node with hundreds of containers lists their mounts in one file.
    private static let largestFileBytes = 1_048_576

    /// The tightest limits of the group and those around it.
    package var limits: ControlGroupLimits {
        ControlGroupLimits(memoryBytes: tightestMemory?.amount, cpuMillicores: tightestCPU?.amount)
    }

    /// What was counted so far where those limits are.
    package var use: ControlGroupUse {
        ControlGroupUse(peakMemoryBytes: tightestMemory.flatMap(peak), throttling: tightestCPU.flatMap(throttling))
    }

    /// A limit and the folder of the group that has it.
    private struct Limit {
        let folder: String
        let amount: Int
    }

    private var tightestMemory: Limit? {
        let unified = folders.unified.map { (folder: $0, amount: number("\($0)/memory.max")) }
        let legacy = folders.memory.map { (folder: $0, amount: number("\($0)/memory.limit_in_bytes")) }
        return Self.tightest(unified + legacy)
    }

    private var tightestCPU: Limit? {
        let unified = folders.unified.map { folder -> (folder: String, amount: Int?) in
            let parts = (read("\(folder)/cpu.max") ?? "").split(whereSeparator: \.isWhitespace)
            return (folder, parts.count == 2 ? Self.millicores(quota: Int(parts[0]), period: Int(parts[1])) : nil)
        }
        let legacy = folders.cpu.map { folder -> (folder: String, amount: Int?) in
            let quota = number("\(folder)/cpu.cfs_quota_us")
            return (folder, Self.millicores(quota: quota, period: number("\(folder)/cpu.cfs_period_us")))
        }
        return Self.tightest(unified + legacy)
    }

    private static func tightest(_ limits: [(folder: String, amount: Int?)]) -> Limit? {
        var tightest: Limit?
        for case (let folder, let amount?) in limits where amount < tightest?.amount ?? unlimited {
            tightest = Limit(folder: folder, amount: amount)
        }
        return tightest
    }

    /// Larger values are how version 1 says "none": the largest multiple of a page.
    private static let unlimited = 1 << 60

    private static func millicores(quota: Int?, period: Int?) -> Int? {
        guard let quota, let period, quota > 0, period > 0 else { return nil }
        // Far more CPUs than any machine has are as good as no limit.
        return Int(exactly: (Double(quota) / Double(period) * 1_000).rounded()).map { max(1, $0) }
    }

    private func peak(_ limit: Limit) -> Int? {
        number("\(limit.folder)/memory.peak") ?? number("\(limit.folder)/memory.max_usage_in_bytes")
    }

    private func throttling(_ limit: Limit) -> CPUThrottling? {
        guard let facts = read("\(limit.folder)/cpu.stat").map(Self.facts), let periods = facts["nr_periods"],
            let throttledPeriods = facts["nr_throttled"]
        else { return nil }
        let seconds =
            facts["throttled_usec"].map { Double($0) / 1e6 } ?? facts["throttled_time"].map { Double($0) / 1e9 }
        return seconds.map { CPUThrottling(seconds: $0, throttledPeriods: throttledPeriods, periods: periods) }
    }

    private func number(_ path: String) -> Int? {
        read(path).flatMap { text in Int(text.filter { !$0.isWhitespace }) }
    }

    /// Reads lines of a name and a number.
    private static func facts(_ text: String) -> [Substring: Int] {
        var facts: [Substring: Int] = [:]
        for line in text.split(separator: "\n") {
            let parts = line.split(separator: " ")
            if parts.count == 2, let value = Int(parts[1]) { facts[parts[0]] = value }
        }
        return facts
    }
}
