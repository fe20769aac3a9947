import NilusCore

/// Reads numbers in PLAIN encoding.
final class PlainNumbers: NumberDecoding {
    private let bytes: UnsafeRawBufferPointer
    private let type: PhysicalType
    private var position = 0

    /// - Precondition: the type is a number of 4, 8 or 12 bytes.
    init(_ bytes: UnsafeRawBufferPointer, _ type: PhysicalType) {
        self.bytes = bytes
        self.type = type
    }

    func read(_ count: Int, into output: inout ElementBuffer<Int64>) throws(ParquetFault) {
        let byteCount = type.numberByteCount
        guard count <= (bytes.count - position) / byteCount else {
            throw ParquetFault("\(bytes.count - position) bytes for \(count) values of \(byteCount)", isCutOff: true)
        }
        let place = output.extend(by: count)
        for index in 0..<count {
            (place + index).initialize(to: try number(at: position + index * byteCount))
        }
        position += count * byteCount
    }

    @inline(__always)
    private func number(at position: Int) throws(ParquetFault) -> Int64 {
        switch type {
        case .int64, .double: Int64(bitPattern: bytes.word(at: position))
        case .int96: try LegacyTimestamp.microseconds(bytes, at: position)
        default: Int64(Int32(truncatingIfNeeded: bytes.word(at: position)))
        }
    }
}

/// Reads booleans in PLAIN encoding: one bit each, the lowest first.
final class PlainBooleans: NumberDecoding {
    private let bytes: UnsafeRawBufferPointer
    private var position = 0

    init(_ bytes: UnsafeRawBufferPointer) {
        self.bytes = bytes
    }

    func read(_ count: Int, into output: inout ElementBuffer<Int64>) throws(ParquetFault) {
        guard count <= bytes.count * 8 - position else { throw .cutOff("\(count) booleans") }
        for bit in position..<position + count {
            output.append(Int64(bytes[bit >> 3] >> UInt8(bit & 7) & 1))
        }
        position += count
    }
}

/// Reads texts in PLAIN encoding: four bytes of length, the lowest first, then the bytes.
final class PlainTexts: BytesDecoding {
    private let bytes: UnsafeRawBufferPointer
    private var position = 0

    init(_ bytes: UnsafeRawBufferPointer) {
        self.bytes = bytes
    }

    var largestValueBytes: Int { 0 }

    func read(_ count: Int, into output: inout ElementBuffer<UnsafeRawBufferPointer>) throws(ParquetFault) {
        for _ in 0..<count {
            guard bytes.count - position >= 4 else { throw .cutOff("the length of a text") }
            let length = Int(UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: position, as: UInt32.self)))
            let start = position + 4
            guard length <= bytes.count - start else {
                throw ParquetFault("a text of \(length) bytes where \(bytes.count - start) are left", isCutOff: true)
            }
            position = start + length
            output.append(UnsafeRawBufferPointer(rebasing: bytes[start..<position]))
        }
    }
}

/// Reads values of fixed length in PLAIN encoding: one after another.
final class PlainFixed: BytesDecoding {
    private let bytes: UnsafeRawBufferPointer
    private let byteCount: Int
    private var position = 0

    init(_ bytes: UnsafeRawBufferPointer, byteCount: Int) {
        self.bytes = bytes
        self.byteCount = byteCount
    }

    var largestValueBytes: Int { 0 }

    func read(_ count: Int, into output: inout ElementBuffer<UnsafeRawBufferPointer>) throws(ParquetFault) {
        guard count <= (bytes.count - position) / byteCount else {
            throw .cutOff("\(count) values of \(byteCount) bytes")
        }
        for _ in 0..<count {
            output.append(UnsafeRawBufferPointer(rebasing: bytes[position..<position + byteCount]))
            position += byteCount
        }
    }
}

extension PhysicalType {
    /// The size of a number in PLAIN encoding.
    var numberByteCount: Int {
        switch self {
        case .int64, .double: 8
        case .int96: 12
        default: 4
        }
    }
}

/// Timestamps of twelve bytes: the nanoseconds of the day, then the Julian day, the lowest byte first.
///
/// - SeeAlso: apache/parquet-format, parquet.thrift, `INT96`; Iceberg, format/spec.md, appendix A, "Parquet"
enum LegacyTimestamp {
    /// The Julian day of 1970-01-01, counted as the engines do: from midnight.
    private static let epoch: Int64 = 2_440_588
    private static let microsecondsInDay: Int64 = 86_400_000_000

    /// Microseconds since the epoch, rounded towards the past.
    static func microseconds(_ bytes: UnsafeRawBufferPointer, at position: Int) throws(ParquetFault) -> Int64 {
        let nanoseconds = Int64(bitPattern: bytes.word(at: position))
        let day = Int64(Int32(truncatingIfNeeded: bytes.word(at: position + 8))) - epoch
        let (days, overflow) = day.multipliedReportingOverflow(by: microsecondsInDay)
        let (sum, sumOverflow) = days.addingReportingOverflow(nanoseconds.flooredQuotient(by: 1_000))
        guard !overflow, !sumOverflow else { throw ParquetFault("a timestamp that is out of range") }
        return sum
    }
}
