import Testing

@testable import WorkflowManifest

struct `Kubernetes quantities` {
    struct Case: Sendable, CustomTestStringConvertible {
        let text: String
        let decimals: Int
        let value: Int
        var testDescription: String { text }

        init(_ text: String, _ decimals: Int, _ value: Int) {
            self.text = text
            self.decimals = decimals
            self.value = value
        }
    }

    @Test(arguments: [
        Case("100m", 3, 100), Case("1", 3, 1_000), Case("0.5", 3, 500), Case(".5", 3, 500), Case("2.", 3, 2_000),
        Case("+1", 3, 1_000), Case("100000000n", 3, 100), Case("1n", 3, 1), Case("1500u", 3, 2),
        Case("1k", 3, 1_000_000),
        Case("1e-3", 3, 1), Case("128Mi", 0, 134_217_728), Case("128M", 0, 128_000_000), Case("1Gi", 0, 1_073_741_824),
        Case("1.5Gi", 0, 1_610_612_736), Case("0.5Ki", 0, 512), Case("1e9", 0, 1_000_000_000),
        Case("1E9", 0, 1_000_000_000),
        Case("1E", 0, 1_000_000_000_000_000_000), Case("7Ei", 0, 8_070_450_532_247_928_832),
        Case("1Ti", 0, 1_099_511_627_776), Case("2P", 0, 2_000_000_000_000_000), Case("1Pi", 0, 1_125_899_906_842_624),
        Case("1.0000000001", 0, 2), Case("0000123", 0, 123), Case("9223372036854775807", 0, .max),
        Case("1000000000000000000000n", 0, 1_000_000_000_000), Case("3T", 0, 3_000_000_000_000),
    ])
    func `are exact, and rounded up`(_ example: Case) throws {
        #expect(try Quantity(example.text).value(decimals: example.decimals) == example.value)
    }

    @Test(arguments: [
        ("", Quantity.Problem.malformed), (".", .malformed), ("Mi", .malformed), ("1 Mi", .malformed),
        ("1MI", .malformed),
        ("1mi", .malformed), ("1e", .malformed), ("1e1.5", .malformed), ("1.2.3", .malformed), ("abc", .malformed),
        ("0x10", .malformed), ("٣", .malformed), ("0", .notPositive), ("0.000", .notPositive), ("-1", .notPositive),
        ("8Ei", .tooLarge), ("9223372036854775808", .tooLarge), ("1e99", .tooLarge), ("1e999999", .tooLarge),
        ("1234567890123456789012345678901", .tooLarge), ("999999999999999999999999999999Ei", .tooLarge),
    ])
    func `that cannot be are told apart`(_ text: String, _ problem: Quantity.Problem) {
        #expect(throws: problem) { try Quantity(text).value(decimals: 0) }
    }

    @Test(arguments: [
        FaultCase(
            .spec, "stack: nilus:1.0\nresources: {requests: {cpu: 100 m}}",
            "9:37: 'cpu' must be a quantity such as '100m' or '0.5'; found '100 m'"),
        FaultCase(
            .spec, "stack: nilus:1.0\nresources: {requests: {cpu: 0}}", "9:37: 'cpu' must be more than zero; found '0'"),
        FaultCase(
            .spec, "stack: nilus:1.0\nresources: {requests: {cpu: 1E}}",
            "9:37: 'cpu' is larger than any machine: '1E'; write a smaller quantity"),
        FaultCase(
            .spec, "stack: nilus:1.0\nresources: {limits: {memory: 128MB}}",
            "9:38: 'memory' cannot be '128MB'; did you mean '128Mi'?"),
        FaultCase(
            .spec, "stack: nilus:1.0\nresources: {limits: {memory: 1 gb}}",
            "9:38: 'memory' cannot be '1 gb'; did you mean '1Gi'?"),
        FaultCase(
            .spec, "stack: nilus:1.0\nresources: {limits: {memory: 128m}}",
            "9:38: 'memory' of '128m' is a fraction of a byte; did you mean '128Mi'?"),
        FaultCase(
            .spec, "stack: nilus:1.0\nresources: {limits: {memory: 5u}}",
            "9:38: 'memory' of '5u' is a fraction of a byte; expected bytes such as '128Mi'"),
        FaultCase(
            .spec, "stack: nilus:1.0\nresources: {limits: {memory: lots}}",
            "9:38: 'memory' must be a quantity such as '128Mi' or '1Gi'; found 'lots'"),
        FaultCase(
            .spec, "stack: nilus:1.0\nresources: {limits: {memory: -1Gi}}",
            "9:38: 'memory' must be more than zero; found '-1Gi'"),
        FaultCase(
            .spec,
            "stack: nilus:1.0\nresources:\n  limits: {cpu: 100m, memory: 1Gi}\n  requests: {cpu: 0.2, memory: 1025Mi}",
            "11:27: 'cpu' request '0.2' is above its limit of '100m'; lower the request or raise the limit",
            "11:40: 'memory' request '1025Mi' is above its limit of '1Gi'; lower the request or raise the limit"),
        FaultCase(
            .spec, "stack: nilus:1.0\nresources: {requests: {cpus: 1}}",
            "9:32: warning: unknown key 'cpus' in 'resources.requests'; did you mean 'cpu'?"),
        FaultCase(
            .spec, "stack: nilus:1.0\nresources: {request: {cpu: 1}}",
            "9:21: warning: unknown key 'request' in 'resources'; did you mean 'requests'?"),
        FaultCase(
            .spec, "stack: nilus:1.0\nresources: {requests: 100m}",
            "9:31: 'resources.requests' must be a mapping; found text"),
    ])
    func `in a manifest are told with what was written`(_ example: FaultCase) {
        #expect(example.found == example.expected)
    }
}
