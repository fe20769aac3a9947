import SeededRandom
import Testing

@testable import Parquet

struct `Definition levels` {
    private func encoded(_ runs: [(isPresent: Bool, count: Int)]) -> [UInt8] {
        var levels = DefinitionLevels()
        for (isPresent, count) in runs { levels.append(isPresent: isPresent, count: count) }
        var output = ByteBuffer()
        levels.finish(into: &output)
        return Array(output.bytes)
    }

    @Test func `of a column without gaps are one run, however long`() {
        #expect(encoded([(true, 1)]) == [2, 0, 0, 0, 0x03, 0x01])
        #expect(encoded([(true, 8)]) == [2, 0, 0, 0, 0x10, 0x01])
        #expect(encoded([(true, 600), (true, 400)]) == [3, 0, 0, 0, 0xD0, 0x0F, 0x01])
        #expect(encoded([(false, 1_000_000)]) == [4, 0, 0, 0, 0x80, 0x89, 0x7A, 0x00])
    }

    @Test func `of short runs are packed bits`() {
        #expect(encoded([(true, 1), (false, 1), (true, 1)]) == [2, 0, 0, 0, 0x03, 0x05])
        #expect(encoded([(false, 3), (true, 5), (false, 1), (true, 7)]) == [3, 0, 0, 0, 0x05, 0xF8, 0xFE])
    }

    @Test func `let a long run fill the open group first`() {
        // Three bits are open; five of the twenty rows fill the group, fifteen are a run of their own.
        #expect(encoded([(false, 3), (true, 20)]) == [4, 0, 0, 0, 0x03, 0xF8, 0x1E, 0x01])
        // Seven rows would be left, too few for a run.
        #expect(encoded([(false, 3), (true, 12)]) == [3, 0, 0, 0, 0x05, 0xF8, 0x7F])
    }

    @Test func `go on with a run from batch to batch`() {
        var levels = DefinitionLevels()
        let presence: [UInt8] = [0] + Array(repeating: 1, count: 99)
        presence.withUnsafeBufferPointer { levels.append($0, 0..<100) }
        presence.dropFirst().withUnsafeBufferPointer { levels.append($0, 0..<99) }
        var output = ByteBuffer()

        levels.finish(into: &output)

        // The first group of eight rows, then 191 rows with a value.
        #expect(Array(output.bytes) == [5, 0, 0, 0, 0x03, 0xFE, 0xFE, 0x02, 0x01])
    }

    @Test func `need a second packed run after sixty-three groups`() {
        let alternating = (0..<520).map { (isPresent: $0 % 2 == 0, count: 1) }

        let bytes = encoded(alternating)

        // A header and 63 groups, then a header and two groups.
        #expect(Array(bytes.prefix(5)) == [67, 0, 0, 0, 0x7F])
        #expect(Array(bytes.suffix(3)) == [0x05, 0x55, 0x55])
    }

    @Test func `know the nulls of the page, and forget them with it`() {
        var levels = DefinitionLevels()
        levels.append(isPresent: true, count: 2)
        levels.append(isPresent: false, count: 3)
        let before = levels.nullCount

        var output = ByteBuffer()
        levels.finish(into: &output)
        output.removeAll()
        levels.append(isPresent: false, count: 8)
        let after = levels.nullCount
        levels.finish(into: &output)

        #expect(before == 3)
        #expect(after == 8)
        #expect(Array(output.bytes) == [2, 0, 0, 0, 0x10, 0x00])
    }

    @Test func `hold no memory for a page of one run`() {
        var levels = DefinitionLevels()

        levels.append(isPresent: false, count: 1_000_000)

        #expect(levels.allocatedBytes == 0)
    }

    @Test(arguments: UInt64(0)..<20)
    func `give back what was told row by row`(_ seed: UInt64) {
        var random = SplitMix64(seed: seed)
        var presence: [UInt8] = []
        while presence.count < 2_000 {
            presence += repeatElement(UInt8(random.below(2)), count: random.one(of: [1, 1, 2, 3, 8, 9, 20, 600]))
        }
        let rowCount = presence.count + random.below(3)
        var levels = DefinitionLevels()
        var start = 0
        while start < rowCount {
            let end = min(rowCount, start + 1 + random.below(150))
            presence.withUnsafeBufferPointer { levels.append($0, start..<end) }
            start = end
        }

        var output = ByteBuffer()
        levels.finish(into: &output)

        let expected = presence.map(UInt32.init) + Array(repeating: 0, count: rowCount - presence.count)
        let read = HybridReader.values(Array(output.bytes).dropFirst(4), bitWidth: 1, count: rowCount)
        #expect(read == expected)
    }
}
