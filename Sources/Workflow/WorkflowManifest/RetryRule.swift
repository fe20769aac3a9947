/// How often and when a failed node is tried again.
package struct RetryRule: Sendable, Equatable {
    /// Which failures are worth another attempt.
    package enum Strategy: String, Sendable, CaseIterable {
        case always = "Always"
        case onFailure = "OnFailure"
        case onError = "OnError"
        case onTransientError = "OnTransientError"
    }

    /// Most attempts that a manifest may ask for.
    package static let maximumCount = 100

    /// Attempts after the first, 0 … 100.
    package let count: Int
    /// `nil` when the manifest leaves it out.
    package let strategy: Strategy?
    /// The wait before the next attempt.
    package let duration: Duration?
    /// The time after which no further attempt begins.
    package let maxDuration: Duration?

    /// A rule from its parts.
    package init(count: Int, strategy: Strategy? = nil, duration: Duration? = nil, maxDuration: Duration? = nil) {
        self.count = count
        self.strategy = strategy
        self.duration = duration
        self.maxDuration = maxDuration
    }
}
