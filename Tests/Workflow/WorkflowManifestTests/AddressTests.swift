import NilusCore
import Testing

@testable import WorkflowManifest

struct `Addresses` {
    @Test(arguments: [
        FaultCase(.address, "sk_live_canary", "11:22: the source address has no scheme; expected 'stripe://'"),
        FaultCase(
            .address, "\"//x?api_key=sk_live_canary\"", "11:22: the source address has no scheme; expected 'stripe://'"),
        FaultCase(
            .address, "strip://?api_key={KEY}",
            "11:22: the source address cannot have the scheme 'strip'; did you mean 'stripe'?"),
        FaultCase(
            .address, "dataos://stripe",
            "11:22: the source address cannot have the scheme 'dataos'; expected 'stripe://'"),
        FaultCase(
            .sinkAddress, "s3://bucket/path",
            "15:22: the sink address cannot have the scheme 's3'; expected 'dataos://', 'iceberg+sqlite://' or 'iceberg+rest://'"
        ),
        FaultCase(
            .sinkAddress, "iceberg+sqllite:///w/c.db",
            "15:22: the sink address cannot have the scheme 'iceberg+sqllite'; did you mean 'iceberg+sqlite'?"),
        FaultCase(
            .sinkAddress, "datos://lake",
            "15:22: the sink address cannot have the scheme 'datos'; did you mean 'dataos'?"),
        FaultCase(.address, "5", "11:22: 'address' must be text; found a whole number, put it in quotes"),
        FaultCase(.address, "", "11:13: key 'address' in 'source' is empty"),
        FaultCase(.address, "[a]", "11:22: 'address' must be text; found a list"),
        FaultCase(
            .address, "<stripe-address>",
            "11:22: the source address is a blank, '<…>'; write the value, or '{NAME}' with the name of a secret"),
        FaultCase(
            .address, "${{source_address/UDL}}",
            "11:22: the source address holds a blank of a template, '${{…}}'; fill it in"),
        FaultCase(
            .address, "stripe://?api_key=<sk_live_canary>",
            "11:40: parameter 'api_key' of the source address is a blank, '<…>'; write the value, or '{NAME}' with the name of a secret"
        ),
        FaultCase(
            .address, "stripe://?x=1&api_key=${{your key}}",
            "11:44: parameter 'api_key' of the source address holds a blank of a template, '${{…}}'; fill it in"),
        FaultCase(
            .address, "'stripe://?api_key=${STRIPE_API_KEY}'",
            "11:41: parameter 'api_key' of the source address holds '${…}', which 'dataos-ctl resource apply' replaces before a job sees it; write '{NAME}' with the name of a secret"
        ),
        FaultCase(
            .sinkAddress, "dataos://<depot>:stripe",
            "15:31: the sink address is a blank, '<…>'; write the value, or '{NAME}' with the name of a secret"),
        FaultCase(
            .address, "stripe://?api_key=sk_live_canary&api_key=x",
            "11:55: parameter 'api_key' of the source address is written twice; keep one of them"),
        FaultCase(
            .address, "stripe://?=sk_live_canary",
            "11:32: a parameter of the source address has no proper name; expected 'name=value' after '?' and '&'"),
        FaultCase(
            .address, "stripe://?api key=sk_live_canary",
            "11:32: a parameter of the source address has no proper name; expected 'name=value' after '?' and '&'"),
        FaultCase(
            .address, "stripe://?api_key=%zz",
            "11:40: parameter 'api_key' of the source address holds a '%' without two hexadecimal digits; write '%25' for a percent sign"
        ),
        FaultCase(
            .address, "stripe://?api_key=100%",
            "11:43: parameter 'api_key' of the source address holds a '%' without two hexadecimal digits; write '%25' for a percent sign"
        ),
        FaultCase(
            .address, "stripe://?api_key=a%C3",
            "11:40: parameter 'api_key' of the source address holds '%' escapes that are not UTF-8; encode the text as UTF-8 first"
        ),
        FaultCase(
            .address, "stripe://?api_key={}",
            "11:40: parameter 'api_key' of the source address holds a '{' or '}' that names nothing; write '{NAME}', or '%7B' for a brace"
        ),
        FaultCase(
            .address, "stripe://?api_key={endpoint}",
            "11:40: parameter 'api_key' of the source address holds '{endpoint}', which can only be part of a table's name; write it in 'dest-table'"
        ),
        FaultCase(
            .sinkAddress, "iceberg+sqlite:///w/{endpoint}.db?warehouse=/{endpoint}",
            "15:39: the path of the sink address holds '{endpoint}', which can only be part of a table's name; write it in 'dest-table'",
            "15:66: parameter 'warehouse' of the sink address holds '{endpoint}', which can only be part of a table's name; write it in 'dest-table'"
        ),
        FaultCase(
            .sinkAddress, "dataos://{endpoint}:stripe/charge",
            "15:31: the sink address holds '{endpoint}', which can only be part of a table's name; write it in 'dest-table'"
        ),
        FaultCase(
            .address, "stripe://?api_key={sk_live_canary}",
            "11:40: parameter 'api_key' of the source address holds a key between '{' and '}'; write the name of the secret, such as '{STRIPE_API_KEY}'"
        ),
        FaultCase(
            .address, "stripe://?api_key={KEY",
            "11:40: parameter 'api_key' of the source address holds a '{' or '}' that names nothing; write '{NAME}', or '%7B' for a brace"
        ),
        FaultCase(
            .address, "stripe://?api_key=KEY}",
            "11:43: parameter 'api_key' of the source address holds a '{' or '}' that names nothing; write '{NAME}', or '%7B' for a brace"
        ),
        FaultCase(
            .address, "stripe://?api_key={A B}",
            "11:40: parameter 'api_key' of the source address holds a '{' or '}' that names nothing; write '{NAME}', or '%7B' for a brace"
        ),
        FaultCase(
            .address, "stripe://?api_key=a b",
            "11:41: parameter 'api_key' of the source address holds a space or control character; remove it, or write '%20'"
        ),
        FaultCase(
            .address, "\"stripe://?api_key=a\\n\"",
            "11:22: parameter 'api_key' of the source address holds a space or control character; remove it, or write '%20'"
        ),
        FaultCase(
            .address, "\"stripe://?api_key=\\0\"",
            "11:22: the source address holds a space or control character; remove it, or write '%20'"),
        FaultCase(
            .address, "stripe://?api_key=a#b",
            "11:41: parameter 'api_key' of the source address holds a '#'; write '%23'"),
    ])
    func `with faults are told by part or parameter, never by value`(_ example: FaultCase) {
        #expect(example.found == example.expected)
        #expect(!example.found.joined().contains("canary"))
    }

    /// Thousands of parts with a fault each cost half a minute.
    @Test func `of more than 8,192 bytes are not taken apart`() {
        let longest = "stripe://?" + String(repeating: "canary&", count: 1_168) + "canary"
        let longer = longest + "é"

        let source = FaultCase(
            .address, longer, "11:22: the source address is 8,194 bytes long; at most 8,192 are read")
        let sink = FaultCase(
            .sinkAddress, longer, "15:22: the sink address is 8,194 bytes long; at most 8,192 are read")

        #expect(longest.utf8.count == 8_192)
        #expect(source.found == source.expected)
        #expect(sink.found == sink.expected)
        #expect(ManifestText.with(.address, longest).faults.count == 1_168)
    }

    private func address(_ text: String) throws -> ManifestAddress {
        let node = ManifestText.with(.sinkAddress, text).loadedNode
        return try #require(node?.sink.address)
    }

    @Test func `are taken apart and decoded`() throws {
        let address = try address(
            "iceberg+rest://h:1/a%20b/c?warehouse=s3%3A%2F%2Fw&token={TOKEN}&x=a+b/c==&empty=&flag")

        #expect(address.scheme == "iceberg+rest")
        #expect(address.authority.literal?.expose() == "h:1")
        #expect(address.path.literal?.expose() == "/a b/c")
        #expect(address.parameters.map(\.name) == ["warehouse", "token", "x", "empty", "flag"])
        #expect(address[parameter: "warehouse"]?.value.literal?.expose() == "s3://w")
        #expect(address[parameter: "x"]?.value.literal?.expose() == "a+b/c==")
        #expect(address[parameter: "empty"]?.value.isEmpty == true)
        #expect(address[parameter: "flag"]?.value.literal?.expose() == "")
        #expect(address[parameter: "absent"] == nil)
        #expect(address[parameter: "token"]?.value.literal == nil)
        #expect(address[parameter: "token"]?.location.description == "w.yaml:15:72")
    }

    @Test func `refer to secrets that are neither decoded nor encoded`() throws {
        let address = try address("dataos://d:{USER.pw-1}/{A}%2F{endpoint}/{B}")

        let path = address.path.resolved(endpoint: "charge") { placeholder in Redacted("<\(placeholder.name)%41>") }

        #expect(path.expose() == "/<A%41>/charge/<B%41>")
        #expect(address.path.placeholders.map(\.name) == ["A", "B"])
        #expect(address.authority.placeholders.map(\.name) == ["USER.pw-1"])
        #expect(address.path.placeholders.first?.location.description == "w.yaml:15:45")
    }

    @Test(arguments: [
        ("dataos://lake", DepotAddress(depot: "lake", collection: nil, dataset: nil)),
        ("'DATAOS://lake:'", DepotAddress(depot: "lake", collection: nil, dataset: nil)),
        ("dataos://lake:stripe?acl=rw", DepotAddress(depot: "lake", collection: "stripe", dataset: nil)),
        ("dataos://lake:stripe/charge", DepotAddress(depot: "lake", collection: "stripe", dataset: "charge")),
    ])
    func `of depots give depot, collection and dataset`(_ text: String, _ depot: DepotAddress) throws {
        #expect(try address(text).depotAddress == depot)
    }

    @Test func `of other schemes name no depot`() throws {
        #expect(try address("iceberg+sqlite:///c.db").depotAddress == nil)
        #expect(try address("dataos://{DEPOT}:stripe/charge").depotAddress == nil)
    }
}
