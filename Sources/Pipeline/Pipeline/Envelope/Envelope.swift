package import NilusCore

/// The CPU and memory budget of a run, and the bounds that follow from it.
///
/// The job never throttles itself: the platform does that. CPU only decides how much is worth doing at
/// once; memory decides how much may be held.
package struct Envelope: Sendable, Hashable {
    package let memoryBytes: Int
    package let cpuMillicores: Int
    package let memorySource: BudgetSource
    package let cpuSource: BudgetSource

    /// The sample's own figures.
    package static let defaultMemoryBytes = 128 * 1_024 * 1_024
    package static let defaultCPUMillicores = 100

    /// Memory that the program takes before it holds any data: code, libraries, connections, threads (measured).
    static let fixedBytes = 40 * 1_024 * 1_024
    /// Share of the budget that is never planned for: the kernel counts page cache and fragments too.
    static let reserveShare = 0.125
    /// What one endpoint needs while it loads, besides its row group: two pages with their index, one
    /// page in column form, open pages and dictionaries of some 80 columns (measured).
    static let bytesPerEndpoint = 10 * 1_024 * 1_024
    /// Row groups smaller than this make slow tables.
    static let smallestRowGroup = 2 * 1_024 * 1_024
    /// Larger ones bring nothing more.
    static let largestRowGroup = 16 * 1_024 * 1_024
    /// Share of the budget for the keys of rows that are merged: at 128 MiB, those of some 120,000 rows.
    static let keyShare = 1.0 / 16
    /// Endpoints that are loaded at once at most: the account's rate is spent by then.
    static let mostParallelEndpoints = 5

    /// The smallest memory budget with which one endpoint can be loaded.
    package static let smallestMemoryBytes = 64 * 1_024 * 1_024

    package init(memoryBytes: Int, cpuMillicores: Int, memorySource: BudgetSource, cpuSource: BudgetSource) {
        self.memoryBytes = memoryBytes
        self.cpuMillicores = cpuMillicores
        self.memorySource = memorySource
        self.cpuSource = cpuSource
    }

    /// Bytes that may hold data.
    private var workingBytes: Int {
        max(0, memoryBytes - Int(Double(memoryBytes) * Self.reserveShare) - Self.fixedBytes - keyBytes)
    }

    /// Bytes for the keys by which rows are merged, of all endpoints together.
    package var keyBytes: Int { Int(Double(memoryBytes) * Self.keyShare) }

    /// Bytes of files on their way to a storage, of all endpoints together: what their row groups took before.
    package var uploadBytes: Int { parallelEndpoints * rowGroupBytes }

    /// Endpoints that are loaded at once.
    package var parallelEndpoints: Int {
        let fitting = workingBytes / (Self.bytesPerEndpoint + Self.smallestRowGroup)
        return min(max(fitting, 1), Self.mostParallelEndpoints)
    }

    /// Encoded bytes that one open data file may hold before it writes a row group.
    package var rowGroupBytes: Int {
        let share = workingBytes / parallelEndpoints - Self.bytesPerEndpoint
        return min(max(share, Self.smallestRowGroup), Self.largestRowGroup)
    }
}

/// What set a budget.
package enum BudgetSource: String, Sendable, Hashable {
    case manifest
    case cgroup
    /// Neither manifest nor control group says anything.
    case standard = "default"
}

extension Envelope {
    /// The budget of a run: what the manifest asks for, unless the control group allows less.
    ///
    /// - Throws: `envelopeTooSmall` (terminal) when no endpoint can be loaded in it.
    package init(
        requested: (cpuMillicores: Int?, memoryBytes: Int?), group: ControlGroupLimits
    ) throws(NilusError) {
        let memory = Self.tighter(requested.memoryBytes, group.memoryBytes, Self.defaultMemoryBytes)
        let cpu = Self.tighter(requested.cpuMillicores, group.cpuMillicores, Self.defaultCPUMillicores)
        self.init(
            memoryBytes: memory.amount, cpuMillicores: cpu.amount, memorySource: memory.source, cpuSource: cpu.source)
        guard memoryBytes >= Self.smallestMemoryBytes else { throw .envelopeTooSmall(self) }
    }

    private static func tighter(
        _ manifest: Int?, _ group: Int?, _ standard: Int
    ) -> (amount: Int, source: BudgetSource) {
        let asked = manifest ?? standard
        if let group, group < asked { return (group, .cgroup) }
        return (asked, manifest == nil ? .standard : .manifest)
    }
}

extension NilusError {
    fileprivate static func envelopeTooSmall(_ envelope: Envelope) -> NilusError {
        NilusError(
            .workflow, .envelopeTooSmall,
            "cannot run in \(envelope.memoryBytes.asByteCount) of memory (\(envelope.memorySource.rawValue)): "
                + "one endpoint needs at least \(Envelope.smallestMemoryBytes.asByteCount); "
                + "raise 'resources.limits.memory'")
    }
}
