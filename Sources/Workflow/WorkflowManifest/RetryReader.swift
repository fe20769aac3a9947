import NilusCore
import YAML

/// Reads `retry`.
struct RetryReader {
    let log: FaultLog

    private static let keys = KeySet.resource(["count", "strategy", "duration", "maxDuration"])

    func read(_ node: SectionReader) -> RetryRule? {
        guard let section = node.section("retry", keys: Self.keys) else { return nil }
        let count = section.required("count") == nil ? nil : section.integer("count", in: 0...RetryRule.maximumCount)
        let strategy = section.choice("strategy", of: RetryRule.Strategy.self)
        let duration = duration(section, "duration")
        let maxDuration = self.duration(section, "maxDuration")
        if let duration, let maxDuration, maxDuration.value < duration.value {
            log.add(.shortMaxDuration(at: maxDuration.location))
        }
        return RetryRule(
            count: count?.value ?? 0, strategy: strategy?.value, duration: duration?.value,
            maxDuration: maxDuration?.value)
    }

    private func duration(_ section: SectionReader, _ key: String) -> Located<Duration>? {
        guard let text = section.text(key) else { return nil }
        guard let duration = DurationText.parse(text.value) else {
            log.add(.badDuration(key, text))
            return nil
        }
        return Located(duration, at: text.location)
    }
}

/// Durations such as `60s`, `5m`, `1h30m`; a bare number is seconds.
enum DurationText {
    /// Longest duration that is accepted: a year.
    private static let maximumMilliseconds: Int64 = 366 * 86_400_000
    private static let units: [String: Int64] = [
        "ms": 1, "s": 1_000, "m": 60_000, "h": 3_600_000, "d": 86_400_000,
    ]

    /// Reads whole numbers with their units, one after another.
    ///
    /// - Returns: `nil` when the text is anything else, or longer than a year.
    static func parse(_ text: String) -> Duration? {
        if let seconds = Int64(text), (0...(maximumMilliseconds / 1_000)).contains(seconds) { return .seconds(seconds) }
        var rest = Substring(text)
        var total: Int64 = 0
        repeat {
            let digits = rest.prefix { $0.isASCII && $0.isNumber }
            let unit = rest[digits.endIndex...].prefix { $0.isLetter }
            guard let count = Int64(digits), count <= maximumMilliseconds, let factor = units[String(unit)] else {
                return nil
            }
            total += count * factor
            guard total <= maximumMilliseconds else { return nil }
            rest = rest[unit.endIndex...]
        } while !rest.isEmpty
        return .milliseconds(total)
    }
}

extension ManifestFault {
    fileprivate static func badDuration(_ key: String, _ text: Located<String>) -> ManifestFault {
        ManifestFault(
            .error,
            "'\(key)' must be a duration such as '60s', '5m' or '1h30m'; found \(MessageText.quoted(text.value))",
            at: text.location)
    }

    fileprivate static func shortMaxDuration(at place: SourceLocation) -> ManifestFault {
        ManifestFault(.error, "'maxDuration' is shorter than 'duration'; no attempt would be made", at: place)
    }
}
