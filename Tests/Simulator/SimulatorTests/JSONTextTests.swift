import Testing

@testable import stripe_simulator

struct `JSON texts` {
    @Test func `keep order and bytes`() throws {
        let value = try JSONTextParser.parse(
            #" {"b" : [1.50, 99999999999999999999 ],"a":"\ud83d\ude80\n","h":"\ud800"} "#.utf8)

        #expect(value.members?.map(\.name) == ["b", "a", "h"])
        #expect(value["b"]?.items?.map(\.text) == ["1.50", "99999999999999999999"])
        #expect(value["a"]?.string == "🚀\n")
        #expect(value["h"]?.string == nil)
        #expect(value["h"]?.text == #""\ud800""#)
    }

    @Test(arguments: [
        "", "{", "[1,]", "{\"a\"}", "nul", "01", "1.", "-", "\"", "\"\\x\"", "\"\\u12\"", "[] []", "\"\u{1}\"",
        "{\"a\":1,}",
        String(repeating: "[", count: 100) + String(repeating: "]", count: 100),
    ])
    func `refuse what is not JSON`(_ text: String) {
        #expect(throws: JSONTextError.self) { try JSONTextParser.parse(text.utf8) }
    }

    @Test func `survive damaged texts`() throws {
        let whole = Array(#"{"match":{"path":"/v1/\u0041","nth":3},"do":{"x":[true,null,-1.5e3,"\ud83d\ude80"]}}"#.utf8)
        var generator = MixingGenerator(seed: 7)

        for _ in 0..<3000 {
            var damaged = whole
            for _ in 0...generator.next(below: 3) {
                damaged[generator.next(below: damaged.count)] = UInt8(truncatingIfNeeded: generator.next())
            }
            damaged.removeLast(generator.next(below: damaged.count))
            let parsed = try? JSONTextParser.parse(damaged)
            #expect(parsed.map { $0.bytes.count <= damaged.count } ?? true)
        }
    }

    @Test func `are indented as Stripe's answers are`() throws {
        let compact = Array(#"{"a":[],"b":{},"c":[1,{"d":"x{\"]"}],"e":""}"#.utf8)
        var output = Output()

        compact.withUnsafeBufferPointer { JSONWriting.indent($0, into: &output) }

        #expect(
            String(decoding: output.bytes, as: UTF8.self) == """
                {
                  "a": [],
                  "b": {},
                  "c": [
                    1,
                    {
                      "d": "x{\\"]"
                    }
                  ],
                  "e": ""
                }

                """)
    }

    @Test(arguments: [0, 7, -7, 10, 99, 100, 1_780_272_000, -999_999_999_999, Int.max, Int.min])
    func `write integers of any size`(_ value: Int) {
        var output = Output()

        output.append(decimal: value)

        #expect(String(decoding: output.bytes, as: UTF8.self) == "\(value)")
    }
}
