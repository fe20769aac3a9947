import Extraction
import JSON
import Records

/// How a JSON value of a declared kind gets into a column of a given type.
///
/// The column's type decides, because a table that exists keeps its types. A value that a conversion
/// refuses is not lost: it goes to the column `_nilus_extra` as received.
struct Conversion: Hashable {
    private enum Rule: Hashable {
        case text
        /// The text of strings; the written form of everything else.
        case anyAsText
        case json
        case integer(ClosedRange<Int64>)
        case boolean
        case double
        case float
        case secondsToMicroseconds
        case secondsToDays
        case decimal(precision: Int, scale: Int)
    }

    private let rule: Rule

    /// Takes what the field is declared to be, `nil` for a field that nobody declared, and the column's type.
    init(of kind: ValueKind?, to type: FieldType) {
        rule =
            switch (type, kind) {
            case (.text, .text), (.json, .text): .text
            case (.text, .json), (.json, _): .json
            case (.text, _): .anyAsText
            case (.long, _): .integer(.min ... .max)
            case (.int, _): .integer(Int64(Int32.min)...Int64(Int32.max))
            case (.boolean, _): .boolean
            case (.double, _): .double
            case (.float, _): .float
            case (.timestamp, _), (.timestampWithZone, _): .secondsToMicroseconds
            case (.date, _): .secondsToDays
            case (.decimal(let precision, let scale), _): .decimal(precision: precision, scale: scale)
            }
    }

    /// Puts a value that is not null into the row.
    ///
    /// - Returns: whether it fit; if not, the column is unchanged.
    func set(_ value: JSONElement, in column: Column, row: Int, scratch: inout [UInt8]) -> Bool {
        switch rule {
        case .text:
            return value.kind == .string && setText(value, in: column, row: row, scratch: &scratch)
        case .anyAsText:
            if value.kind == .string { return setText(value, in: column, row: row, scratch: &scratch) }
            column.set(value.raw, inRow: row)
        case .json:
            column.set(value.raw, inRow: row)
        case .integer(let range):
            guard let integer = Numbers.integer(value), range.contains(integer) else { return false }
            column.set(integer, inRow: row)
        case .boolean:
            guard let boolean = value.boolean else { return false }
            column.set(Int64(boolean ? 1 : 0), inRow: row)
        case .double:
            guard let double = Numbers.double(value) else { return false }
            column.set(double, inRow: row)
        case .float:
            guard let double = Numbers.double(value), Double(Float(double)) == double else { return false }
            column.set(double, inRow: row)
        case .secondsToMicroseconds:
            guard let microseconds = Numbers.microseconds(value) else { return false }
            column.set(microseconds, inRow: row)
        case .secondsToDays:
            guard let seconds = Numbers.integer(value), seconds.isMultiple(of: 86_400) else { return false }
            column.set(seconds / 86_400, inRow: row)
        case .decimal(let precision, let scale):
            guard let unscaled = DecimalText.unscaled(value, precision: precision, scale: scale) else { return false }
            column.set(unscaled, inRow: row)
        }
        return true
    }

    private func setText(_ value: JSONElement, in column: Column, row: Int, scratch: inout [UInt8]) -> Bool {
        let content = value.quotedBytes
        guard JSONElement.hasEscapes(content) else {
            column.set(content, inRow: row)
            return true
        }
        scratch.removeAll(keepingCapacity: true)
        guard JSONEscapes.resolve(content, into: &scratch) else { return false }
        scratch.withUnsafeBytes { column.set($0, inRow: row) }
        return true
    }
}
