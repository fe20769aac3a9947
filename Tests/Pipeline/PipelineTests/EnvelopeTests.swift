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
                Envelope.fixedBytes + envelope.keyBytes
                + envelope.parallelEndpoints * (Envelope.bytesPerEndpoint + envelope.rowGroupBytes)

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
