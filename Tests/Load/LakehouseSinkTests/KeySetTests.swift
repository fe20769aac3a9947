import SeededRandom
import Testing

@testable import LakehouseSink

struct `A set of keys` {
    private func insert(
        _ key: String, _ set: inout KeySet, row: Int, moment: Int64 = KeySet.noMoment, arrival: Int? = nil
    ) -> KeySet.Place? {
        Array(key.utf8).withUnsafeBytes {
            set.insert($0, at: KeySet.Place(file: row % 3, row: row), moment: moment, arrival: arrival)
        }
    }

    @Test func `gives the place of the version that a later one replaces`() {
        var set = KeySet()

        #expect(insert("a", &set, row: 1) == nil)
        #expect(insert("b", &set, row: 2) == nil)
        #expect(insert("a", &set, row: 3) == KeySet.Place(file: 1, row: 1))
        #expect(insert("a", &set, row: 4) == KeySet.Place(file: 0, row: 3))
        #expect(set.count == 2)
    }

    @Test func `lets the one that came later stay when rows are noted in another order`() {
        var set = KeySet()

        #expect(insert("a", &set, row: 1, arrival: 5) == nil)
        #expect(insert("a", &set, row: 2, arrival: 3) == KeySet.Place(file: 2, row: 2))
        #expect(insert("a", &set, row: 3, arrival: 9) == KeySet.Place(file: 1, row: 1))
    }

    @Test(arguments: 0..<3)
    func `agrees with a dictionary, whatever the keys`(seed: UInt64) {
        var generator = SplitMix64(seed: seed)
        var set = KeySet()
        var places: [String: KeySet.Place] = [:]
        for row in 0..<5_000 {
            let length = Int.random(in: 0...40, using: &generator)
            let key = String(
                (0..<length).map { _ in Character(["a", "b", "é"].randomElement(using: &generator) ?? "a") })
            let place = KeySet.Place(file: row % 3, row: row)

            let replaced = insert(key, &set, row: row, moment: Int64(row))

            #expect(replaced == places.updateValue(place, forKey: key))
        }
        #expect(set.count == places.count)
        for key in places.keys {
            let isThere = Array(key.utf8).withUnsafeBytes { set.contains($0) }
            #expect(isThere)
        }
        let isThere = Array("zzz".utf8).withUnsafeBytes { set.contains($0) }
        #expect(!isThere)
    }

    @Test func `holds the keys of Stripe in some sixty bytes each`() {
        var set = KeySet()
        for number in 0..<100_000 { _ = insert("ch_3MmlLrLkdIwHu7ix0\(100_000 + number)", &set, row: number) }

        #expect(set.memoryBytes < 7_000_000)
    }
}

struct `The memory for keys` {
    @Test func `is shared, and gives everybody a mebibyte`() {
        let memory = KeyMemory(limitBytes: 1_000_000)
        let first = KeyShare(of: memory)
        let second = KeyShare(of: memory)
        let mebibyte = 1_048_576

        #expect(first.resize(to: mebibyte + 900_000))
        #expect(!second.resize(to: mebibyte + 200_000))
        #expect(second.resize(to: mebibyte))
        #expect(first.resize(to: mebibyte + 100_000))
        #expect(second.resize(to: mebibyte + 200_000))
    }

    @Test func `comes back with a share that is dropped`() {
        let memory = KeyMemory(limitBytes: 1_000_000)
        do {
            let share = KeyShare(of: memory)
            #expect(share.resize(to: 2_000_000))
        }

        #expect(KeyShare(of: memory).resize(to: 2_000_000))
    }
}
