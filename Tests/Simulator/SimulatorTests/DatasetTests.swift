import Testing

@testable import stripe_simulator

struct `Creation times` {
    @Test(arguments: [1, 2, 3, 10, 63, 64, 65, 250, 1024, 5000])
    func `never fall, and stay before the anchor`(_ count: Int) {
        let times = CreationTimes(count: count, end: 1_000_000, span: 500_000, key: 5)

        let seconds = (0..<count).map(times.time)

        #expect(seconds == seconds.sorted())
        #expect(seconds.allSatisfy { (500_000..<1_000_000).contains($0) })
    }

    @Test func `are found again by bisection`() {
        let times = CreationTimes(count: 3000, end: 1_000_000, span: 900_000, key: 9)
        let seconds = (0..<3000).map(times.time)

        for second in stride(from: 99_000, through: 1_001_000, by: 777) {
            #expect(times.rank(of: second) == seconds.count { $0 < second })
        }
    }

    @Test func `hold ties, and a run of more than a page in one second`() {
        let times = CreationTimes(count: 3000, end: 1_780_272_000, span: 31_536_000, key: 9)

        let sizes = Dictionary(grouping: (0..<3000).map(times.time)) { $0 }.values.map(\.count)

        #expect(sizes.contains { $0 > 100 })
        #expect(sizes.contains(4))
        #expect(sizes.count { $0 == 1 } > 1000)
    }

    @Test func `are denser at some times than at others`() {
        let times = CreationTimes(count: 6400, end: 6_400_000, span: 6_400_000, key: 3)

        let months = (0..<10).map { times.rank(of: ($0 + 1) * 640_000) - times.rank(of: $0 * 640_000) }

        #expect((months.max() ?? 0) > 2 * (months.min() ?? 0))
    }
}

struct `Identifiers` {
    @Test(arguments: ObjectKind.endpoints)
    func `lead back to their index`(_ kind: ObjectKind) {
        let codec = Harness.shared.simulator.dataset.table(kind).codec

        for index in [0, 1, 2, 31, 250, 65_535, 1_000_000_007] {
            var output = Output()
            codec.write(index, into: &output)

            #expect(codec.index(of: output.bytes) == index)
        }
    }

    @Test func `that were never given out are recognized`() {
        let codec = Harness.shared.simulator.dataset.table(.charge).codec
        var output = Output()
        codec.write(3, into: &output)

        for place in 0..<output.count {
            var other = output.bytes
            other[place] = other[place] == UInt8(ascii: "x") ? UInt8(ascii: "y") : UInt8(ascii: "x")
            #expect(codec.index(of: other) == nil)
        }
        #expect(codec.index(of: Array("ch_".utf8)) == nil)
        #expect(codec.index(of: []) == nil)
    }

    @Test func `say nothing about the order of creation`() {
        let ids = Harness.sharedTruth(.charge).compactMap(\.id)

        let rises = zip(ids, ids.dropFirst()).count { $0 < $1 }

        #expect((40...88).contains(rises))
    }

    @Test(arguments: [ObjectKind.coupon, .product])
    func `chosen by people need escaping`(_ kind: ObjectKind) {
        let ids = Harness.sharedTruth(kind).compactMap(\.id)

        let odd = ids.filter { $0 != $0.encoded }

        #expect(odd.count > 10)
        for character in [" ", "/", "%", "+", "&", "#", "?", "é", "🎉"] {
            #expect(odd.contains { $0.contains(character) }, "\(character)")
        }
        for id in odd {
            #expect(Harness.shared.get("\(Harness.path(kind))/\(id.encoded)").json.id == id)
        }
    }
}

struct `Children` {
    @Test(arguments: [ObjectKind.subscriptionItem, .lineItem, .creditNoteLineItem])
    func `are as many as their parents have`(_ kind: ObjectKind) throws {
        let counts = try #require(ChildCounts.counts(of: kind, key: 77))

        let numbers = (0..<640).map { counts.count(of: $0) }

        #expect(numbers.allSatisfy { $0 > 0 })
        #expect(numbers.contains { $0 > Dataset.embeddedListSize })
        for parent in [0, 1, 63, 64, 100, 640] {
            #expect(counts.total(before: parent) == numbers.prefix(parent).reduce(0, +))
        }
    }
}
