import Records

/// Integers, dates, timestamps and the unscaled values of decimals of at most 18 digits, stored as
/// INT32 or INT64.
struct IntegerKind<Value: BatchInteger, Stored: FixedWidthInteger & SignedInteger & BitwiseCopyable>: ValueKind {
    private let allowed: ClosedRange<Value>

    /// - Precondition: the stored type holds the allowed values.
    init(_ allowed: ClosedRange<Value>) {
        self.allowed = allowed
    }

    @inline(__always)
    func values(of column: Column) -> UnsafeBufferPointer<Value> { Value.list(in: column) }

    @inline(__always)
    func value(at position: Int, of values: UnsafeBufferPointer<Value>) -> Value { values[position] }

    @inline(__always)
    func plainByteCount(of value: Value) -> Int { Stored.bitWidth / 8 }

    @inline(__always)
    func writePlain(_ value: Value, to place: UnsafeMutableRawPointer) {
        place.storeBytes(of: Stored(truncatingIfNeeded: value).littleEndian, as: Stored.self)
    }

    @inline(__always)
    func isEqual(_ value: Value, toPlain place: UnsafeRawPointer) -> Bool {
        place.loadUnaligned(as: Stored.self) == Stored(truncatingIfNeeded: value).littleEndian
    }

    @inline(__always)
    func hash(_ value: Value, seed: UInt64) -> UInt64 {
        ByteHash.hash(UInt64(truncatingIfNeeded: value), seed: seed)
    }

    @inline(__always)
    func filterHash(_ value: Value) -> UInt64 { XXHash64.hash(Stored(truncatingIfNeeded: value)) }

    @inline(__always)
    func fits(_ value: Value) -> Bool { allowed.contains(value) }

    func emptyBounds() -> OrderedBounds<Value> { OrderedBounds() }
}

/// The integers that a batch holds.
protocol BatchInteger: FixedWidthInteger, SignedInteger, BitwiseCopyable {
    /// A column's values.
    static func list(in column: Column) -> UnsafeBufferPointer<Self>

    /// The value as a bound.
    var bound: ParquetBound { get }
}

extension Int64: BatchInteger {
    static func list(in column: Column) -> UnsafeBufferPointer<Int64> { column.integers }

    var bound: ParquetBound { .integer(self) }
}

extension Int128: BatchInteger {
    static func list(in column: Column) -> UnsafeBufferPointer<Int128> { column.decimals }

    var bound: ParquetBound { .decimal(self) }
}
