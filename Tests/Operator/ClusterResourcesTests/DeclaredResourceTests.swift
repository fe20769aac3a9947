import ClusterResources
import HTTPTransport
import JSON
import KubernetesAPI
import NilusCore
import Testing

private func resources(
    _ text: String, _ environment: [String: String] = [:]
) throws(NilusError) -> [DeclaredResource] {
    try DeclaredResource.read(Array(text.utf8), file: "f.yaml", environment: EnvironmentVariables(environment))
}

private func document(_ body: HTTPBody) throws -> JSONValue {
    switch body {
    case .bytes(let bytes): try JSONValue(parsing: bytes)
    case .secret(let secret): try JSONValue(parsing: secret.expose().withBytes { Array($0) })
    }
}

struct `A resource of a file` {
    @Test func `of type workflow keeps its body word for word`() throws {
        let text = """
            name: w
            version: v1
            type: workflow
            owner: me
            workflow:
              schedule: {cron: "0 * * * *"}
              dag:
                - name: a
                  spec: {stack: "nilus:1.0", flag: yes, number: 012, share: 0.5, nothing: }
            """
        let object = try resources(text)[0].object(namespace: "data")
        let value = try document(object.body)

        #expect(object.reference.namespace == "data" && object.reference.name == "w")
        let spec = value["spec"]?["dag"]?.array?.first?["spec"]
        #expect(spec?["flag"]?.string == "yes" && spec?["number"]?.integer == 12 && spec?["nothing"] == .null)
        #expect(value["metadata"]?["annotations"]?["nilus.dataos.io/owner"]?.string == "me")
    }

    @Test func `takes no key out of a variable, unless it is a secret`() throws {
        let workflow = "name: w\nversion: v1\ntype: workflow\nworkflow:\n  title: ${T}\n"
        let secret = "name: s\nversion: v1\ntype: instance-secret\ninstance-secret: {data: {K: '${T}'}}\n"
        let variables = ["T": "sk_test_canary0123456789"]

        let error = #expect(throws: NilusError.self) { _ = try resources(workflow, variables) }

        #expect(error?.location?.line == 5 && error?.line.contains("instance secret") == true)
        #expect(error?.line.contains("canary") == false)
        #expect(try resources(secret, variables).count == 1 && resources(workflow, ["T": "a title"]).count == 1)
    }

    @Test func `of the short form becomes a dag of one node`() throws {
        let text = """
            name: n
            version: v1alpha
            type: nilus
            spec:
              type: batch
              schedule: {crons: ["0 * * * *"]}
              retry: {count: 2}
              logLevel: INFO
              source: {address: "stripe://", options: {source_table: customer}}
              sink: {address: "dataos://lakehouse", options: {dest_table: a.b}}
            """
        let spec = try #require(try document(try resources(text)[0].object(namespace: "data").body)["spec"])
        let node = try #require(spec["dag"]?.array?.first)

        #expect(spec["schedule"]?["crons"] == ["0 * * * *"])
        #expect(node["name"]?.string == "n" && node["retry"]?["count"]?.integer == 2)
        #expect(node["spec"]?["stack"]?.string == "nilus:1.0" && node["spec"]?["logLevel"]?.string == "INFO")
        #expect(node["spec"]?["type"] == nil && node["spec"]?["source"] == nil)
        #expect(node["spec"]?["stackSpec"]?["sink"]?["address"]?.string == "dataos://lakehouse")
    }

    @Test func `of type instance-secret becomes a Secret that does not print`() throws {
        let text = """
            name: s
            version: v1
            type: instance-secret
            instance-secret: {type: key-value, data: {KEY: "${KEY}", OTHER: "a${KEY}b${{ x }}"}}
            """
        let object = try resources(text, ["KEY": "opensesame"])[0].object(namespace: "data")

        let data = try document(object.body)["data"]
        #expect(data?["KEY"]?.string == "b3BlbnNlc2FtZQ==")
        #expect(data?["OTHER"]?.string == "YW9wZW5zZXNhbWViJHt7IHggfX0=")
        #expect(!"\(object)".contains("opensesame") && !"\(object)".contains("b3Blbn"))
    }

    @Test(arguments: [
        ("name: a\ntype: cluster\ncluster: {}\n", "'type' is 'cluster'"), ("type: depot\ndepot: {}\n", "no 'name'"),
        ("name: a\ntype: workflow\nworkflow: x\n", "no mapping under 'workflow'"),
        ("name: a\ntype: depot\ndepot: {type: \"${UNSET}\"}\n", "'${UNSET}'"),
    ])
    func `that cannot be applied says why and where`(text: String, sentence: String) {
        let error = #expect(throws: NilusError.self) { try resources(text) }

        #expect(error?.line.contains(sentence) == true)
        #expect(error?.line.hasPrefix("f.yaml:") == true)
    }
}

struct `A table of resources` {
    @Test func `has a rule below its columns and cells of equal width`() {
        let text = ResourceTable.text(["NAME", "B"], [["long-name", "x"], ["y", "zz"]])

        #expect(
            text == " NAME      | B  \n-----------|----\n long-name | x  \n y         | zz \n")
    }

    @Test func `shows of a secret its keys and no value`() {
        let secret: JSONValue = [
            "metadata": ["name": "s", "namespace": "data"], "data": ["KEY": "b3BlbnNlc2FtZQ=="],
        ]
        let resource = ClusterResource(.instanceSecret, secret)

        #expect(resource.document["instance-secret"]?["keys"] == ["KEY"])
        #expect(!resource.document.compactText.contains("b3Blbn"))
    }
}
