import Iceberg
import JSON
import NilusCore
import Synchronization

/// Numbers 1, 2, 3, … in place of random ones.
func countingIdentifiers() -> IdentifierSource {
    let counter = Counter()
    return IdentifierSource { counter.next() }
}

private final class Counter: Sendable {
    private let value = Atomic<UInt64>(0)

    func next() -> UInt64 { value.add(1, ordering: .relaxed).newValue }
}

extension Timestamp {
    /// A moment in milliseconds since the epoch.
    init(milliseconds: Int64) {
        self.init(microseconds: milliseconds * 1_000)
    }
}

extension JSONObject {
    init(_ text: String) throws {
        self = try JSONValue(parsing: text.utf8).object ?? [:]
    }
}

/// Metadata as another engine leaves it: a branch and a tag, statistics, members unknown to everybody.
enum ForeignTable {
    static let file = "file:///lake/s/t/metadata/00002-x.metadata.json"

    static let text = """
        {"format-version":2,"table-uuid":"9c12d441-03fe-4693-9a96-a0705ddf69c1","location":"file:///lake/s/t/",
        "last-sequence-number":34,"last-updated-ms":1602638573590,"last-column-id":9,"current-schema-id":1,
        "schemas":[
        {"type":"struct","schema-id":0,"fields":[{"id":1,"name":"x","required":true,"type":"long"}]},
        {"type":"struct","schema-id":1,"identifier-field-ids":[1],"own":7,"fields":[
        {"id":1,"name":"x","required":true,"type":"long","doc":"key"},
        {"id":2,"name":"Name","required":false,"type":"string"},
        {"id":3,"name":"place","required":false,"type":{"type":"struct","fields":[
        {"id":5,"name":"lat","required":false,"type":"double"},
        {"id":6,"name":"tags","required":false,"type":{"type":"list","element-id":9,"element":"string",
        "element-required":false}}]}},
        {"id":4,"name":"u","required":false,"type":"uuid"}]}],
        "default-spec-id":0,"partition-specs":[{"spec-id":0,"fields":[]}],"last-partition-id":999,
        "default-sort-order-id":0,"sort-orders":[{"order-id":0,"fields":[]}],
        "properties":{"owner":"them","nilus.checkpoint":"old"},"current-snapshot-id":3055729675574597004,
        "refs":{"main":{"snapshot-id":3055729675574597004,"type":"branch","min-snapshots-to-keep":5},
        "kept":{"snapshot-id":3051729675574597004,"type":"tag","max-ref-age-ms":10000000}},
        "snapshots":[
        {"snapshot-id":3051729675574597004,"timestamp-ms":1515100955770,"sequence-number":0,
        "summary":{"operation":"append"},"manifest-list":"file:///lake/s/t/metadata/1.avro"},
        {"snapshot-id":3055729675574597004,"parent-snapshot-id":3051729675574597004,"timestamp-ms":1555100955770,
        "sequence-number":1,"summary":{"operation":"append","total-records":"12"},
        "manifest-list":"file:///lake/s/t/metadata/2.avro","schema-id":1}],
        "snapshot-log":[{"snapshot-id":3051729675574597004,"timestamp-ms":1515100955770},
        {"snapshot-id":3055729675574597004,"timestamp-ms":1555100955770}],
        "metadata-log":[{"timestamp-ms":1515100,"metadata-file":"file:///lake/s/t/metadata/00001-x.metadata.json"}],
        "statistics":[{"snapshot-id":3051729675574597004,"statistics-path":"a.puffin"},
        {"snapshot-id":3055729675574597004,"statistics-path":"b.puffin"}],
        "x-of-the-future":{"n":1.50}}
        """

    static let firstSnapshot: Int64 = 3_051_729_675_574_597_004
    static let secondSnapshot: Int64 = 3_055_729_675_574_597_004

    static func metadata(_ change: (inout JSONObject) -> Void = { _ in }) throws -> TableMetadata {
        var document = try JSONObject(text)
        change(&document)
        return try TableMetadata(document, file: file)
    }
}

/// Metadata of the first version of the format, in its shortest form.
enum FirstVersionTable {
    static let text = """
        {"format-version":1,"location":"file:///lake/s/v1","last-updated-ms":1000,"last-column-id":2,
        "schema":{"type":"struct","fields":[{"id":1,"name":"x","required":true,"type":"long"},
        {"id":2,"name":"d","required":false,"type":"date"}]},
        "partition-spec":[{"name":"d_month","transform":"month","source-id":2}],"properties":{},
        "current-snapshot-id":7,"snapshots":[{"snapshot-id":7,"timestamp-ms":900,
        "manifest-list":"file:///lake/s/v1/metadata/7.avro"}]}
        """

    static func metadata() throws -> TableMetadata {
        try TableMetadata(try JSONObject(text), file: "v1.json")
    }
}
