/// The dictionary positions of the values of the open page.
///
/// As long as they are all the same, only their number is kept: many columns hold one value for
/// thousands of rows.
struct IndexBuffer: ~Copyable {
    /// A dictionary position; dictionaries have at most 2¹⁶ entries.
    typealias Index = UInt16

    private var list = ElementBuffer<Index>()
    private var first: Index = 0
    /// The number of equal positions at the beginning, while `list` is empty.
    private var constantCount = 0

    var count: Int { list.count &+ constantCount }

    var allocatedBytes: Int { list.allocatedBytes }

    @inline(__always)
    mutating func append(_ index: Index) {
        if !list.isEmpty {
            list.append(index)
        } else if constantCount == 0 || index == first {
            first = index
            constantCount &+= 1
        } else {
            spell(then: index)
        }
    }

    /// Writes the positions with the given number of bits each.
    func encode(bitWidth: Int, into output: inout ByteBuffer) {
        if constantCount > 0 {
            RunLengthHybrid.appendRepeated(UInt32(first), count: constantCount, bitWidth: bitWidth, to: &output)
        } else {
            RunLengthHybrid.append(list.elements, bitWidth: bitWidth, to: &output)
        }
    }

    /// Calls `body` with each position in order.
    func forEach(_ body: (Index) -> Void) {
        for _ in 0..<constantCount { body(first) }
        for index in list.elements { body(index) }
    }

    /// Drops all positions and keeps the memory.
    mutating func removeAll() {
        list.removeAll()
        constantCount = 0
    }

    /// Drops all positions and gives the memory back.
    mutating func release() {
        list.release()
        constantCount = 0
    }

    @inline(never)
    private mutating func spell(then index: Index) {
        list.append(repeating: first, count: constantCount)
        list.append(index)
        constantCount = 0
    }
}
