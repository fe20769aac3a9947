/// What the simulator is asked to be; every member has the value it has when nothing is said.
struct SimulatorOptions: Sendable {
    /// The port on the loopback address; 0 for any free one.
    var port = 0
    var seed: UInt64 = 1
    var objects = ObjectCounts()
    var spanDays = 365
    /// The second before which all objects were created, and at which the clock starts.
    var now = UTCTime.usualNow
    var account = "acct_1SimuLat0rNiLuS1"
    /// The keys that are known at first; empty for every key of a known form.
    var keys: [String] = []
    /// Endpoints that answer 403, and endpoints that answer that their feature is not enabled.
    var forbidden: Set<ObjectKind> = []
    var notEnabled: Set<ObjectKind> = []
    var sendsNewFields = false
    var isPretty = false
    var offersGzip = false
    var latencyMilliseconds = 0
    var limits = RateLimits()
    var faults: [FaultRule] = []
    var threads = 2
}

/// How often and how much at once; `nil` for as much as is wanted.
struct RateLimits: Sendable {
    var requestsPerSecond: Double?
    var endpointRequestsPerSecond: Double?
    var concurrency: Int?
    var endpointConcurrency: Int?
}
