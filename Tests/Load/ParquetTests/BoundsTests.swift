import Testing

@testable import Parquet

struct `Bounds of texts` {
    private func bounds(_ texts: [String], characters: Int? = 16) -> [ParquetBound?] {
        var bounds = TextBounds(boundCharacters: characters)
        for text in texts { Array(text.utf8).withUnsafeBytes { bounds.include($0) } }
        return [bounds.lower, bounds.upper]
    }

    private func bytes(_ text: String, isExact: Bool = true) -> ParquetBound {
        .bytes(Array(text.utf8), isExact: isExact)
    }

    @Test func `are none without texts, and none where none are kept`() {
        #expect(bounds([]) == [nil, nil])
        #expect(bounds(["a"], characters: 0) == [nil, nil])
    }

    @Test func `are in the order of bytes`() {
        #expect(bounds(["b", "a", "é", "Z"]) == [bytes("Z"), bytes("é")])
        #expect(bounds(["ab", "a", "abc"]) == [bytes("a"), bytes("abc")])
        #expect(bounds(["", "a"]) == [bytes(""), bytes("a")])
        // UTF-16 would have these the other way round.
        #expect(bounds(["\u{FFFD}", "😀"]) == [bytes("\u{FFFD}"), bytes("😀")])
    }

    struct Cut: Sendable, CustomTestStringConvertible {
        let texts: [String]
        let lower: String
        let isLowerExact: Bool
        let upper: String?
        let isUpperExact: Bool
        var testDescription: String { texts.joined(separator: ", ") }
    }

    @Test(arguments: [
        Cut(texts: ["abcd"], lower: "abcd", isLowerExact: true, upper: "abcd", isUpperExact: true),
        Cut(texts: ["abcde"], lower: "abcd", isLowerExact: false, upper: "abce", isUpperExact: false),
        Cut(texts: ["abcd", "abcde"], lower: "abcd", isLowerExact: true, upper: "abce", isUpperExact: false),
        Cut(texts: ["abcde", "abcd"], lower: "abcd", isLowerExact: true, upper: "abce", isUpperExact: false),
        Cut(texts: ["abcde", "abc"], lower: "abc", isLowerExact: true, upper: "abce", isUpperExact: false),
        Cut(texts: ["abcde", "abce"], lower: "abcd", isLowerExact: false, upper: "abce", isUpperExact: true),
        Cut(texts: ["éééé"], lower: "éééé", isLowerExact: true, upper: "éééé", isUpperExact: true),
        Cut(texts: ["éééé!"], lower: "éééé", isLowerExact: false, upper: "éééê", isUpperExact: false),
        Cut(
            texts: ["aaa\u{7F}!"], lower: "aaa\u{7F}", isLowerExact: false, upper: "aaa\u{80}", isUpperExact: false),
        Cut(
            texts: ["aaa\u{D7FF}!"], lower: "aaa\u{D7FF}", isLowerExact: false, upper: "aaa\u{E000}",
            isUpperExact: false),
        Cut(
            texts: ["aab\u{10FFFF}!"], lower: "aab\u{10FFFF}", isLowerExact: false, upper: "aac",
            isUpperExact: false),
        Cut(
            texts: ["\u{10FFFF}\u{10FFFF}\u{10FFFF}\u{10FFFF}\u{10FFFF}"],
            lower: "\u{10FFFF}\u{10FFFF}\u{10FFFF}\u{10FFFF}", isLowerExact: false, upper: nil, isUpperExact: false),
    ])
    func `are cut between characters, and raised where they end above`(_ cut: Cut) {
        let found = bounds(cut.texts, characters: 4)

        #expect(found[0] == bytes(cut.lower, isExact: cut.isLowerExact))
        #expect(found[1] == cut.upper.map { bytes($0, isExact: cut.isUpperExact) })
    }

    @Test func `are kept whole on demand`() {
        let long = String(repeating: "x", count: 1_000)

        #expect(bounds([long, "a", long + "y"], characters: nil) == [bytes("a"), bytes(long + "y")])
    }

    @Test func `do not depend on the order of texts nor on how chunks are cut`() {
        let texts = ["abcde", "abcd", "abcdz", "abc", "", "b", "\u{10FFFF}", "😀😀😀😀😀", "abcd", "zzzzz", "zzzz"]
        for first in 0...texts.count {
            var left = TextBounds(boundCharacters: 4)
            var right = TextBounds(boundCharacters: 4)
            for text in texts[..<first] { Array(text.utf8).withUnsafeBytes { left.include($0) } }
            for text in texts[first...].reversed() { Array(text.utf8).withUnsafeBytes { right.include($0) } }

            left.merge(right)

            #expect([left.lower, left.upper] == bounds(texts, characters: 4))
        }
    }

    @Test(arguments: [["abcd", "abcde"], ["abcde", "abcd"]])
    func `are exact below and raised above when one of two chunks is cut`(_ texts: [String]) {
        var chunks = texts.map { text in
            var bounds = TextBounds(boundCharacters: 4)
            Array(text.utf8).withUnsafeBytes { bounds.include($0) }
            return bounds
        }

        chunks[0].merge(chunks[1])

        #expect(chunks[0].lower == bytes("abcd"))
        #expect(chunks[0].upper == bytes("abce", isExact: false))
    }

    @Test func `survive bytes that are no text`() {
        let broken: [[UInt8]] = [
            Array(repeating: 0x80, count: 100), Array(repeating: 0xFF, count: 100),
            Array(repeating: 0xC3, count: 100), [0x61, 0x61, 0x61, 0xF4, 0xBF, 0x21],
        ]
        for text in broken {
            var bounds = TextBounds(boundCharacters: 4)
            text.withUnsafeBytes { bounds.include($0) }

            if case .bytes(let lower, _)? = bounds.lower { #expect(!text.lexicographicallyPrecedes(lower)) }
            if case .bytes(let upper, _)? = bounds.upper { #expect(!upper.lexicographicallyPrecedes(text)) }
        }
    }
}

struct `Bounds of numbers` {
    private func bounds(_ values: [Double]) -> [ParquetBound?] {
        var bounds = FloatingBounds()
        for value in values { bounds.include(value) }
        return [bounds.lower, bounds.upper]
    }

    /// The bits, as −0.0 and +0.0 are equal as numbers.
    private func bits(_ bounds: [ParquetBound?]) -> [UInt64?] {
        bounds.map { if case .double(let value)? = $0 { value.bitPattern } else { nil } }
    }

    @Test func `leave NaN out`() {
        #expect(bounds([]) == [nil, nil])
        #expect(bounds([.nan, -.nan]) == [nil, nil])
        #expect(bounds([.nan, 2, .nan, 1]) == [.double(1), .double(2)])
        #expect(bounds([.infinity]) == [.double(.infinity), .double(.infinity)])
        #expect(bounds([-.infinity, .nan]) == [.double(-.infinity), .double(-.infinity)])
    }

    @Test func `count any zero as both`() {
        let both = [(-0.0).bitPattern, (0.0).bitPattern]

        #expect(bits(bounds([0.0])) == both)
        #expect(bits(bounds([-0.0])) == both)
        #expect(bits(bounds([-1, -0.0])) == [(-1.0).bitPattern, both[1]])
        #expect(bits(bounds([0.0, 1])) == [both[0], (1.0).bitPattern])
    }

    @Test func `of chunks are those of all values`() {
        var left = FloatingBounds()
        var right = FloatingBounds()
        left.merge(right)
        #expect(left.lower == nil)

        right.include(3)
        left.merge(right)
        right.include(-7)
        left.merge(right)
        left.merge(FloatingBounds())

        #expect([left.lower, left.upper] == [.double(-7), .double(3)])
    }

    @Test func `of integers reach the ends of their range`() {
        var bounds = OrderedBounds<Int64>()
        #expect([bounds.lower, bounds.upper] == [nil, nil])

        bounds.include(.max)
        #expect([bounds.lower, bounds.upper] == [.integer(.max), .integer(.max)])
        bounds.include(.min)
        #expect([bounds.lower, bounds.upper] == [.integer(.min), .integer(.max)])
    }

    @Test func `of decimals are unscaled`() {
        var bounds = OrderedBounds<Int128>()

        for value in [Int128(5), -3, 12] { bounds.include(value) }

        #expect([bounds.lower, bounds.upper] == [.decimal(-3), .decimal(12)])
    }

    struct Stored: Sendable, CustomTestStringConvertible {
        let bound: ParquetBound
        let type: Int32
        let fixedByteCount: Int?
        let bytes: [UInt8]
        var testDescription: String { "\(bound) as type \(type)" }
    }

    @Test(arguments: [
        Stored(bound: .integer(1), type: 0, fixedByteCount: nil, bytes: [1]),
        Stored(bound: .integer(-2), type: 1, fixedByteCount: nil, bytes: [0xFE, 0xFF, 0xFF, 0xFF]),
        Stored(bound: .integer(258), type: 2, fixedByteCount: nil, bytes: [2, 1, 0, 0, 0, 0, 0, 0]),
        Stored(bound: .double(1.5), type: 4, fixedByteCount: nil, bytes: [0, 0, 0xC0, 0x3F]),
        Stored(bound: .double(-0.0), type: 5, fixedByteCount: nil, bytes: [0, 0, 0, 0, 0, 0, 0, 0x80]),
        Stored(bound: .decimal(-1), type: 1, fixedByteCount: nil, bytes: [0xFF, 0xFF, 0xFF, 0xFF]),
        Stored(bound: .decimal(256), type: 2, fixedByteCount: nil, bytes: [0, 1, 0, 0, 0, 0, 0, 0]),
        Stored(bound: .decimal(-256), type: 7, fixedByteCount: 9, bytes: Array(repeating: 0xFF, count: 8) + [0]),
        Stored(bound: .bytes([0x61], isExact: false), type: 6, fixedByteCount: nil, bytes: [0x61]),
    ])
    func `are stored as their column's values`(_ stored: Stored) throws {
        let type = try #require(PhysicalType(rawValue: stored.type))

        #expect(stored.bound.statisticsBytes(type, fixedByteCount: stored.fixedByteCount) == stored.bytes)
    }
}

struct `Decimals` {
    /// The fewest bytes for 19 to 38 digits, as the Parquet format's document on logical types lists them.
    @Test func `take the fewest bytes that hold their digits`() {
        let layouts = (1...38).map(DecimalLayout.init(precision:))

        #expect(layouts[0..<9].allSatisfy { $0 == .int32 })
        #expect(layouts[9..<18].allSatisfy { $0 == .int64 })
        let expected = [9, 9, 9, 10, 10, 11, 11, 11, 12, 12, 13, 13, 13, 14, 14, 15, 15, 16, 16, 16]
        #expect(Array(layouts[18...]) == expected.map { .fixed(byteCount: $0) })
    }

    @Test func `have as many digits as their precision`() {
        #expect(DecimalLayout.unscaledValues(precision: 1) == -9...9)
        #expect(
            DecimalLayout.unscaledValues(precision: 38).upperBound
                == Int128("99999999999999999999999999999999999999"))
    }
}
