import Extraction
import SeededRandom
import Testing

@testable import StripeSource

/// Two lists that are dense and sparse in turns, and are read as the walk asks for.
private struct TwinLists {
    static let mostRowsOfAReading = 1_600
    private var rowsOfAReading = 100
    private let lists: [[Int64]]
    private(set) var rowsRead = 0
    private(set) var readings = 0

    /// `spells` stretches of time, in each of which the lists have rows of their own frequency.
    init(spells: Int, seed: UInt64) {
        var random = SplitMix64(seed: seed)
        lists = (0..<2).map { _ in
            var second = Int64(1_000_000_000)
            return (0..<spells).flatMap { _ in
                let step = Int64.random(in: 0...40, using: &random)
                return (0..<Int.random(in: 0...5_000, using: &random)).map { _ in
                    second -= step > 30 ? step * 50 : step == 0 ? 1 : step
                    return second
                }
            }
        }
    }

    var count: Int { lists[0].count + lists[1].count }

    mutating func read(_ walk: inout TwinWalk) -> Int {
        let list = walk.list
        let rest = lists[list].drop { $0 >= walk.border }
        let rows = rest.prefix(rowsOfAReading)
        rowsOfAReading = min(rowsOfAReading * 2, Self.mostRowsOfAReading)
        var new = 0
        for second in rows where walk.isNew("\(list)-\(second)", created: second) { new += 1 }
        rowsRead += rows.count
        readings += 1
        walk.add(standingAt: rows.last, isAtEnd: rows.count == rest.count, cut: 2_000_000_000)
        return new
    }
}

struct `A walk through two lists` {
    @Test(arguments: 1...20 as ClosedRange<UInt64>)
    func `reads every row, none more than three times on average, and remembers few`(seed: UInt64) {
        var lists = TwinLists(spells: 20, seed: seed)
        var walk = TwinWalk(window: .everything)
        var delivered = 0
        var border = walk.border

        while !walk.isFinished, lists.readings < 1_000 {
            delivered += lists.read(&walk)
            #expect(walk.border <= border)
            border = walk.border
            #expect(walk.rowsRemembered <= 2 * TwinLists.mostRowsOfAReading)
        }

        #expect(delivered == lists.count)
        #expect(lists.rowsRead <= 3 * lists.count)
    }

    @Test func `reads the list with fewer rows around each reading of the other`() {
        var walk = TwinWalk(window: Window(lower: nil, upper: 1_000))
        #expect(walk.list == 0 && !walk.expectsRows)

        walk.add(standingAt: 900, isAtEnd: false, cut: 2_000)
        #expect(walk.list == 1)
        walk.add(standingAt: 10, isAtEnd: true, cut: 2_000)
        #expect(walk.list == 0 && walk.expectsRows && walk.border == 1_000)
        walk.add(standingAt: 800, isAtEnd: false, cut: 2_000)

        // Of second 900 the first reading may not have shown all rows.
        #expect(walk.border == 901)
        #expect(walk.list == 1 && walk.expectsRows)
        walk.add(standingAt: 10, isAtEnd: true, cut: 2_000)
        #expect(walk.border == 801 && walk.list == 0)
        walk.add(standingAt: 5, isAtEnd: true, cut: 2_000)
        #expect(walk.list == 1)
        walk.add(standingAt: nil, isAtEnd: true, cut: 2_000)
        #expect(walk.isFinished)
    }

    @Test func `takes up the cut and leaves what is younger`() {
        var walk = TwinWalk(window: .everything)
        #expect(walk.rest(of: .everything) == .everything)

        walk.add(standingAt: 2_000, isAtEnd: false, cut: 1_500)

        // The reading showed only rows that are not wanted: it counts for nothing.
        #expect(walk.list == 0 && walk.rest(of: .everything) == Window(lower: nil, upper: 1_500))
        #expect(!walk.isOfUse(at: 1_499) && walk.isOfUse(at: 1_498) && !walk.isOfUse(at: nil))
    }
}
