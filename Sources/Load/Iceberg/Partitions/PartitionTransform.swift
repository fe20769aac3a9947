import Records

/// What is made of a column's value to find the partition of a row.
///
/// - SeeAlso: Iceberg Table Spec, "Partition Transforms".
package enum PartitionTransform: Sendable, Hashable {
    case identity
    /// The number of a bucket, below the count of buckets.
    case bucket(Int)
    /// The value rounded down to a multiple of the width, or the first characters of a text.
    case truncate(Int)
    /// Years since 1970.
    case year
    /// Months since January 1970.
    case month
    /// Days since 1970-01-01.
    case day
    /// Hours since the epoch.
    case hour
    /// Always null: what version 1 tables leave in the place of a field that was dropped.
    case void
    /// A transform of a later version of the format, or of nobody.
    case unknown(String)

    /// Reads the form that metadata has, such as `bucket[16]`.
    package init(_ text: String) {
        switch text {
        case "identity": self = .identity
        case "year": self = .year
        case "month": self = .month
        case "day": self = .day
        case "hour": self = .hour
        case "void": self = .void
        default:
            if let count = Self.parameter(of: "bucket", in: text) {
                self = .bucket(count)
            } else if let width = Self.parameter(of: "truncate", in: text) {
                self = .truncate(width)
            } else {
                self = .unknown(text)
            }
        }
    }

    private static func parameter(of name: String, in text: String) -> Int? {
        guard text.hasPrefix("\(name)["), text.hasSuffix("]"),
            let number = Int32(text.dropFirst(name.count + 1).dropLast()), number > 0
        else { return nil }
        return Int(number)
    }

    /// The type of the partition value of a column of the given type.
    func resultType(of source: IcebergType) -> IcebergType? {
        switch self {
        case .identity, .truncate, .void: source
        case .bucket, .year, .month, .hour: .column(.int)
        // The specification says int; the reference implementation has dates, which are ints with a meaning.
        case .day: .column(.date)
        case .unknown: nil
        }
    }
}

extension PartitionTransform: CustomStringConvertible {
    /// The form that metadata has.
    package var description: String {
        switch self {
        case .identity: "identity"
        case .bucket(let count): "bucket[\(count)]"
        case .truncate(let width): "truncate[\(width)]"
        case .year: "year"
        case .month: "month"
        case .day: "day"
        case .hour: "hour"
        case .void: "void"
        case .unknown(let text): text
        }
    }
}
