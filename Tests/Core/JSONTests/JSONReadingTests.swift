import JSON
import NilusCore
import Testing

struct `JSON documents` {
    private let pool = JSONParserPool()

    private func parse(_ text: String) throws -> JSONDocument {
        try pool.parse(GrowableBytes(text.utf8))
    }

    @Test func `keep every value as the bytes received`() throws {
        let text = #"{ "a" : { "x" : [1, 2 ] } , "b":"q\u00e9\"" ,"c":-1.50e3 , "d":[ ] , "e" : null }"#
        let document = try parse(text)

        var slices: [String: String] = [:]
        document.withRoot { root in
            for field in root.fields { slices[String(decoding: field.key, as: UTF8.self)] = field.value.rawText }
        }

        #expect(
            slices == [
                "a": #"{ "x" : [1, 2 ] }"#, "b": #""q\u00e9\"""#, "c": "-1.50e3", "d": "[ ]", "e": "null",
            ])
    }

    @Test func `walk arrays in order and stop at their end`() throws {
        let document = try parse(#"[[1,[2]],{"k":[3]},"4",5]"#)

        var items: [String] = []
        document.withRoot { root in for item in root.items { items.append(item.rawText) } }

        #expect(items == ["[1,[2]]", #"{"k":[3]}"#, #""4""#, "5"])
    }

    @Test func `read a scalar at the root`() throws {
        #expect(try parse(" 42 ").withRoot { $0.integer } == 42)
        #expect(try parse(#""x""#).withRoot { $0.string } == "x")
    }

    @Test func `give a parser back, so that the next document reuses it`() throws {
        for round in 0..<50 {
            let document = try parse("[\(round)]")

            document.withRoot { root in for item in root.items { #expect(item.integer == Int64(round)) } }
        }
    }

    struct Number: Sendable, CustomTestStringConvertible {
        let text: String
        let integer: Int64?
        let double: Double?
        var testDescription: String { text }
    }

    @Test(arguments: [
        Number(text: "0", integer: 0, double: 0),
        Number(text: "-9223372036854775808", integer: .min, double: -9_223_372_036_854_775_808),
        Number(text: "9223372036854775807", integer: .max, double: 9_223_372_036_854_775_808),
        Number(text: "9223372036854775808", integer: nil, double: 9_223_372_036_854_775_808),
        Number(text: "184467440737095516160", integer: nil, double: 184_467_440_737_095_516_160),
        Number(text: "1.0", integer: nil, double: 1),
        Number(text: "1e400", integer: nil, double: nil),
        Number(text: "-0.125", integer: nil, double: -0.125),
    ])
    func `hold numbers of any size`(_ number: Number) throws {
        let document = try parse("[\(number.text)]")

        document.withRoot { root in
            for item in root.items {
                #expect(item.integer == number.integer)
                #expect(item.double == number.double)
                #expect(item.rawText == number.text)
            }
        }
    }

    @Test func `hold half a surrogate pair without giving it a text`() throws {
        let document = try parse(#"{"half":"a\ud83d","whole":"\ud83d\ude00"}"#)

        document.withRoot { root in
            #expect(root.field("half")?.string == nil)
            #expect(root.field("half")?.rawText == #""a\ud83d""#)
            #expect(root.field("whole")?.string == "😀")
        }
    }

    @Test(arguments: [
        "", "{", "[1,]", "{\"a\" 1}", "{\"a\":}", "[1 2]", "nul", "[01]", "[1.]", "\"\\x\"", "{\"a\":1}}",
        "[\"\u{1}\"]",
        // The same faults beside a value that simdjson leaves to our own grammar check.
        "[1e400,]", "[1e400 2]", "[1e400,nul]", "[1e400,01]", "[1e400,{\"a\" 1}]", "[1e400,{\"a\":}]", "[1e400]]",
        "[1e400,\"\\x\"]", "[1e400,-]", "[1e400,1.e3]", "[1e400,{1:2}]", "[1e400", "[1e400,\"a\"b]",
    ])
    func `refuse what is not JSON`(_ text: String) {
        #expect(throws: JSONError.self) { try parse(text) }
    }

    @Test func `refuse bytes that are not UTF-8`() {
        #expect(throws: JSONError.self) { try pool.parse(GrowableBytes([0x22, 0xC3, 0x28, 0x22])) }
    }

    @Test func `refuse nesting beyond a thousand levels`() {
        let deep = String(repeating: "[", count: 2_000) + String(repeating: "]", count: 2_000)

        #expect(throws: JSONError.self) { try parse(deep) }
        #expect(throws: JSONError.self) { try parse("[1e400," + deep + "]") }
    }
}
