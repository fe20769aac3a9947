import HTTPTransport
import JSON
import NilusCore

/// One request to an API server, without what all of them share.
struct ClusterRequest {
    let method: HTTPMethod
    let path: String
    var query: [(name: String, value: String)] = []
    var body: HTTPBody?
    var contentType = "application/json"
    /// `nil` for that of an attempt.
    var timeout: Duration?
    var maximumBodyBytes = ClusterLimits.largestAnswer

    /// The path with its query.
    var target: String {
        guard !query.isEmpty else { return path }
        let parts = query.map { "\($0.name)=\(URLText.encoded($0.value))" }
        return "\(path)?\(parts.joined(separator: "&"))"
    }
}

/// Bounds of the conversation with an API server.
enum ClusterLimits {
    /// Upper bound of one answer in bytes, a page of a list included.
    static let largestAnswer = 32 * 1_024 * 1_024
    /// Objects in a page of a list.
    static let pageSize = 100
    /// Pages of a list at most.
    static let mostPages = 10_000
    /// Seconds after which the server ends a watch by itself.
    static let watchSeconds = 290
    /// Longest silence of a watch: longer than the watch is meant to last.
    static let watchSilence = Duration.seconds(320)
    /// Bytes of a watch that may wait for their reader.
    static let watchBuffer = 1_024 * 1_024
    /// Connections to the server, which HTTP/2 does not need.
    static let connections = 16
}
