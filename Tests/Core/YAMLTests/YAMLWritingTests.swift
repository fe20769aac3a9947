import JSON
import NilusCore
import Testing
import YAML

struct `YAML writing` {
    private func yaml(_ value: JSONValue) -> String {
        String(decoding: value.yamlBytes, as: UTF8.self)
    }

    @Test func `gives blocks of two spaces in the order of the members`() {
        let value: JSONValue = [
            "kind": "WorkflowRun",
            "metadata": ["labels": [:], "name": "a"],
            "nodes": [["name": "x", "tables": [1, 2]], [["deep"], []], []],
            "end": nil,
        ]

        #expect(
            yaml(value) == """
                kind: WorkflowRun
                metadata:
                  labels: {}
                  name: a
                nodes:
                  - name: x
                    tables:
                      - 1
                      - 2
                  - - - deep
                    - []
                  - []
                end: null

                """)
    }

    struct Text: Sendable, CustomTestStringConvertible {
        let text: String
        let yaml: String
        var testDescription: String { yaml }

        init(_ text: String, _ yaml: String) {
            self.text = text
            self.yaml = yaml
        }
    }

    @Test(arguments: [
        Text("", #""""#), Text("yes", #""yes""#), Text("No", #""No""#), Text("y", #""y""#), Text("oFF", #""oFF""#),
        Text("null", #""null""#), Text("~", #""~""#), Text("true", #""true""#), Text("012", #""012""#),
        Text("1e3", #""1e3""#), Text("1_000", #""1_000""#), Text("0b11", #""0b11""#), Text("1:30", #""1:30""#),
        Text("1:30.5", #""1:30.5""#), Text("-.5", #""-.5""#), Text(".inf", #"".inf""#),
        Text("2026-01-01", #""2026-01-01""#), Text("2026-1-1 10:00:00", #""2026-1-1 10:00:00""#),
        Text("2026-01-01T10:00:00Z", #""2026-01-01T10:00:00Z""#), Text("<<", #""<<""#), Text("=", #""=""#),
        Text("a: b", #""a: b""#), Text("a:", #""a:""#), Text("a #b", #""a #b""#), Text(" a", #"" a""#),
        Text("a ", #""a ""#), Text("- a", #""- a""#), Text("-", #""-""#), Text("---", #""---""#),
    ])
    func `quotes what another reader would take for something else`(_ example: Text) {
        #expect(yaml(["k": .string(example.text)]) == "k: \(example.yaml)\n")
    }

    @Test(arguments: [
        Text("{a}", #""{a}""#), Text("[a", #""[a""#), Text("*a", #""*a""#), Text("&a", #""&a""#),
        Text("!a", #""!a""#), Text("|", #""|""#), Text(">", #"">""#), Text("'a'", #""'a'""#), Text("%a", #""%a""#),
        Text("@a", #""@a""#), Text("`a", #""`a""#), Text("#a", ##""#a""##), Text(", a", #"", a""#),
        Text("a\nb", #""a\nb""#), Text("a\tb", #""a\tb""#), Text("a\r", #""a\r""#), Text("a\u{7}", #""a\x07""#),
        Text("a\u{85}", #""a\x85""#), Text("a\u{2028}", #""a\u2028""#), Text("\u{FEFF}a", #""\uFEFFa""#),
        Text("\"a\" \\ b\n", #""\"a\" \\ b\n""#),
    ])
    func `quotes what another reader could not read`(_ example: Text) {
        #expect(yaml(["k": .string(example.text)]) == "k: \(example.yaml)\n")
    }

    @Test(arguments: [
        "a", "a b", "a:b", "a#b", "-a", "?a", ":a", "a, b", "a]", "it's", "é", "😀", "v1.2.3-x", "stripe.charges",
        "2026-05-27.dahlia", "12 rows", "yesterday", "1h30m", "100m", "https://x.y/z?a=b&c=d", "<redacted>", "a\"b\\c",
        "0xyz", "1.2e", "=a",
    ])
    func `leaves everything else plain`(_ text: String) {
        #expect(yaml(["k": .string(text)]) == "k: \(text)\n")
    }

    @Test(arguments: [
        ("1e3", "1.0e+3"), ("-2.5E-7", "-2.5e-7"), ("1.5", "1.5"), ("12345678901234567890", "12345678901234567890"),
    ])
    func `writes numbers so that YAML 1.1 reads numbers`(_ number: String, _ expected: String) {
        #expect(yaml(.number(number)) == "\(expected)\n")
    }

    @Test func `gives back random values when read again`() throws {
        var random = SeededRandom(seed: 1)
        for _ in 0..<1_500 {
            let value = random.jsonValue(depth: 4)

            let stream = YAMLStream(parsing: value.yamlBytes, file: "f")

            #expect(stream.faults.isEmpty)
            #expect(
                stream.documents.first.map(JSONValue.init) == value,
                "\(String(decoding: value.yamlBytes, as: UTF8.self))")
        }
    }

    @Test func `marks keys that are too long to stand alone`() {
        let value: JSONValue = ["list": [["short": 1, String(repeating: "k", count: 2_000): ["a": 1]]]]

        let stream = YAMLStream(parsing: value.yamlBytes, file: "f")

        #expect(stream.documents.first.map(JSONValue.init) == value)
    }
}

extension JSONValue {
    /// The node as JSON, the way a reader of YAML 1.2 sees it.
    fileprivate init(_ node: YAMLNode) {
        switch node.content {
        case .sequence(let items): self = .array(items.map(JSONValue.init))
        case .mapping(let entries):
            var object = JSONObject()
            for entry in entries { object[entry.key] = JSONValue(entry.value) }
            self = .object(object)
        case .scalar(let scalar):
            switch scalar.kind {
            case .null: self = .null
            case .boolean(let value): self = .boolean(value)
            case .integer, .float: self = .number(scalar.text)
            case .text: self = .string(scalar.text)
            }
        }
    }
}
