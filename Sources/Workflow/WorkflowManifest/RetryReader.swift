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
