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

/// Reads the job's own control group, version 1 or 2, from files handed in.
///
/// - SeeAlso: the kernel's documentation, admin-guide/cgroup-v1 and admin-guide/cgroup-v2.
package struct ControlGroup: Sendable {
    /// The content of a file, or `nil` when there is none.
    package typealias FileReader = @Sendable (String) -> String?

    private let read: FileReader
    private let root: String
    /// The group's folders, from its own up to the root, by controller; `""` is version 2.
    private let folders: [String: [String]]

    /// Finds the group's folders below `root`, where the control group file systems are mounted.
    package init(root: String = "/sys/fs/cgroup", read: @escaping FileReader) {
        self.read = read
        self.root = root
        var folders: [String: [String]] = [:]
        for line in (read("/proc/self/cgroup") ?? "").split(separator: "\n") {
            let parts = line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
            guard parts.count == 3 else { continue }
            for controller in parts[1].split(separator: ",", omittingEmptySubsequences: false) {
                folders[String(controller)] = Self.folderAndParents(String(parts[2]))
            }
        }
        self.folders = folders
    }

    /// The files of this machine.
    package static func ofProcess() -> ControlGroup {
        ControlGroup { path in
            guard let bytes = try? Files.read(path, limit: 65_536) else { return nil }
            return String(decoding: bytes, as: UTF8.self)
        }
    }

    package var limits: ControlGroupLimits {
        ControlGroupLimits(memoryBytes: memoryLimit, cpuMillicores: cpuLimit)
    }

    /// Seconds that the group had to wait for its CPU quota.
    package var throttledSeconds: Double? {
        for file in files("", "cpu.stat") {
            if let text = read(file), let microseconds = Self.value(of: "throttled_usec", in: text) {
                return Double(microseconds) / 1e6
            }
        }
        for file in files("cpu", "cpu.stat") {
            if let text = read(file), let nanoseconds = Self.value(of: "throttled_time", in: text) {
                return Double(nanoseconds) / 1e9
            }
        }
        return nil
    }

    private var memoryLimit: Int? {
        let limits = files("", "memory.max") + files("memory", "memory.limit_in_bytes")
        return limits.compactMap { read($0).flatMap(Self.number) }.filter { $0 < Self.unlimited }.min()
    }

    private var cpuLimit: Int? {
        let unified = files("", "cpu.max").compactMap { file -> Int? in
            let parts = (read(file) ?? "").split(whereSeparator: \.isWhitespace).map(String.init)
            return parts.count == 2 ? Self.millicores(quota: Int(parts[0]), period: Int(parts[1])) : nil
        }
        let legacy = folders["cpu", default: []].compactMap { folder -> Int? in
            let quota = read("\(root)/cpu\(folder)/cpu.cfs_quota_us").flatMap(Self.number)
            let period = read("\(root)/cpu\(folder)/cpu.cfs_period_us").flatMap(Self.number)
            return Self.millicores(quota: quota, period: period)
        }
        return (unified + legacy).min()
    }

    /// Larger values are how version 1 says "none": the largest multiple of a page.
    private static let unlimited = 1 << 60

    private static func millicores(quota: Int?, period: Int?) -> Int? {
        guard let quota, let period, quota > 0, period > 0 else { return nil }
        return max(1, Int((Double(quota) / Double(period) * 1_000).rounded()))
    }

    /// The places of a file, nearest group first; a limit of any of them holds.
    private func files(_ controller: String, _ name: String) -> [String] {
        let mount = controller.isEmpty ? [root, "\(root)/unified"] : ["\(root)/\(controller)"]
        return mount.flatMap { mount in folders[controller, default: []].map { "\(mount)\($0)/\(name)" } }
    }

    /// `/a/b` → `/a/b`, `/a`, and the root, which is the group itself inside a container.
    private static func folderAndParents(_ path: String) -> [String] {
        var parts = path.split(separator: "/").map(String.init)
        var folders: [String] = []
        while true {
            folders.append(parts.isEmpty ? "" : "/" + parts.joined(separator: "/"))
            if parts.popLast() == nil { return folders }
        }
    }

    private static func number(_ text: String) -> Int? {
        Int(text.filter { !$0.isWhitespace })
    }

    private static func value(of key: String, in text: String) -> Int? {
        for line in text.split(separator: "\n") {
            let parts = line.split(separator: " ")
            if parts.count == 2, parts[0] == key { return Int(parts[1]) }
        }
        return nil
    }
}
