import Testing

@testable import Pipeline

struct `A control group` {
    private static let mebibyte = 1_024 * 1_024
    /// Version 2 alone, as most machines have it.
    private static let unified = "30 23 0:26 / /sys/fs/cgroup rw,relatime - cgroup2 cgroup2 rw,nsdelegate\n"
    /// Version 1, the CPU controller together with its accounting.
    private static let legacy =
        "31 23 0:28 / /sys/fs/cgroup rw,relatime - tmpfs tmpfs rw,mode=755\n"
        + "32 31 0:29 / /sys/fs/cgroup/cpu,cpuacct rw,relatime shared:9 - cgroup cgroup rw,cpu,cpuacct\n"
        + "35 31 0:32 / /sys/fs/cgroup/memory rw,relatime - cgroup cgroup rw,memory\n"

    private func group(_ membership: String, _ mounts: String, _ files: [String: String]) -> ControlGroup {
        let kernel = ["/proc/self/cgroup": membership, "/proc/self/mountinfo": mounts]
        return ControlGroup { kernel[$0] ?? files[$0] }
    }

    @Test func `of version 2 is read up to the root, the tightest limits holding`() {
        let group = group(
            "0::/kubepods/pod1/c1\n", Self.unified,
            [
                "/sys/fs/cgroup/kubepods/pod1/c1/memory.max": "max\n",
                "/sys/fs/cgroup/kubepods/pod1/c1/memory.peak": "50\n",
                "/sys/fs/cgroup/kubepods/pod1/memory.max": "134217728\n",
                "/sys/fs/cgroup/kubepods/pod1/memory.peak": "60000000\n",
                "/sys/fs/cgroup/kubepods/memory.max": "1073741824\n",
                "/sys/fs/cgroup/kubepods/pod1/c1/cpu.max": "10000 100000\n",
                "/sys/fs/cgroup/kubepods/pod1/cpu.max": "max 100000\n",
                "/sys/fs/cgroup/kubepods/pod1/c1/cpu.stat":
                    "usage_usec 5\nnr_periods 74\nnr_throttled 67\nthrottled_usec 1500000\n",
            ])

        #expect(group.limits == ControlGroupLimits(memoryBytes: 128 * Self.mebibyte, cpuMillicores: 100))
        #expect(
            group.use
                == ControlGroupUse(
                    peakMemoryBytes: 60_000_000,
                    throttling: CPUThrottling(seconds: 1.5, throttledPeriods: 67, periods: 74)))
    }

    /// `memory.peak` came with Linux 5.19; what the process itself took at most is told all the same.
    @Test func `of version 2 tells no peak where the kernel counts none`() {
        let group = group(
            "0::/job\n", Self.unified,
            [
                "/sys/fs/cgroup/job/memory.max": "134217728\n", "/sys/fs/cgroup/job/memory.current": "1000000\n",
                "/sys/fs/cgroup/job/cpu.max": "10000 100000\n",
                "/sys/fs/cgroup/job/cpu.stat": "nr_periods 7\nnr_throttled 6\nthrottled_usec 500000\n",
            ])

        #expect(group.limits == ControlGroupLimits(memoryBytes: 128 * Self.mebibyte, cpuMillicores: 100))
        #expect(
            group.use
                == ControlGroupUse(
                    peakMemoryBytes: nil, throttling: CPUThrottling(seconds: 0.5, throttledPeriods: 6, periods: 7)))
    }

    @Test func `of version 1 has a hierarchy for each controller`() {
        let group = group(
            "9:memory:/docker/abc\n4:cpu,cpuacct:/docker/abc\n1:name=systemd:/x\n", Self.legacy,
            [
                "/sys/fs/cgroup/memory/docker/abc/memory.limit_in_bytes": "134217728\n",
                "/sys/fs/cgroup/memory/docker/abc/memory.max_usage_in_bytes": "99000000\n",
                "/sys/fs/cgroup/memory/memory.limit_in_bytes": "9223372036854771712\n",
                "/sys/fs/cgroup/cpu,cpuacct/docker/abc/cpu.cfs_quota_us": "25000\n",
                "/sys/fs/cgroup/cpu,cpuacct/docker/abc/cpu.cfs_period_us": "100000\n",
                "/sys/fs/cgroup/cpu,cpuacct/cpu.cfs_quota_us": "-1\n",
                "/sys/fs/cgroup/cpu,cpuacct/cpu.cfs_period_us": "100000\n",
                "/sys/fs/cgroup/cpu,cpuacct/docker/abc/cpu.stat":
                    "nr_periods 3\nnr_throttled 2\nthrottled_time 250000000\n",
            ])

        #expect(group.limits == ControlGroupLimits(memoryBytes: 128 * Self.mebibyte, cpuMillicores: 250))
        #expect(
            group.use
                == ControlGroupUse(
                    peakMemoryBytes: 99_000_000,
                    throttling: CPUThrottling(seconds: 0.25, throttledPeriods: 2, periods: 3)))
    }

    @Test func `may have version 1 beside version 2`() {
        let group = group(
            "4:memory:/job\n1:cpu:/job\n0::/job\n",
            Self.legacy + "41 31 0:38 / /sys/fs/cgroup/unified rw,relatime - cgroup2 cgroup2 rw\n",
            [
                "/sys/fs/cgroup/memory/job/memory.limit_in_bytes": "134217728\n",
                "/sys/fs/cgroup/unified/job/cpu.max": "50000 100000\n",
            ])

        #expect(group.limits == ControlGroupLimits(memoryBytes: 128 * Self.mebibyte, cpuMillicores: 500))
    }

    /// Recorded on Linux 6.18, of a loop in a shell that was given a tenth of a CPU.
    @Test func `is read where a kernel shows version 2 without its controllers and more counters than it once had`() {
        let group = group(
            "9:name=systemd:/\n8:pids:/\n4:memory:/job\n3:cpuset:/\n2:cpuacct:/\n1:cpu:/job\n0::/\n",
            """
            135 134 0:28 / /sys/fs/cgroup rw,relatime - tmpfs tmpfs rw,mode=755
            136 135 0:29 / /sys/fs/cgroup/cpu rw,relatime - cgroup cgroup rw,cpu
            137 135 0:30 / /sys/fs/cgroup/cpuacct rw,relatime - cgroup cgroup rw,cpuacct
            139 135 0:32 / /sys/fs/cgroup/memory rw,relatime - cgroup cgroup rw,memory
            144 135 0:37 / /sys/fs/cgroup/systemd rw,relatime - cgroup cgroup rw,name=systemd
            145 135 0:38 / /sys/fs/cgroup/unified rw,relatime - cgroup2 cgroup2 rw

            """,
            [
                "/sys/fs/cgroup/memory/job/memory.limit_in_bytes": "134217728\n",
                "/sys/fs/cgroup/memory/job/memory.max_usage_in_bytes": "950272\n",
                "/sys/fs/cgroup/memory/memory.limit_in_bytes": "9223372036854771712\n",
                "/sys/fs/cgroup/cpu/job/cpu.cfs_quota_us": "10000\n",
                "/sys/fs/cgroup/cpu/job/cpu.cfs_period_us": "100000\n",
                "/sys/fs/cgroup/cpu/job/cpu.stat":
                    "nr_periods 52\nnr_throttled 51\nthrottled_time 2852369328\nnr_bursts 0\nburst_time 0\n",
                "/sys/fs/cgroup/cpu/cpu.cfs_quota_us": "-1\n", "/sys/fs/cgroup/cpu/cpu.cfs_period_us": "100000\n",
                "/sys/fs/cgroup/unified/cpu.stat":
                    "usage_usec 6906363710\nuser_usec 6198236080\nsystem_usec 708127629\nnice_usec 80561840\n",
            ])

        #expect(group.limits == ControlGroupLimits(memoryBytes: 128 * Self.mebibyte, cpuMillicores: 100))
        #expect(
            group.use
                == ControlGroupUse(
                    peakMemoryBytes: 950_272,
                    throttling: CPUThrottling(seconds: 2.852369328, throttledPeriods: 51, periods: 52)))
    }

    /// What a container sees: the membership as the host or as its own namespace tells it, and what is mounted.
    struct View: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let group: String
        let root: String
    }

    static let views = [
        View(
            testDescription: "the host's path, the container's own group mounted", group: "/pods/c1", root: "/pods/c1"),
        View(testDescription: "a namespace of its own", group: "/", root: "/"),
        View(testDescription: "a namespace of its own, mounted from the host", group: "/", root: "/pods/c1"),
        View(testDescription: "a group outside of the namespace", group: "/../c2", root: "/.."),
        View(testDescription: "a group beside the one that is mounted", group: "/pods/c12", root: "/pods/c1"),
    ]

    @Test(arguments: views)
    func `inside a container is what is mounted`(_ view: View) {
        let group = group(
            "7:memory:\(view.group)\n6:cpu:\(view.group)\n0::\(view.group)\n",
            "94 93 0:29 \(view.root) /sys/fs/cgroup/cpu ro,nosuid - cgroup cgroup rw,cpu\n"
                + "97 93 0:32 \(view.root) /sys/fs/cgroup/memory ro,nosuid - cgroup cgroup rw,memory\n",
            [
                "/sys/fs/cgroup/memory/memory.limit_in_bytes": "67108864",
                "/sys/fs/cgroup/cpu/cpu.cfs_quota_us": "10000", "/sys/fs/cgroup/cpu/cpu.cfs_period_us": "100000",
            ])

        #expect(group.limits == ControlGroupLimits(memoryBytes: 64 * Self.mebibyte, cpuMillicores: 100))
    }

    @Test func `below the group that is mounted is found by its own part of the path`() {
        let folders = ControlGroupFolders(
            membership: "0::/pods/c1/inner\n",
            mounts: "30 23 0:26 /pods/c1 /mnt/control\\040groups ro - cgroup2 none rw\n")

        #expect(folders.unified == ["/mnt/control groups/inner", "/mnt/control groups"])
    }

    @Test func `without limits has nothing to tell`() {
        let group = group(
            "0::/user.slice\n", Self.unified,
            [
                "/sys/fs/cgroup/user.slice/memory.max": "max\n", "/sys/fs/cgroup/user.slice/memory.peak": "5\n",
                "/sys/fs/cgroup/user.slice/cpu.stat": "nr_periods 0\nnr_throttled 0\nthrottled_usec 0\n",
            ])

        #expect(group.limits == ControlGroupLimits(memoryBytes: nil, cpuMillicores: nil))
        #expect(group.use == ControlGroupUse(peakMemoryBytes: nil, throttling: nil))
    }

    @Test(arguments: [
        ("", ""), ("garbage\n::\n", "garbage\n- - -\n"), ("0::/a\n", "1 2 3 - cgroup2"),
        ("0::/a\n", "30 23 0:26 / /sys/fs/cgroup rw - ext4 x rw\n"),
    ])
    func `that cannot be understood limits nothing`(_ membership: String, _ mounts: String) {
        let group = group(membership, mounts, ["/sys/fs/cgroup/a/cpu.max": "9223372036854775807 1\n"])

        #expect(group.limits == ControlGroupLimits(memoryBytes: nil, cpuMillicores: nil))
        #expect(group.use == ControlGroupUse(peakMemoryBytes: nil, throttling: nil))
    }

    @Test func `with a quota beyond all machines limits nothing`() {
        let group = group(
            "0::/\n", Self.unified,
            ["/sys/fs/cgroup/cpu.max": "9223372036854775807 1\n", "/sys/fs/cgroup/memory.max": "-\n"])

        #expect(group.limits == ControlGroupLimits(memoryBytes: nil, cpuMillicores: nil))
    }

    @Test func `of this very process is readable`() {
        let limits = ControlGroup.ofProcess().limits

        #expect(limits.memoryBytes ?? 1 > 0 && limits.cpuMillicores ?? 1 > 0)
    }
}
