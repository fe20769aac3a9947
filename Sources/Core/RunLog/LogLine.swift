import JSON
package import Logging
package import NilusCore

/// One log line as bytes.
package enum LogLine {
    /// Writes a line, metadata sorted by key, with its line feed.
    package static func bytes(
        _ format: LogFormat, time: Timestamp, level: Logger.Level, message: String, metadata: Logger.Metadata
    ) -> [UInt8] {
        let fields = metadata.sorted { $0.key < $1.key }
        switch format {
        case .text:
            let name = level.rawValue + String(repeating: " ", count: max(0, 8 - level.rawValue.count))
            let values = fields.map { " \($0.key)=\(quotedIfNeeded(plain($0.value)))" }.joined()
            return Array("\(time) \(name) \(escaped(message))\(values)\n".utf8)
        case .json:
            var object: JSONObject = ["time": .string(time.description), "level": .string(level.rawValue)]
            object["message"] = .string(message)
            for (key, value) in fields { object[key] = json(value) }
            return JSONValue.object(object).compactBytes + [UInt8(ascii: "\n")]
        }
    }

    private static func plain(_ value: Logger.MetadataValue) -> String {
        switch value {
        case .string(let text): text
        case .stringConvertible(let value): value.description
        case .array, .dictionary: json(value).compactText
        }
    }

    private static func json(_ value: Logger.MetadataValue) -> JSONValue {
        switch value {
        case .string(let text): return .string(text)
        case .stringConvertible(let value):
            let text = value.description
            return value is any BinaryInteger ? .number(text) : .string(text)
        case .array(let items): return .array(items.map(json))
        case .dictionary(let items):
            var object = JSONObject()
            for (key, value) in items.sorted(by: { $0.key < $1.key }) { object[key] = json(value) }
            return .object(object)
        }
    }

    private static func quotedIfNeeded(_ text: String) -> String {
        let needsQuotes = text.isEmpty || text.contains { $0 == " " || $0 == "=" || $0 == "\"" || $0.isNewline }
        return needsQuotes ? JSONValue.string(text).compactText : escaped(text)
    }

    /// Without control characters, so that no value can move the cursor or forge a line.
    private static func escaped(_ text: String) -> String {
        guard text.unicodeScalars.contains(where: { $0.value < 0x20 || $0.value == 0x7F }) else { return text }
        return String(
            text.unicodeScalars.map { $0.value < 0x20 || $0.value == 0x7F ? "\u{FFFD}" : Character($0) })
    }
}
