/// When the objects of one kind were created: busy and quiet times, ties, and long runs in one second.
///
/// The time of an object is computed from its index alone and never falls as the index rises, so that
/// the position of any time is found by bisection and nothing is stored per object.
struct CreationTimes: Sendable {
    private static let segmentCount = 64
    /// A run of more than one page in one second comes only where there are enough objects.
    private static let leastCountForRuns = 1024
    private static let blockSize = 256
    private static let groupSize = 4

    let count: Int
    /// The first second in which an object may have been created.
    let start: Int
    private let key: UInt64
    /// Seconds after `start` at which each segment of equally many objects begins, and the end.
    private let bounds: [Double]

    /// - Parameters:
    ///   - count: the number of objects.
    ///   - end: the second before which all of them were created.
    ///   - span: the seconds over which they are spread, at least 1.
    ///   - key: sets these times apart from those of other kinds and seeds.
    init(count: Int, end: Int, span: Int, key: UInt64) {
        self.count = count
        self.key = key
        start = end - span
        var generator = MixingGenerator(seed: Mixing.mix(key, 1))
        let weights = (0..<Self.segmentCount).map { _ in
            // One segment in eight is very busy, the others differ by a factor of up to sixty.
            generator.isLucky(percent: 12) ? 0.02 : Double(1 + generator.next(below: 60)) / 10
        }
        let total = weights.reduce(0, +)
        var bounds = [0.0]
        for weight in weights { bounds.append((bounds.last ?? 0) + weight / total * Double(span)) }
        bounds[Self.segmentCount] = Double(span)
        self.bounds = bounds
    }

    /// The second in which the object was created.
    func time(of index: Int) -> Int {
        let place = tied(index)
        let segment = place &* Self.segmentCount / count
        let low = (segment &* count &+ Self.segmentCount - 1) / Self.segmentCount
        let high = ((segment + 1) &* count &+ Self.segmentCount - 1) / Self.segmentCount
        let fraction = Double(Mixing.mix(key, UInt64(truncatingIfNeeded: place)) >> 40) / Double(1 << 24)
        let width = bounds[segment + 1] - bounds[segment]
        let offset = bounds[segment] + (Double(place - low) + fraction) * width / Double(high - low)
        return min(start + Int(offset), start + Int(bounds[Self.segmentCount]) - 1)
    }

    /// The number of objects created before that second.
    func rank(of second: Int) -> Int {
        var low = 0
        var high = count
        while low < high {
            let middle = (low + high) / 2
            if time(of: middle) < second { low = middle + 1 } else { high = middle }
        }
        return low
    }

    /// The object whose second this one shares: itself, the first of four, or the first of a long run.
    private func tied(_ index: Int) -> Int {
        let block = index / Self.blockSize
        if count >= Self.leastCountForRuns {
            let mixed = Mixing.mix(key ^ 0xB10C, UInt64(truncatingIfNeeded: block))
            let isRun = block == 1 || mixed & 31 == 0
            let length = 101 + Mixing.choose(mixed, of: Self.blockSize - 101)
            if isRun, index % Self.blockSize < length { return block * Self.blockSize }
        }
        let group = index / Self.groupSize
        let isTied = Mixing.mix(key ^ 0x71E5, UInt64(truncatingIfNeeded: group)) & 7 == 0
        return isTied ? group * Self.groupSize : index
    }
}
