import NilusCore
import Testing
import YAML

struct `YAML faults` {
    struct Case: Sendable, CustomTestStringConvertible {
        let yaml: String
        let line: String
        var testDescription: String { line }

        init(_ yaml: String, _ line: String) {
            self.yaml = yaml
            self.line = line
        }
    }

    private func faults(_ bytes: some Collection<UInt8>) -> [String] {
        YAMLStream(parsing: bytes, file: "f.yaml").faults.map(\.line)
    }

    @Test(arguments: [
        Case("a:\n\tb: 1\n", "f.yaml:2:1: a tab indents this line; indent with spaces"),
        Case("a:\n  b: 1\n \tc: 2\n", "f.yaml:3:2: a tab indents this line; indent with spaces"),
        Case("a: |\n \ttext\n\tmore\n", "f.yaml:2:2: a tab indents this line; indent with spaces"),
        Case(
            "a: b: c\n",
            "f.yaml:1:5: a ':' cannot stand here; check the indentation, or put text that holds ': ' in quotes"),
        Case("a: 1\nb\nc: 2\n", "f.yaml:2:1: a ':' is missing after this key, or the line is indented wrongly"),
        Case("a: 'x\nb: 1\n", "f.yaml:1:4: a quoted text begins here and is not closed; add the closing quote"),
        Case("a: \"x\n---\n", "f.yaml:1:4: a quoted text begins here and is not closed; add the closing quote"),
        Case("a: [1, 2\nb: 3\n", "f.yaml:1:4: a list begins here and is not closed; a ',' or ']' is missing"),
        Case("a: {b: 1\nc: 2\n", "f.yaml:1:4: a mapping begins here and is not closed; a ',' or '}' is missing"),
        Case("a: &\n", "f.yaml:1:4: '&' and '*' need a name after them; put the text in quotes if they belong to it"),
        Case(
            "a: 1\n  b: 2\n",
            "f.yaml:2:4: a ':' cannot stand here; check the indentation, or put text that holds ': ' in quotes"),
        Case(
            "a:\n  b: 1\n c: 2\n",
            "f.yaml:3:2: this line does not fit the mapping that begins on line 1; check its indentation and quotes"),
        Case(
            "a:\n  - 1\n  b: 2\n",
            "f.yaml:3:3: this line does not fit the list that begins on line 2; check its indentation"),
        Case("a: @x\n", "f.yaml:1:4: text cannot begin with '@'; put it in quotes"),
        Case("a: `x`\n", "f.yaml:1:4: text cannot begin with '`'; put it in quotes"),
        Case(
            "a: \"\\q\"\n",
            "f.yaml:1:5: unknown escape after '\\' in double quotes; write '\\\\' for a backslash, or use single quotes"
        ),
        Case(
            "a: \"\\xZZ\"\n",
            "f.yaml:1:7: an escape in double quotes names no character; expected '\\x41', '\\u0041' or '\\U00000041'"),
        Case("a: - 1\n", "f.yaml:1:4: a list item '-' cannot stand here; begin the list on a line of its own"),
        Case(
            "a: ? b\n",
            "f.yaml:1:4: a key '?' cannot stand here; begin it on a line of its own, or put the text in quotes"),
        Case(
            "text\na: 1\n",
            "f.yaml:2:2: a ':' cannot stand here; check the indentation, or put text that holds ': ' in quotes"),
        Case(
            "[a]\nb: 1\n",
            "f.yaml:2:1: text follows the end of the document; check the indentation, or begin another document with '---'"
        ),
        Case("a: [,]\n", "f.yaml:1:5: a value is missing here"),
        Case("a: |x\n  b\n", "f.yaml:1:5: after '|' or '>' only '+', '-', a digit from 1 to 9 and a comment can stand"),
        Case("a: >0\n  b\n", "f.yaml:1:5: after '|' or '>' only '+', '-', a digit from 1 to 9 and a comment can stand"),
        Case(
            "%FOO x\n", "f.yaml:1:1: a line cannot begin with '%' here; remove the directive, or put the text in quotes"
        ),
        Case("%YAML 3.0\n---\na: 1\n", "f.yaml:1:1: only YAML 1.1 and 1.2 are read; remove the '%YAML' line"),
    ])
    func `of syntax are told in plain words where they can be corrected`(_ example: Case) {
        #expect(faults(example.yaml.utf8) == [example.line])
    }

    @Test(arguments: [
        Case("", "f.yaml:1:1: the file is empty; expected a YAML document"),
        Case("# only a comment\n", "f.yaml:1:1: the file is empty; expected a YAML document"),
        Case("---\n---\n", "f.yaml:1:1: the file is empty; expected a YAML document"),
        Case("[a]: 1\n", "f.yaml:1:1: a list cannot be a key; use text, or quote a value that begins with '{' or '['"),
        Case("{a: {b: c}: 1}\n", "f.yaml:1:1: a mapping begins here and is not closed; a ',' or '}' is missing"),
        Case(
            "? {b: c}\n: 1\n",
            "f.yaml:1:3: a mapping cannot be a key; use text, or quote a value that begins with '{' or '['"),
        Case(": 1\n", "f.yaml:1:1: a key is missing before ':'"),
        Case(
            "a: *nobody\n",
            "f.yaml:1:4: this alias names no anchor above it; put the text in quotes if '*' belongs to it"),
        Case(
            "a: &x [*x]\n", "f.yaml:1:8: this alias stands inside the value that its anchor names; write the value out"),
        Case(
            "a: !secret x\n",
            "f.yaml:1:4: tags are not supported; remove the tag, or put the value in quotes if '!' belongs to it"),
        Case(
            "a: !!binary aGk=\n",
            "f.yaml:1:4: tags are not supported; remove the tag, or put the value in quotes if '!' belongs to it"),
        Case(
            "a: !e!x y\n",
            "f.yaml:1:4: tags are not supported; remove the tag, or put the value in quotes if '!' belongs to it"),
        Case("a:\n  <<: text\n", "f.yaml:2:7: '<<' must be a mapping or a list of mappings; found text"),
        Case(
            "sk_live_canary: 1\nsk_live_canary: 2\n",
            "f.yaml:2:1: key (14 characters, not shown) is written twice; the first is on line 1, column 1"),
        Case("a: \u{7}\n", "f.yaml:1:4: control character U+0007 is not allowed; remove it or escape it in quotes"),
        Case("a: x\u{FEFF}\n", "f.yaml:1:5: control character U+FEFF is not allowed; remove it or escape it in quotes"),
    ])
    func `of structure each have their own text`(_ example: Case) {
        #expect(faults(example.yaml.utf8) == [example.line])
    }

    @Test func `of encoding name the byte and its place`() {
        #expect(
            faults(Array("é: 1\nbé".utf8) + [0xC3]) == ["f.yaml:2:3: byte 0xC3 is not UTF-8; save the file as UTF-8"])
        #expect(
            faults([0x61, 0x3A, 0x20, 0xED, 0xA0, 0x80]) == [
                "f.yaml:1:4: byte 0xED is not UTF-8; save the file as UTF-8"
            ])
    }

    @Test(arguments: [[0xFF, 0xFE, 0x61, 0x00], [0xFE, 0xFF, 0x00, 0x61], [0x61, 0x00, 0x3A, 0x00], [0x00, 0x61]])
    func `of UTF-16 say how to save the file`(_ bytes: [UInt8]) {
        #expect(faults(bytes) == ["f.yaml:1:1: cannot read the file: it is UTF-16; save it as UTF-8"])
    }

    @Test func `of size name the limit`() {
        let large = "a: " + String(repeating: "x", count: 1_048_576)

        #expect(
            faults(large.utf8) == [
                "f.yaml:1:1: cannot read the file: it holds 1,048,579 bytes (1 MiB); at most 1 MiB is read"
            ])
        #expect(faults(large.utf8.dropFirst(3)).isEmpty)
    }

    @Test func `of depth name the limit`() {
        let allowed = String(repeating: "[", count: 64) + String(repeating: "]", count: 64)

        #expect(faults(allowed.utf8).isEmpty)
        #expect(
            faults("[\(allowed)]".utf8) == [
                "f.yaml:1:65: nested deeper than 64 levels; no manifest needs that"
            ])
    }

    @Test func `of aliases that multiply are found before memory is used`() {
        var bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
        for level in 1...20 {
            let aliases = Array(repeating: "*a\(level - 1)", count: 10).joined(separator: ", ")
            bomb += "a\(level): &a\(level) [\(aliases)]\n"
        }

        #expect(
            faults(bomb.utf8) == [
                "f.yaml:5:45: more than 100,000 values, those of aliases counted each time; shorten the file"
            ])
    }

    @Test func `of merge keys that multiply are found as well`() {
        var bomb = "m0: &m0 {\((0..<200).map { "k\($0): v" }.joined(separator: ", "))}\n"
        for level in 1...500 { bomb += "m\(level): &m\(level) {<<: *m\(level - 1), x\(level): y}\n" }

        #expect(
            faults(bomb.utf8) == [
                "f.yaml:22:16: more than 100,000 values, those of aliases counted each time; shorten the file"
            ])
    }

    @Test func `stop being collected at a thousand`() {
        let text = (0..<2_000).map { "a: \($0)\n" }.joined()

        let found = faults(text.utf8)

        #expect(found.count == 1_001)
        #expect(found.last == "f.yaml:1001:1: more than 1,000 faults in one file; the rest is not read")
    }
}
