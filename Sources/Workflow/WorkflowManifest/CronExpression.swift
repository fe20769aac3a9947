import NilusCore
import YAML

/// The five fields of a cron expression, as far as their form and ranges can be checked.
enum CronExpression {
    fileprivate struct Field {
        let name: String
        let range: ClosedRange<Int>
        let words: Set<String>
    }

    private static let fields = [
        Field(name: "minute", range: 0...59, words: []),
        Field(name: "hour", range: 0...23, words: []),
        Field(name: "day of month", range: 1...31, words: []),
        Field(
            name: "month", range: 1...12,
            words: ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]),
        Field(name: "day of week", range: 0...7, words: ["sun", "mon", "tue", "wed", "thu", "fri", "sat"]),
    ]

    /// Says what is wrong with an expression; `nil` when nothing is.
    static func problem(in text: String) -> String? {
        let parts = text.split(whereSeparator: \.isWhitespace)
        guard parts.count == fields.count else {
            return "\(parts.count) fields; expected 5: minute, hour, day of month, month, day of week"
        }
        for (field, part) in zip(fields, parts) where !part.isList(of: field) {
            let bounds = "\(field.range.lowerBound) to \(field.range.upperBound)"
            return
                "\(MessageText.quoted(part)) is no \(field.name); expected '*', numbers from \(bounds), ranges or steps"
        }
        return nil
    }
}

extension Substring {
    /// Whether this is `item,item,…` with items `*`, `?`, a value or a range, each with an optional
    /// step.
    fileprivate func isList(of field: CronExpression.Field) -> Bool {
        split(separator: ",", omittingEmptySubsequences: false).allSatisfy { item in
            let halves = item.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
            if halves.count == 2, (Int(halves[1]) ?? 0) < 1 { return false }
            guard let base = halves.first else { return false }
            if base == "*" || base == "?" { return true }
            let ends = base.split(separator: "-", maxSplits: 1, omittingEmptySubsequences: false)
            return ends.allSatisfy { $0.isValue(of: field) }
        }
    }

    private func isValue(of field: CronExpression.Field) -> Bool {
        if field.words.contains(lowercased()) { return true }
        guard allSatisfy(\.isNumber), let number = Int(self) else { return false }
        return field.range.contains(number)
    }
}
