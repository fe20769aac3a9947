@testable import ObjectStorage
import SeededRandom
import Testing

struct `A part that is gathered` {
    private let content = (0..<100_000).map { UInt8(truncatingIfNeeded: $0 &* 7 &+ $0 >> 8) }

    /// The parts of the content, appended in pieces of random size.
    private func parts(of partBytes: Int, seed: UInt64) -> [[UInt8]] {
        var buffer = PartBuffer(partBytes: partBytes)
        var random = SplitMix64(seed: seed)
        var parts: [[UInt8]] = []
        var start = 0
        while start < content.count {
            let end = min(content.count, start + random.below(9_000))
            content[start..<end].withUnsafeBytes { buffer.append($0) }
            if random.below(3) == 0 { while let part = buffer.takeFull() { parts.append(part) } }
            start = end
        }
        while let part = buffer.takeFull() { parts.append(part) }
        return parts + [buffer.takeRest()]
    }

    @Test(arguments: [1_000, 1_024, 33_333, 50_000, 99_999, 100_000, 100_001])
    func `has one size but for the last, and loses nothing`(_ partBytes: Int) {
        for seed in UInt64(0)..<5 {
            let parts = parts(of: partBytes, seed: seed)

            #expect(parts.dropLast().allSatisfy { $0.count == partBytes })
            #expect((parts.last?.count ?? 0) < partBytes)
            #expect(Array(parts.joined()) == content)
        }
    }

    @Test func `takes no more memory than a part`() {
        var buffer = PartBuffer(partBytes: 5_000_000)
        let piece = [UInt8](repeating: 1, count: 65_536)

        for _ in 0..<76 { piece.withUnsafeBytes { buffer.append($0) } }

        #expect(buffer.takeRest().capacity < 5_000_000 + 4_096)
    }
}
