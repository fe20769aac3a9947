import Avro
import JSON
import Testing

struct `Avro schemas` {
    private func schema(_ text: String) throws -> AvroSchema {
        try AvroSchema(json: JSONValue(parsing: text.utf8))
    }

    @Test func `keep the attributes they do not know, in order`() throws {
        let text =
            #"{"type":"record","name":"r","fields":[{"name":"a","type":["null","long"],"default":null,"field-id":1},"#
            + #"{"name":"b","type":{"type":"array","items":"int","element-id":7},"doc":"d","field-id":2},"#
            + #"{"name":"c","type":{"type":"fixed","name":"f","size":16,"logicalType":"uuid"}},"#
            + #"{"name":"d","type":{"type":"map","values":"bytes","key-id":3}},"#
            + #"{"name":"e","type":{"type":"enum","name":"n","symbols":["x","y"]}},"#
            + #"{"name":"t","type":{"type":"long","logicalType":"timestamp-micros"}}],"x-own":{"k":[1]}}"#

        #expect(try schema(text).json.compactText == text)
    }

    @Test func `write a named type once and mention it afterwards`() throws {
        let text =
            #"{"type":"record","name":"r","fields":[{"name":"a","type":{"type":"fixed","name":"f","size":2}},"#
            + #"{"name":"b","type":"f"}]}"#

        let read = try schema(text)

        #expect(read.fields?.map(\.schema.shape) == [.fixed(name: "f", size: 2), .fixed(name: "f", size: 2)])
        #expect(read.json.compactText == text)
    }

    @Test func `find named types in the enclosing namespace`() throws {
        let read = try schema(
            #"{"type":"record","name":"r","namespace":"a.b","fields":["#
                + #"{"name":"x","type":{"type":"enum","name":"n","symbols":["s"]}},{"name":"y","type":"a.b.n"},"#
                + #"{"name":"z","type":{"type":"n"}}]}"#)

        #expect(read.fields?.map(\.schema.shape) == Array(repeating: .enumeration(name: "n", symbols: ["s"]), count: 3))
    }

    struct Refusal: Sendable, CustomTestStringConvertible {
        let text: String
        let message: String
        var testDescription: String { text }
    }

    @Test(arguments: [
        Refusal(text: "7", message: "7 in place of a schema"),
        Refusal(text: "{}", message: "a schema without a type"),
        Refusal(text: #""text""#, message: "a schema that mentions the unknown type 'text'"),
        Refusal(text: #"{"type":"array"}"#, message: "null in place of a schema"),
        Refusal(text: #"{"type":"record","fields":[]}"#, message: "a record schema without a name"),
        Refusal(text: #"{"type":"record","name":"r"}"#, message: "a record schema without fields"),
        Refusal(
            text: #"{"type":"record","name":"r","fields":[{"name":"a"}]}"#,
            message: "a record field without name or type"),
        Refusal(text: #"{"type":"fixed","name":"f","size":-1}"#, message: "a fixed schema without a size"),
        Refusal(
            text: #"{"type":"record","name":"r","fields":[{"name":"next","type":["null","r"]}]}"#,
            message: "a schema that mentions the unknown type 'r'"),
    ])
    func `refuse what is no schema`(_ refusal: Refusal) {
        let error = #expect(throws: AvroError.self) { try schema(refusal.text) }

        #expect(error?.description == refusal.message)
    }

    @Test func `refuse nesting beyond 64 levels`() {
        let deep =
            String(repeating: #"{"type":"array","items":"#, count: 70) + #""int""# + String(repeating: "}", count: 70)

        let error = #expect(throws: AvroError.self) { try schema(deep) }

        #expect(error?.description == "a schema nested deeper than 64 levels")
    }
}
