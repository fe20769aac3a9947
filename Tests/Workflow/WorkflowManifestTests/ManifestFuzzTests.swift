import NilusCore
import Testing

@testable import WorkflowManifest

struct `Manifests from anywhere` {
    private let pieces = [
        "null", "[]", "{}", "[[]]", "-1", "1e999", "''", "~", "true", "*a", "&a x", "<x>", "${{x}}", "stripe://?=&&=%",
        "all,",
        ":sync", "a.b.{endpoint}", "{endpoint}", "\u{1F600}", "{a: [b, {c: d}]}", "[all, all]", "9223372036854775808",
        "- -",
    ]

    @Test func `are workflows or have faults with places, and never crash`() {
        var random = Generator(state: 7)
        let lines = SeedText.lines
        for _ in 0..<500 {
            var changed = lines
            for _ in 0..<(1 + random.below(4)) { change(&changed, &random) }

            let reading = readManifest(changed.joined(separator: "\n"))

            #expect(!reading.workflows.isEmpty || !reading.faults.isEmpty)
            #expect(reading.faults.allSatisfy { $0.location.file == "w.yaml" && $0.location.line >= 1 })
            #expect(reading.faults == reading.faults.sorted { $0.location < $1.location })
        }
    }

    @Test func `survive every value in every place`() {
        for position in SeedText.lines.indices {
            for piece in pieces {
                var lines = SeedText.lines
                let key = lines[position].prefix { $0 != ":" }
                lines[position] = "\(key): \(piece)"

                let reading = readManifest(lines.joined(separator: "\n"))

                #expect(!reading.workflows.isEmpty || !reading.faults.isEmpty)
            }
        }
    }

    private func change(_ lines: inout [String], _ random: inout Generator) {
        let position = random.below(lines.count)
        switch random.below(6) {
        case 0: lines.remove(at: position)
        case 1: lines.insert(lines[position], at: random.below(lines.count))
        case 2: lines.swapAt(position, random.below(lines.count))
        case 3: lines[position] = lines[position].prefix { $0 != ":" } + ": " + pieces[random.below(pieces.count)]
        case 4: lines[position] = String(lines[position].dropFirst(random.below(8)))
        default:
            var characters = Array(lines[position])
            guard !characters.isEmpty else { return }
            characters[random.below(characters.count)] = Character(Unicode.Scalar(UInt8(0x20 + random.below(0x5F))))
            lines[position] = String(characters)
        }
        if lines.isEmpty { lines = ["a"] }
    }
}

/// A fixed sequence of numbers (a linear congruential generator), so that a failing case can be run
/// again.
private struct Generator {
    var state: UInt64

    mutating func below(_ bound: Int) -> Int {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return Int((state >> 33) % UInt64(bound))
    }
}
