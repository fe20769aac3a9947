import Records

/// How the values of one kind of column are read from a batch, compared, ordered and written.
///
/// ``ValueEncoder`` is compiled once for each kind, so that its inner loops hold no call and no choice.
protocol ValueKind {
    /// The values of a batch's column, as they lie in memory.
    associatedtype Values: BitwiseCopyable
    associatedtype Value: BitwiseCopyable
    associatedtype Bounds: ValueBounds<Value>

    func values(of column: Column) -> Values

    func value(at position: Int, of values: Values) -> Value

    /// The size of the value in Parquet's PLAIN encoding.
    func plainByteCount(of value: Value) -> Int

    /// Writes the value in Parquet's PLAIN encoding.
    func writePlain(_ value: Value, to place: UnsafeMutableRawPointer)

    /// Whether the value is the one written at the place; two values are equal if their encodings are.
    func isEqual(_ value: Value, toPlain place: UnsafeRawPointer) -> Bool

    func hash(_ value: Value, seed: UInt64) -> UInt64

    /// The hash by which a Bloom filter knows the value: of its PLAIN encoding, a text without its length.
    func filterHash(_ value: Value) -> UInt64

    /// Whether the stored type can hold the value.
    func fits(_ value: Value) -> Bool

    /// The value for an error message; not its content where that may be personal.
    func describe(_ value: Value) -> String

    func isNaN(_ value: Value) -> Bool

    /// Bounds of no values.
    func emptyBounds() -> Bounds
}

extension ValueKind {
    @inline(__always)
    func fits(_ value: Value) -> Bool { true }

    @inline(__always)
    func isNaN(_ value: Value) -> Bool { false }

    func describe(_ value: Value) -> String { "\(value)" }
}

/// A value that its column cannot hold.
struct MisfitValue: Error {
    /// The position among the values of the batch.
    let position: Int
    let description: String
}

/// The smallest and the largest of values seen so far.
protocol ValueBounds<Value> {
    associatedtype Value

    mutating func include(_ value: Value)

    /// Adds the values of other bounds.
    mutating func merge(_ other: Self)

    /// What no value is below; `nil` when no value was seen that has an order.
    var lower: ParquetBound? { get }
    /// What no value is above; `nil` when there is none that can be written.
    var upper: ParquetBound? { get }
}
