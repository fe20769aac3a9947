import JSON
import Testing

struct `JSON values` {
    @Test func `survive reading and writing, numbers as written`() throws {
        let text = #"{"b":[1.50,-0,1e3,12345678901234567890],"a":{"x":null,"y":true},"s":"tab\tquote\"é\u0001"}"#

        let value = try JSONValue(parsing: text.utf8)

        #expect(value.compactText == text)
    }

    @Test func `keep members in order and replace in place`() {
        var object: JSONObject = ["one": 1, "two": 2]

        object["one"] = "first"
        object["three"] = 3
        object["two"] = nil

        #expect(JSONValue.object(object).compactText == #"{"one":"first","three":3}"#)
    }

    @Test func `print over several lines`() {
        let value: JSONValue = ["list": [1, ["k": nil]], "empty": [], "none": [:]]

        #expect(
            String(decoding: value.prettyBytes, as: UTF8.self) == """
                {
                  "list": [
                    1,
                    {
                      "k": null
                    }
                  ],
                  "empty": [],
                  "none": {}
                }

                """)
    }

    @Test func `resolve every escape`() throws {
        let value = try JSONValue(parsing: #""\"\\\/\b\f\n\r\t\u00e9\ud83d\ude00""#.utf8)

        #expect(value.string == "\"\\/\u{8}\u{c}\n\r\té😀")
    }
}
