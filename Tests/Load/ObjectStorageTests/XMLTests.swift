import NilusCore
@testable import ObjectStorage
import SeededRandom
import Testing

struct `XML of a storage` {
    private func events(_ text: String) throws(XMLFault) -> [XMLReader.Event] {
        var reader = XMLReader(Array(text.utf8))
        var events: [XMLReader.Event] = []
        while let event = try reader.next() { events.append(event) }
        return events
    }

    @Test func `is read as elements and texts`() throws {
        let read = try events(
            "\u{FEFF}<?xml version='1.0'?><!-- c --><a:r xmlns:a='u' x=\"a>b\"><e/>t &amp;&#65;&#x42;<![CDATA[<raw>]]></a:r> \n"
        )

        #expect(
            read == [.start("r"), .start("e"), .end("e"), .text("t &AB"), .text("<raw>"), .end("r")])
    }

    @Test(arguments: [
        ("", "it ends early"), ("<a>", "it ends early"), ("<a><b></a>", "an end tag that ends no element at byte 8"),
        ("<a/><b/>", "a second root element at byte 6"), ("x<a/>", "text outside of any element at byte 0"),
        ("<a>&nope;</a>", "an unknown reference at byte 3"), ("<a>&#xD800;</a>", "an unknown reference at byte 3"),
        ("<a>& b</a>", "'&' that begins no reference at byte 3"), ("<a <b/>", "'<' inside a tag at byte 3"),
        ("<!DOCTYPE a [<!ENTITY x 'y'>]><a/>", "a document type at byte 0"), ("<>", "a tag without a name at byte 1"),
        ("<a x='", "it ends early"), ("<a><!-- ", "it ends early"), ("<", "a tag without a name at byte 1"),
    ])
    func `that is none is refused`(_ text: String, _ finding: String) {
        let fault = #expect(throws: XMLFault.self) { try events(text) }

        #expect(fault?.description == finding)
    }

    @Test func `is not followed into any depth`() {
        let fault = #expect(throws: XMLFault.self) { try events(String(repeating: "<a>", count: 10_000)) }

        #expect(fault?.description == "more than 32 levels at byte 98")
    }

    @Test func `gives facts and records`() throws {
        let facts = try XMLFacts(
            reading: GrowableBytes(
                Array(
                    "<L><Name>n</Name><C><Key>a</Key><Owner><ID>1</ID></Owner></C><C><Key/></C><More>false</More></L>"
                        .utf8)),
            records: "C", wanted: ["Key", "ID"])

        #expect(facts.root == "L")
        #expect(facts.facts == ["Name": "n", "More": "false"])
        #expect(facts.records == [["Key": "a", "ID": "1"], ["Key": ""]])
    }

    @Test func `never crashes, whatever it holds`() {
        let sample = Array(
            "<?xml version='1.0'?><ListBucketResult x='1'><IsTruncated>true</IsTruncated><Contents><Key>a&amp;b</Key><Size>1</Size></Contents><![CDATA[x]]><!-- y --><e/></ListBucketResult>"
                .utf8)
        var random = SplitMix64(seed: 11)
        var refused = 0

        for _ in 0..<1_000 {
            let bytes = sample.mutated(using: &random)
            do { _ = try XMLFacts(reading: GrowableBytes(bytes), records: "Contents", wanted: ["Key"]) } catch {
                refused += 1
            }
        }

        #expect(refused > 200)
    }
}
