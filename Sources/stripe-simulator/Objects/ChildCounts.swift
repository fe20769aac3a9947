/// How many objects each parent embeds in a list of its own.
///
/// Every aligned run of 64 parents has the same numbers in another order, so that the total before any
/// parent is known without counting.
struct ChildCounts: Sendable {
    static let runLength = 64
    /// An object's index is its parent's index times this, plus its place in the parent.
    static let stride = 256

    private let counts: [Int]
    private let totalOfRun: Int
    private let key: UInt64

    /// - Precondition: the numbers of the runs add up to 64 parents, and none exceeds the stride.
    init(_ numbers: [(parents: Int, children: Int)], key: UInt64) {
        counts = numbers.flatMap { Array(repeating: $0.children, count: $0.parents) }
        precondition(counts.count == Self.runLength, "a run has \(Self.runLength) parents")
        precondition(counts.allSatisfy { $0 < Self.stride }, "a parent has fewer children than the stride")
        totalOfRun = counts.reduce(0, +)
        self.key = key
    }

    func count(of parent: Int) -> Int {
        let shift = Mixing.mix(key, UInt64(truncatingIfNeeded: parent / Self.runLength))
        return counts[(parent ^ Int(truncatingIfNeeded: shift)) & (Self.runLength - 1)]
    }

    /// The number of children of all parents before that one.
    func total(before parent: Int) -> Int {
        let run = parent / Self.runLength
        return (run * Self.runLength..<parent).reduce(run * totalOfRun) { $0 + count(of: $1) }
    }
}

extension ChildCounts {
    /// What Stripe allows, or what people do: mostly few, sometimes more than are embedded.
    static func counts(of kind: ObjectKind, key: UInt64) -> ChildCounts? {
        switch kind {
        case .subscriptionItem:
            ChildCounts(
                [(31, 1), (14, 2), (8, 3), (4, 4), (3, 6), (1, 10), (1, 11), (1, 18), (1, 25)], key: key)
        case .lineItem:
            // The largest needs two pages of a hundred.
            ChildCounts(
                [(30, 1), (14, 2), (8, 3), (5, 4), (2, 5), (1, 10), (1, 11), (1, 24), (1, 40), (1, 137)], key: key)
        case .creditNoteLineItem:
            ChildCounts([(40, 1), (14, 2), (6, 3), (1, 10), (1, 11), (1, 13), (1, 30)], key: key)
        default: nil
        }
    }
}
