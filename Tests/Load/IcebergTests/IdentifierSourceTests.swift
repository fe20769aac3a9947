import Iceberg
import Testing

struct `New identifiers` {
    @Test func `are version 4 UUIDs`() {
        let ones = IdentifierSource { .max }
        let zeros = IdentifierSource { 0 }

        #expect(ones.uuid() == "ffffffff-ffff-4fff-bfff-ffffffffffff")
        #expect(zeros.uuid() == "00000000-0000-4000-8000-000000000000")
    }

    @Test func `are positive snapshot ids`() {
        #expect(IdentifierSource { .max }.snapshotID() == .max)
        #expect(IdentifierSource { 0 }.snapshotID() == 1)
    }

    @Test func `differ from one to the next`() {
        #expect(Set((0..<100).map { _ in IdentifierSource.system.uuid() }).count == 100)
        #expect(countingIdentifiers().syncMarker() == [1, 0, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0])
    }
}
