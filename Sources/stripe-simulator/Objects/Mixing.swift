/// Turns numbers into well-spread ones, always the same way: the simulator's only source of variety.
enum Mixing {
    /// The finalizer of SplitMix64: every input bit reaches every output bit.
    ///
    /// - SeeAlso: Steele, Lea, Flood: Fast splittable pseudorandom number generators, 2014.
    @inline(__always)
    static func mix(_ value: UInt64) -> UInt64 {
        var mixed = value &+ 0x9E37_79B9_7F4A_7C15
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    @inline(__always)
    static func mix(_ value: UInt64, _ other: UInt64) -> UInt64 {
        mix(mix(value) ^ other)
    }

    /// Mixes a text, so that names may serve as salts.
    static func mix(_ text: String, _ seed: UInt64 = 0) -> UInt64 {
        text.utf8.reduce(mix(seed)) { mix($0 ^ UInt64($1)) }
    }

    /// Maps a well-spread number to `0..<count` without division.
    @inline(__always)
    static func choose(_ mixed: UInt64, of count: Int) -> Int {
        Int(truncatingIfNeeded: mixed.multipliedFullWidth(by: UInt64(truncatingIfNeeded: count)).high)
    }
}

/// A sequence of well-spread numbers, for choices made once at start.
struct MixingGenerator {
    private var state: UInt64

    init(seed: UInt64) {
        state = seed
    }

    mutating func next() -> UInt64 {
        state &+= 1
        return Mixing.mix(state)
    }

    /// A number in `0..<count`.
    mutating func next(below count: Int) -> Int {
        Mixing.choose(next(), of: count)
    }

    /// True that many times in a hundred.
    mutating func isLucky(percent: Int) -> Bool {
        next(below: 100) < percent
    }

    mutating func pick<Element>(_ values: [Element]) -> Element {
        values[next(below: values.count)]
    }
}
