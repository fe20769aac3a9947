/// A metric of each column of a file, in few bytes.
///
/// A load keeps the metrics of all its files until it commits, and a table may have a hundred columns:
/// as dictionaries they take some 17 KB a file, like this a sixth of that.
///
/// | part | bytes |
/// |---|---|
/// | each column, by ascending id | the id, then the number; or the id, a length and so many bytes |
/// | ids, numbers, lengths | 7 bits a byte, lowest first (LEB128) |
struct PackedMetrics: Sendable, Equatable {
    private var bytes: [UInt8] = []

    init(numbers: [Int32: Int64]) {
        defer { shrink() }
        for (id, number) in numbers.sorted(by: { $0.key < $1.key }) {
            append(UInt64(UInt32(bitPattern: id)))
            append(UInt64(bitPattern: number))
        }
    }

    init(values: [Int32: [UInt8]]) {
        defer { shrink() }
        for (id, value) in values.sorted(by: { $0.key < $1.key }) {
            append(UInt64(UInt32(bitPattern: id)))
            append(UInt64(value.count))
            bytes += value
        }
    }

    var numbers: [Int32: Int64] {
        var numbers: [Int32: Int64] = [:]
        var position = 0
        while position < bytes.count {
            let id = next(&position)
            numbers[Int32(truncatingIfNeeded: id)] = Int64(bitPattern: next(&position))
        }
        return numbers
    }

    var values: [Int32: [UInt8]] {
        var values: [Int32: [UInt8]] = [:]
        var position = 0
        while position < bytes.count {
            let id = next(&position)
            let end = Int(next(&position)) + position
            values[Int32(truncatingIfNeeded: id)] = Array(bytes[position..<end])
            position = end
        }
        return values
    }

    /// Gives back what was reserved for more.
    private mutating func shrink() {
        bytes = bytes.withUnsafeBufferPointer { Array($0) }
    }

    private mutating func append(_ number: UInt64) {
        var rest = number
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(truncatingIfNeeded: rest))
    }

    private func next(_ position: inout Int) -> UInt64 {
        var number: UInt64 = 0
        var shift: UInt64 = 0
        while bytes[position] >= 0x80 {
            number |= UInt64(bytes[position] & 0x7F) << shift
            shift += 7
            position += 1
        }
        number |= UInt64(bytes[position]) << shift
        position += 1
        return number
    }
}
