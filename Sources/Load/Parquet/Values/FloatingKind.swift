import Records

/// Numbers with a binary fraction, stored as FLOAT or DOUBLE; values are equal if their bits are.
struct FloatingKind<Stored: BatchFloat>: ValueKind {
    @inline(__always)
    func values(of column: Column) -> UnsafeBufferPointer<Double> { column.doubles }

    /// The value as it is after rounding to the stored type.
    @inline(__always)
    func value(at position: Int, of values: UnsafeBufferPointer<Double>) -> Double { Double(Stored(values[position])) }

    @inline(__always)
    func plainByteCount(of value: Double) -> Int { MemoryLayout<Stored>.size }

    @inline(__always)
    func writePlain(_ value: Double, to place: UnsafeMutableRawPointer) {
        place.storeBytes(of: Stored(value).bitPattern.littleEndian, as: Stored.BitPattern.self)
    }

    @inline(__always)
    func isEqual(_ value: Double, toPlain place: UnsafeRawPointer) -> Bool {
        place.loadUnaligned(as: Stored.BitPattern.self) == Stored(value).bitPattern.littleEndian
    }

    @inline(__always)
    func hash(_ value: Double, seed: UInt64) -> UInt64 { ByteHash.hash(value.bitPattern, seed: seed) }

    @inline(__always)
    func filterHash(_ value: Double) -> UInt64 { XXHash64.hash(Stored(value).bitPattern) }

    @inline(__always)
    func isNaN(_ value: Double) -> Bool { value.isNaN }

    func emptyBounds() -> FloatingBounds { FloatingBounds() }
}

/// A floating-point type with its bits.
protocol BatchFloat: BinaryFloatingPoint, BitwiseCopyable {
    associatedtype BitPattern: FixedWidthInteger & BitwiseCopyable

    var bitPattern: BitPattern { get }
}

extension Float: BatchFloat {}
extension Double: BatchFloat {}
