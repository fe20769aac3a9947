/// The range of the values that the files of a manifest have for one partition field.
struct PartitionRange {
    private let type: IcebergType
    private var containsNull = false
    private var containsNaN = false
    private var least: SingleValue?
    private var greatest: SingleValue?

    init(_ type: IcebergType) {
        self.type = type
    }

    mutating func include(_ value: SingleValue?) {
        guard let value else {
            containsNull = true
            return
        }
        if case .double(let number) = value, number.isNaN {
            containsNaN = true
            return
        }
        if least.map({ value.precedes($0) }) ?? true { least = value }
        if greatest.map({ $0.precedes(value) }) ?? true { greatest = value }
    }

    /// The range as a manifest list tells it; its bounds are whole.
    var summary: PartitionSummary {
        PartitionSummary(
            containsNull: containsNull, containsNaN: containsNaN, lowerBound: least.flatMap(type.bytes),
            upperBound: greatest.flatMap(type.bytes))
    }
}

extension SingleValue {
    /// Whether the value comes before another of its type: numbers by size, with −0.0 before +0.0 and NaN
    /// last, texts and bytes byte by byte.
    package func precedes(_ other: SingleValue) -> Bool {
        switch (self, other) {
        case (.integer(let left), .integer(let right)): left < right
        case (.double(let left), .double(let right)): Self.precedes(left, right)
        case (.decimal(let left), .decimal(let right)): left < right
        case (.text(let left), .text(let right)), (.bytes(let left), .bytes(let right)):
            left.lexicographicallyPrecedes(right)
        default: false
        }
    }

    private static func precedes(_ left: Double, _ right: Double) -> Bool {
        if left.isNaN { return false }
        if right.isNaN { return true }
        return left < right || (left == right && left.sign == .minus && right.sign == .plus)
    }
}
