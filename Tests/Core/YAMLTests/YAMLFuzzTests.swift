import NilusCore
import Testing
import YAML

struct `YAML from anywhere` {
    private let seed = """
        # a comment
        %YAML 1.2
        ---
        name: &n stripe-test
        tags: [a, "b\\t", 'c''d', *n]
        workflow:
          dag:
            - name: x
              <<: {k: v, ? [1] : 2}
              text: |+
                several
                  lines
              folded: >-
                one line
            - !!str 5
        ...
        ---
        "key": ~
        """

    private func check(_ bytes: [UInt8]) {
        let stream = YAMLStream(parsing: bytes, file: "f")

        #expect(!stream.documents.isEmpty || !stream.faults.isEmpty)
        #expect(stream.faults.allSatisfy { $0.location != nil && $0.code == .manifestInvalid })
    }

    @Test func `gives a tree or a place, never a crash, for mutated text`() {
        var random = SeededRandom(seed: 2)
        for _ in 0..<3_000 {
            var bytes = Array(seed.utf8)
            for _ in 0..<(1 + random.below(6)) { mutate(&bytes, &random) }

            check(bytes)
        }
    }

    @Test func `gives a tree or a place, never a crash, for random bytes`() {
        var random = SeededRandom(seed: 3)
        let indicators = Array("-?:,[]{}#&*!|>'\"%@` \n\t\\ab01.<~".utf8)
        for round in 0..<3_000 {
            let length = random.below(80)

            check(
                (0..<length).map { _ in round.isMultiple(of: 4) ? UInt8(random.below(256)) : random.pick(indicators) })
        }
    }

    @Test(arguments: [
        "[", "{", "- ", "? ", "a: ", "[[", "{a: ", "&a ", "*a ", "!", "'", "\"", "a\n", ": ", "%a ", "\\",
    ])
    func `is bounded however often one thing repeats`(_ piece: String) {
        check(Array(String(repeating: piece, count: 262_144 / piece.utf8.count).utf8))
    }

    private func mutate(_ bytes: inout [UInt8], _ random: inout SeededRandom) {
        let position = random.below(bytes.count)
        switch random.below(5) {
        case 0: bytes.remove(at: position)
        case 1: bytes.insert(UInt8(random.below(256)), at: position)
        case 2: bytes[position] = UInt8(random.below(128))
        case 3: bytes.swapAt(position, random.below(bytes.count))
        default: bytes.removeSubrange(position..<min(bytes.count, position + 1 + random.below(20)))
        }
        if bytes.isEmpty { bytes = [0x61] }
    }
}
