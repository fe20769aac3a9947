import SeededRandom
import Testing

@testable import Parquet

struct `A dictionary` {
    private let texts = TextKind(boundCharacters: nil)
    private let longs = IntegerKind<Int64, Int64>(.min ... .max)

    private func place(_ text: String, in dictionary: inout ValueDictionary<TextKind>) -> [Int]? {
        var text = text
        return text.withUTF8 { dictionary.place(of: UnsafeRawBufferPointer($0)) }.map {
            [Int($0.index), $0.isNew ? 1 : 0]
        }
    }

    @Test func `numbers values in the order they come`() {
        var dictionary = ValueDictionary(kind: texts, byteLimit: 1_000)

        #expect(place("usd", in: &dictionary) == [0, 1])
        #expect(place("eur", in: &dictionary) == [1, 1])
        #expect(place("usd", in: &dictionary) == [0, 0])
        #expect(place("", in: &dictionary) == [2, 1])
        #expect(place("", in: &dictionary) == [2, 0])
        #expect(
            Array(dictionary.page.bytes) == [3, 0, 0, 0] + Array("usd".utf8) + [3, 0, 0, 0] + Array("eur".utf8) + [
                0, 0, 0, 0,
            ])
        #expect(dictionary.entry(1).elementsEqual([3, 0, 0, 0] + Array("eur".utf8)))
        #expect(dictionary.entry(2).elementsEqual([0, 0, 0, 0]))
    }

    @Test func `is full when its page is, but finds what it has`() {
        var dictionary = ValueDictionary(kind: texts, byteLimit: 13)

        #expect(place("usd", in: &dictionary) == [0, 1])
        #expect(place("eur", in: &dictionary) == nil)
        #expect(place("xy", in: &dictionary) == [1, 1])
        #expect(place("", in: &dictionary) == nil)
        #expect(place("usd", in: &dictionary) == [0, 0])
    }

    @Test func `is full when its positions are used up`() {
        var dictionary = ValueDictionary(kind: longs, byteLimit: .max)

        let areAllNew = (0..<Int64(65_534)).allSatisfy { dictionary.place(of: $0)?.isNew == true }

        #expect(areAllNew)
        #expect(dictionary.place(of: -1) == nil)
        #expect(dictionary.place(of: 65_533)?.isNew == false)
        #expect(dictionary.indexBitWidth == 16)
    }

    @Test func `starts anew with the memory it has`() {
        var dictionary = ValueDictionary(kind: longs, byteLimit: .max)
        for value in 0..<Int64(1_000) { _ = dictionary.place(of: value) }
        let allocated = dictionary.allocatedBytes

        dictionary.removeAll()

        #expect(dictionary.place(of: 999)?.index == 0)
        #expect(dictionary.count == 1)
        #expect(dictionary.allocatedBytes == allocated)
    }

    struct Width: Sendable {
        let count: Int
        let bits: Int
    }

    @Test(arguments: [
        Width(count: 1, bits: 1), Width(count: 2, bits: 1), Width(count: 3, bits: 2), Width(count: 4, bits: 2),
        Width(count: 5, bits: 3), Width(count: 256, bits: 8), Width(count: 257, bits: 9),
    ])
    func `needs as many bits as its last position`(_ width: Width) {
        var dictionary = ValueDictionary(kind: longs, byteLimit: .max)

        for value in 0..<Int64(width.count) { _ = dictionary.place(of: value) }

        #expect(dictionary.indexBitWidth == width.bits)
    }

    @Test func `tells floating-point numbers apart by their bits`() {
        var dictionary = ValueDictionary(kind: FloatingKind<Double>(), byteLimit: .max)

        let places = [0.0, -0.0, .nan, -.nan, .nan, 0.0].map { dictionary.place(of: $0)?.index }

        #expect(places == [0, 1, 2, 3, 2, 0])
    }

    @Test func `tells decimals apart that share their low digits`() {
        var dictionary = ValueDictionary(kind: LargeDecimalKind(allowed: .min ... .max, byteCount: 16), byteLimit: .max)

        let places = [Int128(1), 1 << 64 + 1, -1, 1].map { dictionary.place(of: $0)?.index }

        #expect(places == [0, 1, 2, 0])
    }

    @Test func `tells texts of any length apart by any byte`() {
        var dictionary = ValueDictionary(kind: texts, byteLimit: .max)
        var random = SplitMix64(seed: 1)
        var known: [[UInt8]: Int] = [:]
        for length in 0..<70 {
            let base = (0..<length).map { _ in UInt8(truncatingIfNeeded: random.next()) }
            for position in 0..<max(1, length) {
                var text = base
                if length > 0 { text[position] ^= 1 }
                let expected = known[text] ?? known.count
                let found = text.withUnsafeBytes { dictionary.place(of: $0) }

                #expect(found.map { Int($0.index) } == expected)
                #expect(found?.isNew == (known[text] == nil))
                known[text] = expected
            }
        }
    }
}
