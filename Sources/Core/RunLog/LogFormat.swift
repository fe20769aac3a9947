/// How log lines look.
package enum LogFormat: String, Sendable, CaseIterable {
    /// For people: `2026-11-23T20:21:05Z info  table committed rows=100 table=sales.charges`.
    case text
    /// For collectors: one JSON object a line.
    case json
}
