import NilusCore
import Testing

@testable import WorkflowManifest

struct `Faults of a node` {
    @Test(arguments: [
        FaultCase(
            .spec, "stack: flare:5.0", "8:16: unknown stack 'flare'; expected 'nilus:1.0' or another version of 'nilus'"
        ),
        FaultCase(
            .spec, "stack: nilus2:1.0",
            "8:16: unknown stack 'nilus2'; expected 'nilus:1.0' or another version of 'nilus'"),
        FaultCase(
            .spec, "stack: nilus",
            "8:16: 'stack' must be a name and a version such as 'nilus:1.0' or 'nilus+stripe:1.0'; found 'nilus'"),
        FaultCase(
            .spec, "stack: nilus+:1.0",
            "8:16: 'stack' must be a name and a version such as 'nilus:1.0' or 'nilus+stripe:1.0'; found 'nilus+:1.0'"),
        FaultCase(.spec, "stack: 1.0", "8:16: 'stack' must be text; found a number, put it in quotes"),
        FaultCase(.spec, "compute: x", "7:7: missing key 'stack' in 'spec'"),
        FaultCase(
            .spec, "stack: nilus:1.0\nlogLevel: LOUD",
            "9:19: 'logLevel' cannot be 'LOUD'; expected 'TRACE', 'DEBUG', 'INFO', 'WARNING' or 'ERROR'"),
        FaultCase(
            .spec, "stack: nilus:1.0\nlogLevel: DEBGU", "9:19: 'logLevel' cannot be 'DEBGU'; did you mean 'DEBUG'?"),
        FaultCase(
            .spec, "stack: nilus:1.0\nloglevel: INFO",
            "9:9: warning: unknown key 'loglevel' in 'spec'; did you mean 'logLevel'?"),
        FaultCase(
            .spec, "stack: nilus:1.0\ndryRun: yes", "9:17: 'dryRun' must be true or false; found text, write true"),
        FaultCase(
            .spec, "stack: nilus:1.0\nlogLevel: INFO\nlog_level: DEBUG",
            "10:9: key 'log_level' in 'spec' is the same as 'logLevel' on line 9, column 9; keep one of them"),
        FaultCase(.spec, "stack: nilus:1.0\ncompute: <compute>", "9:18: 'compute' is a blank, '<…>'; fill it in"),
        FaultCase(.spec, "stack: nilus:1.0\nrunAsUser: [a]", "9:20: 'runAsUser' must be text; found a list"),
    ])
    func `are found in its run settings`(_ example: FaultCase) {
        #expect(example.found == example.expected)
    }

    @Test(arguments: [
        ("", "6:7: missing key 'spec' in 'dag'"),
        ("      spc: {}\n", "7:7: unknown key 'spc' in 'dag'; did you mean 'spec'?"),
        ("      spec: 5\n", "7:13: 'spec' must be a mapping; found a whole number"),
        ("      spec: {stack: \"nilus:1\"}\n", "7:7: missing key 'stackSpec' in 'spec'"),
        (
            "      spec: {stack: \"nilus:1\", stackSpec: {source: {}, sink: {}}}\n",
            "7:44: missing key 'address' in 'source'"
        ),
    ])
    func `are found in its outline`(_ rest: String, _ fault: String) {
        let text = "name: test\nversion: v1\ntype: workflow\nworkflow:\n  dag:\n    - name: load\n" + rest

        #expect(readManifest(text).faults.first?.description == "w.yaml:" + fault)
    }

    @Test(arguments: [
        FaultCase(.node, "retry: {strategy: Always}", "7:7: missing key 'count' in 'retry'"),
        FaultCase(.node, "retry: {count: -1}", "7:22: 'count' must be from 0 to 100; found -1"),
        FaultCase(.node, "retry: {count: 1.5}", "7:22: 'count' must be a whole number; found a number"),
        FaultCase(.node, "retry: {count: many}", "7:22: 'count' must be a whole number; found text"),
        FaultCase(
            .node, "retry: {count: 1, strategy: OnTransient}",
            "7:35: 'strategy' cannot be 'OnTransient'; expected 'Always', 'OnFailure', 'OnError' or 'OnTransientError'"),
        FaultCase(
            .node, "retry: {count: 1, strategy: Onfailure}",
            "7:35: 'strategy' cannot be 'Onfailure'; did you mean 'OnFailure'?"),
        FaultCase(
            .node, "retry: {count: 1, duration: 1 minute}",
            "7:35: 'duration' must be a duration such as '60s', '5m' or '1h30m'; found '1 minute'"),
        FaultCase(
            .node, "retry: {count: 1, duration: -5s}",
            "7:35: 'duration' must be a duration such as '60s', '5m' or '1h30m'; found '-5s'"),
        FaultCase(
            .node, "retry: {count: 1, duration: 9999999d}",
            "7:35: 'duration' must be a duration such as '60s', '5m' or '1h30m'; found '9999999d'"),
        FaultCase(
            .node, "retry: {count: 1, duration: 5m, maxDuration: 60s}",
            "7:52: 'maxDuration' is shorter than 'duration'; no attempt would be made"),
        FaultCase(.node, "retry: {count: 1, max: 5}", "7:25: warning: unknown key 'max' in 'retry'; it is ignored"),
    ])
    func `are found in its retry rule`(_ example: FaultCase) {
        #expect(example.found == example.expected)
    }

    @Test func `leave room for every duration that is written properly`() {
        let cases: [(String, Duration)] = [
            ("60s", .seconds(60)), ("5m", .seconds(300)), ("1h30m", .seconds(5_400)), ("90", .seconds(90)),
            ("500ms", .milliseconds(500)), ("2d", .seconds(172_800)), ("0s", .zero),
        ]

        for (text, duration) in cases {
            let node = ManifestText.with(.node, "retry: {count: 3, strategy: Always, duration: \(text)}").loadedNode
            #expect(node?.retry == RetryRule(count: 3, strategy: .always, duration: duration))
        }
    }

    @Test(arguments: [
        FaultCase(
            .spec, "stack: nilus:1.0\nenvs:\n  HTTPS_PROXY: x",
            "10:11: variable 'HTTPS_PROXY' is refused in 'envs': a manifest must not route requests through a proxy; set it in the job's own environment"
        ),
        FaultCase(
            .spec, "stack: nilus:1.0\nenvs:\n  no_proxy: x",
            "10:11: variable 'no_proxy' is refused in 'envs': a manifest must not route requests through a proxy; set it in the job's own environment"
        ),
        FaultCase(
            .spec, "stack: nilus:1.0\nenvs:\n  - SSL_CERT_FILE: x",
            "10:13: variable 'SSL_CERT_FILE' is refused in 'envs': a manifest must not choose which certificates are trusted; set it in the job's own environment"
        ),
        FaultCase(
            .spec, "stack: nilus:1.0\nenvs:\n  NILUS_STRIPE_API_BASE: x",
            "10:11: variable 'NILUS_STRIPE_API_BASE' is refused in 'envs': a manifest must not choose where the key is sent; set it in the job's own environment"
        ),
        FaultCase(
            .spec, "stack: nilus:1.0\nenvs:\n  LD_PRELOAD: x",
            "10:11: variable 'LD_PRELOAD' is refused in 'envs': a manifest must not load code into the job; set it in the job's own environment"
        ),
        FaultCase(
            .spec, "stack: nilus:1.0\nenvs:\n  SSLKEYLOGFILE: x",
            "10:11: variable 'SSLKEYLOGFILE' is refused in 'envs': a manifest must not record the keys of connections; set it in the job's own environment"
        ),
        FaultCase(
            .spec, "stack: nilus:1.0\nenvs:\n  - A: 1\n  - A: 2",
            "11:13: variable 'A' is written twice in 'envs'; the first is on line 10, column 13"),
        FaultCase(
            .spec, "stack: nilus:1.0\nenvs:\n  A B: 1",
            "10:11: 'A B' cannot name a variable; expected letters, digits and '_', no digit first"),
        FaultCase(.spec, "stack: nilus:1.0\nenvs:\n  A: [1]", "10:14: variable 'A' must be text; found a list"),
        FaultCase(.spec, "stack: nilus:1.0\nenvs:\n  - A=1", "10:13: an item of 'envs' must be a mapping; found text"),
        FaultCase(.spec, "stack: nilus:1.0\nenvs: A=1", "9:15: 'envs' must be a mapping; found text"),
        FaultCase(
            .spec, "stack: nilus:1.0\nenvs:\n  A: <fill me in>", "10:14: variable 'A' is a blank, '<…>'; fill it in"),
        FaultCase(
            .spec, "stack: nilus:1.0\nenvs:\n  A: x${B}",
            "10:14: variable 'A' holds '${…}', which 'dataos-ctl resource apply' replaces before a job sees it; write the value"
        ),
    ])
    func `are found in its variables`(_ example: FaultCase) {
        #expect(example.found == example.expected)
    }

    @Test func `leave room for variables of any type in both forms`() throws {
        let mapping = "stack: nilus:1.0\nenvs: {A: 1, B: true, C: <https://x.y/z>, D: , E: 1.50, F-g.h: t}"
        let list =
            "stack: nilus:1.0\nenvs:\n  - A: 1\n  - {B: true, C: <https://x.y/z>, D: }\n  - E: 1.50\n  - F-g.h: t"

        for text in [mapping, list] {
            let node = try #require(ManifestText.with(.spec, text).loadedNode)
            #expect(node.environment.variables.map(\.name) == ["A", "B", "C", "D", "E", "F-g.h"])
            #expect(
                node.environment.variables.map { $0.value.expose() } == ["1", "true", "https://x.y/z", "", "1.50", "t"])
        }
    }

    @Test(arguments: [
        FaultCase(
            .spec, "stack: nilus:1.0\ndataosSecrets:\n  - workspace: w", "10:13: missing key 'name' in 'dataosSecrets'"),
        FaultCase(.spec, "stack: nilus:1.0\ndataosSecrets: [s]", "9:25: 'dataosSecrets' must be a mapping; found text"),
        FaultCase(.spec, "stack: nilus:1.0\ndataosSecrets: s", "9:24: 'dataosSecrets' must be a list; found text"),
        FaultCase(
            .spec, "stack: nilus:1.0\ndataosSecrets:\n  - name: s\n    consumptionType: envvars",
            "11:30: 'consumptionType' cannot be 'envvars'; did you mean 'envVars'?"),
        FaultCase(
            .spec, "stack: nilus:1.0\ndataosSecrets:\n  - name: s\n    allKeys: on",
            "11:22: 'allKeys' must be true or false; found text, write true"),
        FaultCase(
            .spec, "stack: nilus:1.0\ndataosSecrets:\n  - name: s\n    allkeys: true",
            "11:13: warning: unknown key 'allkeys' in 'dataosSecrets'; did you mean 'allKeys'?"),
    ])
    func `are found in its secrets`(_ example: FaultCase) {
        #expect(example.found == example.expected)
    }

    @Test func `leave room for secrets in every form`() throws {
        let text =
            "stack: nilus:1.0\ndataosSecrets:\n  - name: a\n    key: K\n    keys: [L, M]\n  - name: b\n    workspace: w\n"
            + "    allKeys: \"true\"\n    consumptionType: propFile"

        let node = try #require(ManifestText.with(.spec, text).loadedNode)

        #expect(node.secrets.map(\.name) == ["a", "b"])
        #expect(node.secrets.map(\.keys) == [["K", "L", "M"], []])
        #expect(node.secrets.map(\.allKeys) == [false, true])
        #expect(node.secrets.map(\.consumptionType) == [.envVars, .propFile])
        #expect(node.secrets.map(\.workspace) == [nil, "w"])
    }

    @Test(arguments: [
        ("INFO", NodeLogLevel.info), ("warn", .warning), ("Warning", .warning), ("DEBUG", .debug), ("error", .error),
        ("TRACE", .trace),
    ])
    func `leave room for log levels in any case`(_ text: String, _ level: NodeLogLevel) {
        #expect(ManifestText.with(.spec, "stack: nilus:1.0\nlogLevel: \(text)").loadedNode?.logLevel == level)
    }

    @Test func `are told once when aliases repeat them`() {
        let text = """
            name: test
            version: v1
            type: workflow
            workflow:
              dag:
                - name: first
                  spec: &spec
                    stack: flare:1.0
                    stackSpec: &sections
                      source: {address: "stripe://", options: {source-table: charge}}
                      sink: {address: dataos://lake, options: {dest-table: "stripe.{endpoint}", foo: 1}}
                - name: second
                  dependencies: [first]
                  spec: *spec
            """

        #expect(
            readManifest(text).faults.map(\.description) == [
                "w.yaml:8:16: unknown stack 'flare'; expected 'nilus:1.0' or another version of 'nilus'",
                "w.yaml:11:85: unknown key 'foo' in 'sink.options'; remove it",
            ])
    }
}
