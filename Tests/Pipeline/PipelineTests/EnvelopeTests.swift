import NilusCore
import Testing

@testable import Pipeline

private let mebibyte = 1_024 * 1_024

struct `An envelope` {
    private let free = ControlGroupLimits(memoryBytes: nil, cpuMillicores: nil)

    @Test func `is the sample's own figures when nobody says anything`() throws {
        let envelope = try Envelope(requested: (nil, nil), group: free)

        #expect(envelope.memoryBytes == 128 * mebibyte && envelope.memorySource == .standard)
        #expect(envelope.cpuMillicores == 100 && envelope.cpuSource == .standard)
    }

    @Test func `is the manifest's unless the control group allows less`() throws {
        let group = ControlGroupLimits(memoryBytes: 200 * mebibyte, cpuMillicores: 500)

        let larger = try Envelope(requested: (250, 512 * mebibyte), group: group)
        let smaller = try Envelope(requested: (250, 100 * mebibyte), group: group)

        #expect(larger.memoryBytes == 200 * mebibyte && larger.memorySource == .cgroup)
        #expect(smaller.memoryBytes == 100 * mebibyte && smaller.memorySource == .manifest)
        #expect(larger.cpuMillicores == 250 && larger.cpuSource == .manifest)
    }

    @Test func `plans for no more than it has, whatever its size`() throws {
        for mebibytes in stride(from: 64, through: 4_096, by: 8) {
            let envelope = try Envelope(requested: (nil, mebibytes * mebibyte), group: free)
            let planned =
                Envelope.fixedBytes + envelope.parallelEndpoints * (Envelope.bytesPerEndpoint + envelope.rowGroupBytes)

            #expect(planned <= envelope.memoryBytes)
            #expect((1...Envelope.mostParallelEndpoints).contains(envelope.parallelEndpoints))
            #expect((Envelope.smallestRowGroup...Envelope.largestRowGroup).contains(envelope.rowGroupBytes))
        }
    }

    @Test func `that cannot work is refused with the smallest that can`() throws {
        let error = try #require(throws: NilusError.self) {
            try Envelope(requested: (nil, 32 * mebibyte), group: free)
        }

        #expect(error.code == .envelopeTooSmall && error.code.exitCode == .configuration)
        #expect(
            error.message == "cannot run in 32 MiB of memory (manifest): one endpoint needs at least 64 MiB; "
                + "raise 'resources.limits.memory'")
    }
}

struct `A control group` {
    private func group(_ files: [String: String]) -> ControlGroup {
        ControlGroup { files[$0] }
    }

    @Test func `of version 2 is read up to the root, the tightest limit holding`() {
        let group = group([
            "/proc/self/cgroup": "0::/kubepods/pod1/c1\n",
            "/sys/fs/cgroup/kubepods/pod1/c1/memory.max": "max\n",
            "/sys/fs/cgroup/kubepods/pod1/memory.max": "134217728\n",
            "/sys/fs/cgroup/kubepods/memory.max": "1073741824\n",
            "/sys/fs/cgroup/kubepods/pod1/c1/cpu.max": "10000 100000\n",
            "/sys/fs/cgroup/kubepods/pod1/cpu.max": "max 100000\n",
            "/sys/fs/cgroup/kubepods/pod1/c1/cpu.stat": "usage_usec 5\nthrottled_usec 1500000\n",
        ])

        #expect(group.limits == ControlGroupLimits(memoryBytes: 134_217_728, cpuMillicores: 100))
        #expect(group.throttledSeconds == 1.5)
    }

    @Test func `of version 1 has a folder for each controller`() {
        let group = group([
            "/proc/self/cgroup": "9:memory:/docker/abc\n4:cpu,cpuacct:/docker/abc\n1:name=systemd:/x\n",
            "/sys/fs/cgroup/memory/docker/abc/memory.limit_in_bytes": "134217728\n",
            "/sys/fs/cgroup/memory/memory.limit_in_bytes": "9223372036854771712\n",
            "/sys/fs/cgroup/cpu/docker/abc/cpu.cfs_quota_us": "25000\n",
            "/sys/fs/cgroup/cpu/docker/abc/cpu.cfs_period_us": "100000\n",
            "/sys/fs/cgroup/cpu/cpu.cfs_quota_us": "-1\n", "/sys/fs/cgroup/cpu/cpu.cfs_period_us": "100000\n",
            "/sys/fs/cgroup/cpu/docker/abc/cpu.stat": "nr_periods 3\nthrottled_time 250000000\n",
        ])

        #expect(group.limits == ControlGroupLimits(memoryBytes: 134_217_728, cpuMillicores: 250))
        #expect(group.throttledSeconds == 0.25)
    }

    @Test func `inside a container is the root of what is mounted`() {
        let group = group([
            "/proc/self/cgroup": "0::/\n", "/sys/fs/cgroup/memory.max": "67108864",
            "/sys/fs/cgroup/cpu.max": "max 100000",
        ])

        #expect(group.limits == ControlGroupLimits(memoryBytes: 67_108_864, cpuMillicores: nil))
    }

    @Test func `that is not there limits nothing`() {
        #expect(group([:]).limits == ControlGroupLimits(memoryBytes: nil, cpuMillicores: nil))
        #expect(group(["/proc/self/cgroup": "garbage\n::\n"]).throttledSeconds == nil)
    }
}

struct `The use of memory` {
    @Test func `is the high water mark of the process itself`() {
        let status = "Name:\tnilus\nVmPeak:\t  999999 kB\nVmHWM:\t   38123 kB\nVmRSS:\t 1 kB\n"

        #expect(ResourceUse.peakKibibytes(inStatus: status) == 38_123)
        #expect(ResourceUse.peakKibibytes(inStatus: "Name:\tnilus\nVmHWM:\n") == nil)
    }

    @Test func `is known for this process`() {
        #expect(ResourceUse.current().peakMemoryBytes > 1_000_000)
    }
}
