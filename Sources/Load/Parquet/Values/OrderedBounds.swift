/// The bounds of integers of any width.
struct OrderedBounds<Value: BatchInteger>: ValueBounds {
    // No value is both above the smallest and below the largest number, so these mean "none".
    private(set) var minimum = Value.max
    private(set) var maximum = Value.min

    @inline(__always)
    mutating func include(_ value: Value) {
        if value < minimum { minimum = value }
        if value > maximum { maximum = value }
    }

    mutating func merge(_ other: OrderedBounds) {
        minimum = Swift.min(minimum, other.minimum)
        maximum = Swift.max(maximum, other.maximum)
    }

    var lower: ParquetBound? { minimum > maximum ? nil : minimum.bound }

    var upper: ParquetBound? { minimum > maximum ? nil : maximum.bound }
}

/// The bounds of numbers with a binary fraction.
///
/// NaN has no place in their order. A zero counts as both zeros: readers may not tell them apart.
///
/// - SeeAlso: apache/parquet-format, parquet.thrift, `ColumnOrder.TYPE_ORDER`
struct FloatingBounds: ValueBounds {
    private var minimum = Double.infinity
    private var maximum = -Double.infinity
    private var isEmpty = true

    @inline(__always)
    mutating func include(_ value: Double) {
        // Both comparisons are false for NaN; infinities set them before anything else does.
        if value <= minimum {
            minimum = value
            isEmpty = false
        }
        if value >= maximum {
            maximum = value
            isEmpty = false
        }
    }

    mutating func merge(_ other: FloatingBounds) {
        guard !other.isEmpty else { return }
        include(other.minimum)
        include(other.maximum)
    }

    var lower: ParquetBound? {
        isEmpty ? nil : .double(minimum == 0 ? -0.0 : minimum)
    }

    var upper: ParquetBound? {
        isEmpty ? nil : .double(maximum == 0 ? 0.0 : maximum)
    }
}
