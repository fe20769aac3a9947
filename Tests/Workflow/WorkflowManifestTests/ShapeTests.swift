import NilusCore
import Testing
@testable import WorkflowManifest

struct `Manifest shapes` {
    @Test func `of the current form give the same node as the seed's`() throws {
        let reading = ManifestText(
            workflow: "title: Nightly\nschedule:\n  cron: '30 3 * * 1-5'\n  timezone: Europe/Berlin\n"
                + "  endOn: 2027-01-01\n  concurrencyPolicy: Replace",
            sinkAddress: "dataos://lake?acl=rw"
        ).read()

        let workflow = try #require(try reading.runnableWorkflows().first)
        #expect(workflow.title == "Nightly")
        #expect(workflow.schedule?.crons.map(\.value) == ["30 3 * * 1-5"])
        #expect(workflow.schedule?.timezone == "Europe/Berlin")
        #expect(workflow.schedule?.endOn == Timestamp(iso8601: "2027-01-01"))
        #expect(workflow.schedule?.concurrencyPolicy == .replace)
        #expect(workflow.nodes.first?.sink.destination.levels == ["stripe", "charge"])
    }

    @Test func `of version v2alpha may have the body under spec and depends`() throws {
        let text = """
            version: v2alpha
            name: flow
            type: workflow
            owner: me
            layer: user
            workspace: public
            spec:
              schedule:
                crons:
                  - 0 1 * * *
              dag:
                - name: second
                  depends:
                    - first
                  spec: &spec
                    stack: nilus+stripe:2.0
                    stackSpec:
                      source: {address: "stripe://?api_key={KEY}", options: {source-table: charge}}
                      sink: {address: dataos://lake?purpose=rw, options: {dest-table: a.b}}
                - name: first
                  spec: *spec
            """

        let reading = readManifest(text)

        let workflow = try #require(try reading.runnableWorkflows().first)
        #expect(reading.faults == [])
        #expect(workflow.nodes.map(\.name) == ["first", "second"])
        #expect(workflow.nodes.last?.dependencies == ["first"])
        #expect(workflow.nodes.first?.stack == StackReference(name: "nilus", flavor: "stripe", version: "2.0"))
        #expect([workflow.owner, workflow.layer, workflow.workspace] == ["me", "user", "public"])
    }

    @Test func `of type nilus have one node under spec, in snake case`() throws {
        let text = """
            name: short
            version: v1alpha
            type: nilus
            spec:
              type: batch
              compute: universe-compute
              log_level: debug
              dry_run: true
              schedule:
                crons: ["0 * * * *", "30 12 * * SUN"]
              use:
                projection: {}
              resources:
                limits: {cpu: 1, memory: 1Gi}
              source:
                address: stripe://?api_key={KEY}
                options:
                  source_table: charges:sync
                  max_table_nesting: 0
                  interval-start: 2026-01-01
              sink:
                address: dataos://lake?purpose=rw
                options:
                  dest_table: stripe.charge
                  incremental_strategy: append
            """

        let reading = readManifest(text)

        let workflow = try #require(try reading.runnableWorkflows().first)
        let node = try #require(workflow.nodes.first)
        #expect(reading.faults == [])
        #expect(workflow.shape == .nilus)
        #expect(workflow.schedule?.crons.count == 2)
        #expect(node.name == "short")
        #expect(node.stack == nil)
        #expect(node.logLevel == .debug)
        #expect(node.isDryRun)
        #expect(node.resources.limits == ResourceAmounts(cpuMillicores: 1_000, memoryBytes: 1_073_741_824))
        #expect(node.source.tables.map(\.mode) == [.sync])
        #expect(node.source.options.intervalStart?.value == Timestamp(iso8601: "2026-01-01"))
        #expect(node.sink.options.incrementalStrategy?.value == .append)
    }

    @Test func `of a bare stackSpec get the name that the caller gives`() throws {
        let text = """
            source:
              address: stripe://?api_key={KEY}
              options: {source-table: charge}
            sink:
              address: dataos://lake:stripe/charge?acl=rw
            """

        let reading = ManifestReader(nameOfStackSpec: "from-env").read(text.utf8, file: "config.yaml")

        let workflow = try #require(try reading.runnableWorkflows().first)
        #expect(reading.faults == [])
        #expect(workflow.shape == .stackSpec)
        #expect(workflow.name == "from-env")
        #expect(workflow.nodes.map(\.name) == ["from-env"])
        #expect(workflow.nodes.first?.sink.destination.text == "stripe.charge")
    }

    @Test func `may stand together in one file`() throws {
        let first = ManifestText().text
        let second = ManifestText(header: "name: other\nversion: v1\ntype: workflow").text
        let secret = "name: s\nversion: v1\ntype: instance-secret\ninstance-secret: {type: key-value, data: {K: v}}\n"

        let reading = readManifest([first, secret, second, ""].joined(separator: "---\n"))

        #expect(try reading.runnableWorkflows().map(\.name) == ["test", "other"])
        #expect(
            reading.faults.map(\.description) == [
                "w.yaml:19:1: remark: instance secret 's' is no workflow and is skipped"
            ])
    }

    @Test func `without any workflow cannot run, and say so`() {
        let reading = readManifest("name: d\nversion: v2alpha\ntype: depot\ndepot: {type: S3, s3: {bucket: b}}\n")

        #expect(reading.error == nil)
        #expect {
            try reading.runnableWorkflows()
        } throws: {
            ($0 as? NilusError)?.line == "cannot run 'w.yaml': it holds no workflow; expected 'type: workflow'"
        }
    }

    @Test func `with extension keys and shared anchors are read without warnings`() throws {
        let text = ManifestText(node: "<<: *more", spec: "stack: nilus:1.0\nenvs: *envs").text

        let reading = readManifest("x-more: &more\n  retry: {count: 2}\nx-envs: &envs\n  A: b\n" + text)

        #expect(reading.faults == [])
        #expect(reading.workflows.first?.nodes.first?.retry?.count == 2)
        #expect(reading.workflows.first?.nodes.first?.environment["A"]?.expose() == "b")
    }
}
