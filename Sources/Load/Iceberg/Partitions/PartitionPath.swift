import NilusCore
package import Records

/// The folder of a partition's files below that of all data files, such as `created_month=2026-05/id_bucket=3`.
///
/// For people only: readers take partition values from manifests. Names and values are escaped as the
/// reference implementation escapes them (`application/x-www-form-urlencoded`), and cut where a file
/// system would not take them.
package enum PartitionPath {
    /// Bytes of one folder's name, of which most file systems take 255.
    private static let maximumFolderBytes = 240

    /// The folder of a partition.
    ///
    /// - Parameters:
    ///   - partition: a partition of `spec`.
    ///   - spec: the fields in order.
    ///   - type: the type of the column of a field; asked for fields with a value only.
    /// - Returns: a path without a slash at its ends; empty without fields.
    package static func folder(
        of partition: FilePartition, _ spec: PartitionSpec, type: (PartitionField) -> FieldType
    ) -> String {
        spec.fields.map { field in
            let value = (partition.values[field.fieldID] ?? nil).map { field.transform.text(of: $0, type(field)) }
            return cut("\(escaped(field.name))=\(escaped(value ?? "null"))")
        }.joined(separator: "/")
    }

    static func escaped(_ text: String) -> String {
        var result = ""
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: " "): result += "+"
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "*"), UInt8(ascii: "-"), UInt8(ascii: "."),
                UInt8(ascii: "_"):
                result.unicodeScalars.append(Unicode.Scalar(byte))
            default: result += "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
            }
        }
        return result
    }

    private static func cut(_ folder: String) -> String {
        guard folder.utf8.count > maximumFolderBytes else { return folder }
        let kept = folder.prefix(maximumFolderBytes)
        // Not in the middle of an escaped byte.
        guard let sign = kept.suffix(2).lastIndex(of: "%") else { return String(kept) }
        return String(kept[..<sign])
    }
}

extension PartitionTransform {
    /// A partition value as people read it.
    fileprivate func text(of value: SingleValue, _ type: FieldType) -> String {
        switch (self, value) {
        case (.year, .integer(let years)): padded(years + 1_970, to: 4)
        case (.month, .integer(let months)):
            padded(1_970 + months.flooredQuotient(by: 12), to: 4) + "-"
                + padded(months - months.flooredQuotient(by: 12) * 12 + 1, to: 2)
        case (.day, .integer(let days)): CivilDay(daysSinceEpoch: days).description
        case (.hour, .integer(let hours)):
            "\(CivilDay(daysSinceEpoch: hours.flooredQuotient(by: 24)))-"
                + padded(hours - hours.flooredQuotient(by: 24) * 24, to: 2)
        case (.identity, _), (.truncate, _): value.text(type)
        case (_, .integer(let number)): String(number)
        default: "null"
        }
    }

    private func padded(_ number: Int64, to width: Int) -> String {
        let digits = String(number.magnitude)
        return (number < 0 ? "-" : "") + String(repeating: "0", count: max(0, width - digits.count)) + digits
    }
}

extension SingleValue {
    fileprivate func text(_ type: FieldType) -> String {
        switch (self, type) {
        case (.integer(let value), .boolean): value == 0 ? "false" : "true"
        case (.integer(let days), .date): CivilDay(daysSinceEpoch: days).description
        case (.integer(let value), .timestampWithZone): Timestamp(microseconds: value).description
        case (.integer(let value), .timestamp): String(Timestamp(microseconds: value).description.dropLast())
        case (.integer(let value), _): String(value)
        case (.double(let value), .float): "\(Float(value))"
        case (.double(let value), _): "\(value)"
        case (.decimal(let value), .decimal(_, let scale)): Self.decimalText(value, scale: scale)
        case (.decimal(let value), _): String(value)
        case (.text(let utf8), _), (.bytes(let utf8), _): String(decoding: utf8, as: UTF8.self)
        }
    }

    private static func decimalText(_ value: Int128, scale: Int) -> String {
        let digits = String(value.magnitude)
        let whole = String(repeating: "0", count: max(0, scale + 1 - digits.count)) + digits
        let sign = value < 0 ? "-" : ""
        return scale == 0 ? sign + whole : "\(sign)\(whole.dropLast(scale)).\(whole.suffix(scale))"
    }
}
