import NilusCore
import Testing
import YAML

struct `YAML streams` {
    private func read(_ text: String) -> YAMLStream {
        YAMLStream(parsing: text.utf8, file: "f.yaml")
    }

    @Test func `keep structure, order and place of every node`() throws {
        let stream = read("a: 1\nlist:\n  - 'x'\n  - {k: v}\n")

        let root = try #require(stream.documents.first)
        #expect(stream.faults.isEmpty)
        #expect(root.mapping?.map(\.key) == ["a", "list"])
        #expect(root.mapping?.map(\.keyLocation.description) == ["f.yaml:1:1", "f.yaml:2:1"])
        #expect(root["a"]?.location.description == "f.yaml:1:4")
        #expect(root["list"]?.sequence?.first?.location.description == "f.yaml:3:5")
        #expect(root["list"]?.sequence?.last?["k"]?.scalar?.text == "v")
    }

    @Test func `hold several documents and leave out empty ones`() {
        let stream = read("---\na: 1\n---\n# nothing here\n---\nb: 2\n...\n---\n")

        #expect(stream.documents.compactMap { $0.mapping?.first?.key } == ["a", "b"])
        #expect(stream.faults.isEmpty)
    }

    @Test func `keep an explicit null`() {
        let stream = read("null\n")

        #expect(stream.documents.map(\.isNull) == [true])
    }

    @Test func `skip a byte order mark without moving columns`() throws {
        let stream = YAMLStream(parsing: [0xEF, 0xBB, 0xBF] + Array("a: x".utf8), file: "f.yaml")

        #expect(stream.faults.isEmpty)
        #expect(stream.documents.first?.mapping?.first?.keyLocation.column == 1)
    }

    @Test func `repeat the value of an anchor at its own place`() throws {
        let root = try #require(read("a: &x {k: v}\nb: *x\n").documents.first)

        #expect(root["b"] == root["a"])
        #expect(root["b"]?.location.description == "f.yaml:1:4")
    }

    @Test func `merge mappings, own keys first`() throws {
        let text = """
            base: &base {a: 1, b: 2}
            more: &more {b: 3, c: 4}
            node:
              <<: [*base, *more]
              a: own
              d: 5
            """

        let node = try #require(read(text).documents.first?["node"])

        #expect(node.mapping?.map { "\($0.key)=\($0.value.scalar?.text ?? "?")" } == ["a=own", "d=5", "b=2", "c=4"])
    }

    @Test func `report every key written twice and keep the first`() throws {
        let stream = read("a: 1\nb:\n  c: 1\n  c: 2\na: 3\n'a': 4\n")

        #expect(
            stream.faults.map(\.line) == [
                "f.yaml:4:3: key 'c' is written twice; the first is on line 3, column 3",
                "f.yaml:5:1: key 'a' is written twice; the first is on line 1, column 1",
                "f.yaml:6:1: key 'a' is written twice; the first is on line 1, column 1",
            ])
        #expect(stream.documents.first?["a"]?.scalar?.text == "1")
    }

    @Test func `keep the complete documents before one that breaks off`() {
        let stream = read("a: 1\n---\nb: [1\n")

        #expect(stream.documents.compactMap { $0.mapping?.first?.key } == ["a"])
        #expect(
            stream.faults.map(\.line) == [
                "f.yaml:3:4: a list begins here and is not closed; a ',' or ']' is missing"
            ])
    }

    @Test func `count the other faults when one error must stand for all`() {
        #expect {
            try YAMLStream.documents(parsing: "a: !x 1\na: 2\na: 3\n".utf8, file: "f.yaml")
        } throws: { error in
            let error = error as? NilusError
            return error?.code == .manifestInvalid
                && error?.message
                    == "tags are not supported; remove the tag, or put the value in quotes if '!' belongs to it (and 2 more faults)"
        }
    }
}

struct `YAML scalars` {
    struct Case: Sendable, CustomTestStringConvertible {
        let text: String
        let kind: YAMLScalar.Kind
        var integer: Int64?
        var testDescription: String { text }
    }

    @Test(arguments: [
        Case(text: "", kind: .null), Case(text: "~", kind: .null), Case(text: "Null", kind: .null),
        Case(text: "nULL", kind: .text), Case(text: "true", kind: .boolean(true)),
        Case(text: "FALSE", kind: .boolean(false)), Case(text: "yes", kind: .text), Case(text: "on", kind: .text),
        Case(text: "0", kind: .integer, integer: 0), Case(text: "-12", kind: .integer, integer: -12),
        Case(text: "+7", kind: .integer, integer: 7), Case(text: "012", kind: .integer, integer: 12),
        Case(text: "0o14", kind: .integer, integer: 12), Case(text: "0xfF", kind: .integer, integer: 255),
        Case(text: "9223372036854775808", kind: .integer), Case(text: "-0x1", kind: .text),
        Case(text: "0o8", kind: .text), Case(text: "1_000", kind: .text), Case(text: "1.5", kind: .float),
        Case(text: "1.", kind: .float), Case(text: ".5", kind: .float), Case(text: ".", kind: .text),
        Case(text: "1e3", kind: .float), Case(text: "1e", kind: .text), Case(text: "-.inf", kind: .float),
        Case(text: ".NaN", kind: .float), Case(text: "2026-01-01", kind: .text), Case(text: "1:30", kind: .text),
    ])
    func `resolve by the core schema of YAML 1.2`(_ example: Case) {
        let scalar = YAMLScalar(example.text, isPlain: true)

        #expect(scalar.kind == example.kind)
        #expect(scalar.integer == example.integer)
        #expect(YAMLScalar(example.text, isPlain: false).kind == .text)
    }

    @Test func `tell the place of a character where the text stands as it is`() throws {
        let stream = YAMLStream(parsing: "a: 'xyz'\nb: \"x\\tz\"\nc: xyz\nd: |\n  xyz\n".utf8, file: "f")

        let columns = stream.documents.first?.mapping?.map { $0.value.location(ofCharacter: 2).column }
        #expect(columns == [7, 4, 6, 4])
    }

    @Test func `become text by the tags that say so`() {
        let stream = YAMLStream(parsing: "a: !!str 5\nb: ! true\nc: !!map {}\n".utf8, file: "f")

        #expect(stream.faults.isEmpty)
        #expect(stream.documents.first?["a"]?.scalar?.kind == .text)
        #expect(stream.documents.first?["b"]?.scalar?.kind == .text)
    }
}

struct `Values of the wrong kind` {
    struct Case: Sendable, CustomTestStringConvertible {
        let yaml: String
        let read: @Sendable (YAMLNode) throws -> Void
        let message: String
        var testDescription: String { message }
    }

    @Test(arguments: [
        Case(
            yaml: "x: 5", read: { _ = try $0.text("'x'") },
            message: "'x' must be text; found a whole number, put it in quotes"),
        Case(
            yaml: "x: true", read: { _ = try $0.text("'x'") },
            message: "'x' must be text; found a boolean, put it in quotes"),
        Case(
            yaml: "x: 1.5", read: { _ = try $0.text("'x'") },
            message: "'x' must be text; found a number, put it in quotes"),
        Case(yaml: "x:", read: { _ = try $0.text("'x'") }, message: "'x' must be text; found nothing"),
        Case(yaml: "x: [a]", read: { _ = try $0.scalarText("'x'") }, message: "'x' must be text; found a list"),
        Case(
            yaml: "x: {a: b}", read: { _ = try $0.integer("'x'") },
            message: "'x' must be a whole number; found a mapping"),
        Case(
            yaml: "x: '5'", read: { _ = try $0.integer("'x'") },
            message: "'x' must be a whole number; found text in quotes"),
        Case(
            yaml: "x: 1.5", read: { _ = try $0.integer("'x'") },
            message: "'x' must be a whole number; found a number"),
        Case(
            yaml: "x: 9223372036854775808", read: { _ = try $0.integer("'x'") },
            message: "'x' is beyond the range of numbers; write a smaller one"),
        Case(
            yaml: "x: .inf", read: { _ = try $0.number("'x'") },
            message: "'x' is beyond the range of numbers; write a smaller one"),
        Case(yaml: "x: a", read: { _ = try $0.number("'x'") }, message: "'x' must be a number; found text"),
        Case(
            yaml: "x: yes", read: { _ = try $0.boolean("'x'") },
            message: "'x' must be true or false; found text, write true"),
        Case(
            yaml: "x: Off", read: { _ = try $0.boolean("'x'") },
            message: "'x' must be true or false; found text, write false"),
        Case(
            yaml: "x: 0", read: { _ = try $0.boolean("'x'") },
            message: "'x' must be true or false; found a whole number"),
        Case(yaml: "x: a", read: { _ = try $0.items("'x'") }, message: "'x' must be a list; found text"),
        Case(yaml: "x: [a]", read: { _ = try $0.entries("'x'") }, message: "'x' must be a mapping; found a list"),
    ])
    func `are named with what was found`(_ example: Case) throws {
        let node = try #require(YAMLStream(parsing: example.yaml.utf8, file: "f").documents.first?["x"])

        let error = #expect(throws: NilusError.self) { try example.read(node) }

        #expect(error?.message == example.message)
        #expect(error?.location == node.location)
    }

    @Test func `are told from right ones`() throws {
        let text = "t: a\nn: 5\nf: 2.5\nb: false\n"
        let root = try #require(YAMLStream(parsing: text.utf8, file: "f").documents.first)

        #expect(try root["t"]?.text("'t'") == "a")
        #expect(try root["n"]?.scalarText("'n'") == "5")
        #expect(try root["n"]?.integer("'n'") == 5)
        #expect(try root["f"]?.number("'f'") == 2.5)
        #expect(try root["b"]?.boolean("'b'") == false)
    }
}
