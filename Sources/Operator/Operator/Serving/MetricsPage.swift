/// The metrics of an operator in the text format of Prometheus.
///
/// - SeeAlso: prometheus.io, "Exposition formats", text-based format 0.0.4.
enum MetricsPage {
    static func text(_ meter: OperatorMeter, _ health: OperatorHealth) -> String {
        var lines: [String] = []
        for counter in OperatorMeter.Counter.allCases {
            lines += family(counter.rawValue, "counter", counter.help, [("", meter.value(counter))])
        }
        lines += family(
            "nilus_operator_leader", "gauge", "1 while this operator leads.", [("", health.isLeading ? 1 : 0)])
        lines += family(
            "nilus_operator_queue_depth", "gauge", "Workflows that wait to be looked at.", [("", health.queueDepth)])
        lines += family(
            "nilus_operator_objects", "gauge", "Objects that are followed, by kind.",
            health.counts.map { ("{kind=\"\($0.kind)\"}", $0.count) })
        return lines.joined(separator: "\n") + "\n"
    }

    private static func family(
        _ name: String, _ type: String, _ help: String, _ samples: [(labels: String, value: Int)]
    ) -> [String] {
        ["# HELP \(name) \(help)", "# TYPE \(name) \(type)"] + samples.map { "\(name)\($0.labels) \($0.value)" }
    }
}
