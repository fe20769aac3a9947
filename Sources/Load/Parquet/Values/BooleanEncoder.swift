import Records

/// Encodes booleans in PLAIN encoding: one bit each, the first in the lowest bit.
final class BooleanEncoder: ValueEncoding {
    private let pageBytes: Int
    /// The full bytes of the open page.
    private var packed = ByteBuffer()
    private var openByte: UInt8 = 0
    private var openBitCount = 0
    private var bounds = OrderedBounds<Int64>()
    private var totalBounds = OrderedBounds<Int64>()

    init(pageBytes: Int) {
        self.pageBytes = pageBytes
    }

    var appendFunction: AppendFunction { append }

    private func append(_ column: Column, _ range: Range<Int>) -> Int {
        let values = column.integers
        var position = range.lowerBound
        while position < range.upperBound, packed.count < pageBytes {
            let bit: UInt8 = values[position] == 0 ? 0 : 1
            openByte |= bit << UInt8(openBitCount)
            openBitCount &+= 1
            bounds.include(Int64(bit))
            position &+= 1
            if openBitCount == 8 { closeByte() }
        }
        return position - range.lowerBound
    }

    var bufferedByteCount: Int { packed.count + (openBitCount > 0 ? 1 : 0) }

    var allocatedBytes: Int { packed.allocatedBytes }

    func finishPage(into output: inout ByteBuffer) -> PageEncoding {
        if openBitCount > 0 { closeByte() }
        output.append(contentsOf: packed.bytes)
        packed.removeAll()
        return .plain
    }

    func finishDictionary(into output: inout ByteBuffer) -> Int? { nil }

    func finishChunk() -> ValueStatistics {
        let statistics = ValueStatistics(lower: bounds.lower, upper: bounds.upper)
        totalBounds.merge(bounds)
        bounds = OrderedBounds()
        return statistics
    }

    var totals: ValueStatistics { ValueStatistics(lower: totalBounds.lower, upper: totalBounds.upper) }

    func releaseMemory() { packed.release() }

    private func closeByte() {
        packed.append(openByte)
        openByte = 0
        openBitCount = 0
    }
}
