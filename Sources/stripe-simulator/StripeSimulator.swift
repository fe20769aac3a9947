import ArgumentParser
import Dispatch
import Foundation
import Glibc

/// The command line of the simulator.
@main
struct StripeSimulator: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "stripe-simulator",
        abstract: "A deterministic stand-in for Stripe's API on the loopback address.",
        discussion: """
            Prints one line with its address when it is ready; SIGTERM and SIGINT end it. The same seed \
            gives the same objects. Keys, faults and statistics are described in the documentation.
            """)

    @Option(help: "The port on 127.0.0.1; 0 takes any free one.")
    var port = 12_111

    @Option(help: "Another seed gives other objects.")
    var seed: UInt64 = 1

    @Option(
        help: "Numbers of objects, such as charge=100000,customer=5000,default=250.",
        transform: { try ObjectCounts(parsing: $0) })
    var objects = ObjectCounts()

    @Option(help: "The days before --now over which the objects were created.")
    var spanDays = 365

    @Option(help: "The time at which the clock starts, after all objects.", transform: { try UTCTime.parse($0) })
    var now = UTCTime.usualNow

    @Option(help: "Milliseconds before each answer.")
    var latencyMs = 0

    @Option(help: "Requests a second for the account; unlimited when not given.")
    var requestsPerSecond: Double?

    @Option(help: "Requests a second for each operation; unlimited when not given.")
    var endpointRequestsPerSecond: Double?

    @Option(help: "Requests at once for the account; unlimited when not given.")
    var concurrency: Int?

    @Option(help: "Requests at once for each operation; unlimited when not given.")
    var endpointConcurrency: Int?

    @Option(help: "A JSON file with fault rules.")
    var faults: String?

    @Option(help: "A known key; may be repeated. Without it, every key of a known form is known.")
    var key: [String] = []

    @Option(help: "The id of the account.")
    var account = SimulatorOptions().account

    @Option(
        help: "Endpoints that the key may not read, separated by commas; 'account' for GET /v1/account.",
        transform: { try Self.kinds($0) })
    var forbid: Set<ObjectKind> = []

    @Option(
        help: "Endpoints whose feature is not enabled, separated by commas.", transform: { try Self.kinds($0) })
    var notEnabled: Set<ObjectKind> = []

    @Flag(help: "Send the members that are newer than the described API version.")
    var newFields = false

    @Flag(help: "Indent the JSON as Stripe does.")
    var pretty = false

    @Flag(help: "Compress answers for clients that accept gzip.")
    var gzip = false

    @Option(help: "Threads that answer requests.")
    var threads = 2

    func validate() throws {
        try check(port, 0...65_535, "--port")
        try check(spanDays, 1...36_500, "--span-days")
        try check(latencyMs, 0...600_000, "--latency-ms")
        try check(threads, 1...64, "--threads")
        try check(concurrency ?? 1, 1...1_000_000, "--concurrency")
        try check(endpointConcurrency ?? 1, 1...1_000_000, "--endpoint-concurrency")
        try check(requestsPerSecond, "--requests-per-second")
        try check(endpointRequestsPerSecond, "--endpoint-requests-per-second")
        guard account.hasPrefix("acct_") else {
            throw ValidationError("--account is '\(account)'; expected an id that begins with acct_")
        }
        guard now > spanDays * 86_400 else {
            throw ValidationError("--span-days reaches back before 1970; lower it or raise --now")
        }
    }

    func run() throws {
        let simulator = Simulator(try options())
        let server: SimulatorServer
        do {
            server = try SimulatorServer(simulator)
        } catch {
            throw OptionError("cannot bind 127.0.0.1:\(port): \(error); choose another --port, or 0 for a free one")
        }
        let signals = [SIGTERM, SIGINT].map { Self.stop(server, on: $0) }
        print("stripe-simulator listening on http://127.0.0.1:\(server.port)")
        fflush(nil)
        try server.wait()
        withExtendedLifetime(signals) {}
        try server.shutDown()
    }

    private func options() throws -> SimulatorOptions {
        var options = SimulatorOptions(
            port: port, seed: seed, objects: objects, spanDays: spanDays, now: now, account: account, keys: key)
        options.forbidden = forbid
        options.notEnabled = notEnabled
        options.sendsNewFields = newFields
        options.isPretty = pretty
        options.offersGzip = gzip
        options.latencyMilliseconds = latencyMs
        options.limits = RateLimits(
            requestsPerSecond: requestsPerSecond, endpointRequestsPerSecond: endpointRequestsPerSecond,
            concurrency: concurrency, endpointConcurrency: endpointConcurrency)
        options.faults = try faults.map { try Self.rules(file: $0) } ?? []
        options.threads = threads
        return options
    }

    // MARK: - Values

    private func check(_ value: Int, _ range: ClosedRange<Int>, _ option: String) throws {
        guard range.contains(value) else {
            throw ValidationError("\(option) is \(value); expected \(range.lowerBound) to \(range.upperBound)")
        }
    }

    private func check(_ rate: Double?, _ option: String) throws {
        guard rate.map({ $0 > 0 && $0 <= 1_000_000 }) ?? true else {
            throw ValidationError("\(option) is \(rate ?? 0); expected more than 0, at most 1000000")
        }
    }

    private static func kinds(_ text: String) throws -> Set<ObjectKind> {
        Set(try text.split(separator: ",").map { $0 == "account" ? .account : try ObjectKind(option: String($0)) })
    }

    private static func rules(file path: String) throws -> [FaultRule] {
        guard let data = FileManager.default.contents(atPath: path) else {
            throw OptionError("cannot read the fault rules: there is no readable file '\(path)'")
        }
        do {
            return try FaultRuleReader.rules(Array(data))
        } catch {
            throw OptionError("cannot use '\(path)': \(error)")
        }
    }

    /// Ends the server when the signal arrives, for as long as the result is kept.
    private static func stop(_ server: SimulatorServer, on signal: Int32) -> any DispatchSourceSignal {
        Glibc.signal(signal, SIG_IGN)
        let source = DispatchSource.makeSignalSource(signal: signal, queue: .global())
        source.setEventHandler { server.stop() }
        source.resume()
        return source
    }
}

/// Prints a line to standard error.
func print(stderrLine line: String) {
    FileHandle.standardError.write(Data((line + "\n").utf8))
}
