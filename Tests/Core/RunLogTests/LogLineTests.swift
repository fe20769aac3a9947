import JSON
import Logging
import NilusCore
import RunLog
import Synchronization
import Testing

struct `A log line` {
    private let time = Timestamp(microseconds: 1_780_272_005_000_000)

    private func line(_ format: LogFormat, _ metadata: Logger.Metadata) -> String {
        String(
            decoding: LogLine.bytes(format, time: time, level: .info, message: "table committed", metadata: metadata),
            as: UTF8.self)
    }

    @Test func `is readable as text, metadata by name, odd values quoted`() {
        let text = line(.text, ["rows": "100", "table": "sales.charges", "error": "no \"space\" left", "empty": ""])

        #expect(
            text == "2026-06-01T00:00:05Z info     table committed empty=\"\" error=\"no \\\"space\\\" left\" rows=100 "
                + "table=sales.charges\n")
    }

    @Test func `is one object as JSON`() throws {
        let text = line(.json, ["rows": .stringConvertible(100), "list": ["a", "b"], "inner": ["k": "v"]])

        #expect(
            text == #"{"time":"2026-06-01T00:00:05Z","level":"info","message":"table committed","#
                + #""inner":{"k":"v"},"list":["a","b"],"rows":100}"# + "\n")
    }

    @Test func `cannot be forged by a value`() {
        let forged = line(.text, ["name": "x\n2026 error    fake", "bell": "\u{7}\u{1B}[2J"])

        #expect(forged.split(separator: "\n").count == 1)
        #expect(!forged.unicodeScalars.contains { $0.value == 7 || $0.value == 27 })
    }
}

struct `The log handler` {
    private final class Lines: Sendable {
        private let texts = Mutex<[String]>([])

        var all: [String] { texts.withLock { $0 } }

        func add(_ bytes: [UInt8]) { texts.withLock { $0.append(String(decoding: bytes, as: UTF8.self)) } }
    }

    @Test func `writes what its level lets through, with the metadata of the logger`() {
        let lines = Lines()
        let time = TimeSource(
            monotonic: { .zero }, utc: { Timestamp(microseconds: 0) }, sleep: { _ in })
        var logger = Logger(label: "test") { _ in RunLogHandler(.text, level: .info, time: time, write: lines.add) }
        logger[metadataKey: "run"] = "r1"

        logger.debug("hidden")
        logger.warning("shown", metadata: ["node": "n"])

        #expect(lines.all == ["1970-01-01T00:00:00Z warning  shown node=n run=r1\n"])
    }
}
