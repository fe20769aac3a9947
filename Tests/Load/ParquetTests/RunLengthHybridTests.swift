import SeededRandom
import Testing

@testable import Parquet

struct `Run-length hybrids` {
    private func encoded(_ values: [UInt32], bitWidth: Int) -> [UInt8] {
        var output = ByteBuffer()
        values.withUnsafeBufferPointer { RunLengthHybrid.append($0, bitWidth: bitWidth, to: &output) }
        return Array(output.bytes)
    }

    @Test func `pack eight values, the first in the lowest bits`() {
        // The format document's own example: the numbers 0 to 7 in three bits each.
        #expect(encoded([0, 1, 2, 3, 4, 5, 6, 7], bitWidth: 3) == [0x03, 0x88, 0xC6, 0xFA])
    }

    @Test func `write eight equal values and more as one run`() {
        #expect(encoded(Array(repeating: 5, count: 8), bitWidth: 3) == [0x10, 0x05])
        #expect(encoded(Array(repeating: 0x1FF, count: 1_000), bitWidth: 9) == [0xD0, 0x0F, 0xFF, 0x01])
        #expect(encoded(Array(repeating: 0xABCDE, count: 9), bitWidth: 20) == [0x12, 0xDE, 0xBC, 0x0A])
    }

    @Test func `fill the last group with zeros`() {
        #expect(encoded([1, 0, 1], bitWidth: 1) == [0x03, 0x05])
        #expect(encoded([2, 1], bitWidth: 12) == [0x03, 0x02, 0x10, 0x00] + Array(repeating: 0, count: 9))
    }

    @Test func `end a packed run where a repeated one pays`() {
        let values: [UInt32] = [0, 1, 0, 1, 0, 1, 0, 1] + Array(repeating: 1, count: 16) + [0, 1]

        #expect(encoded(values, bitWidth: 1) == [0x03, 0xAA, 0x20, 0x01, 0x03, 0x02])
    }

    @Test func `write a short rest of equal values as a run`() {
        #expect(encoded([3, 3, 3], bitWidth: 2) == [0x06, 0x03])
    }

    @Test func `count at most sixty-three groups in a packed run`() {
        let values = (0..<UInt32(512)).map { $0 % 2 }

        let bytes = encoded(values, bitWidth: 1)

        #expect(bytes.count == 1 + 63 + 1 + 1)
        #expect(bytes[0] == 63 << 1 | 1)
        #expect(bytes[64] == 1 << 1 | 1)
    }

    @Test func `write nothing for no values`() {
        #expect(encoded([], bitWidth: 5) == [])
    }

    @Test func `need no bytes for values of no bits`() {
        #expect(encoded([0, 0, 0], bitWidth: 0) == [0x06])
    }

    @Test(arguments: 0...20)
    func `give back what was written`(_ bitWidth: Int) {
        var random = SplitMix64(seed: UInt64(bitWidth))
        for count in [1, 7, 8, 9, 100, 503, 504, 505, 1_300] {
            var values: [UInt32] = []
            while values.count < count {
                let value = UInt32(random.below(1 << bitWidth))
                values += repeatElement(value, count: random.one(of: [1, 1, 1, 2, 7, 8, 9, 30]))
            }
            values.removeLast(values.count - count)

            let read = HybridReader.values(encoded(values, bitWidth: bitWidth)[...], bitWidth: bitWidth, count: count)

            #expect(read == values)
        }
    }

    @Test func `work for positions of sixteen bits as for others`() {
        var output = ByteBuffer()
        let positions: [UInt16] = [0, 65_535, 1]

        positions.withUnsafeBufferPointer { RunLengthHybrid.append($0, bitWidth: 16, to: &output) }

        #expect(Array(output.bytes) == [0x03, 0, 0, 0xFF, 0xFF, 1, 0] + Array(repeating: 0, count: 10))
    }
}
