import Testing

@testable import WorkflowManifest

struct `Faults of a resource` {
    @Test(arguments: [
        FaultCase(
            .header, "name: Test\nversion: v1\ntype: workflow",
            "1:7: 'name' cannot be 'Test'; expected lower-case letters, digits and '-', a letter or digit at both ends"),
        FaultCase(
            .header, "name: test-\nversion: v1\ntype: workflow",
            "1:7: 'name' cannot be 'test-'; expected lower-case letters, digits and '-', a letter or digit at both ends"
        ),
        FaultCase(
            .header, "name: a123456789b123456789c123456789d123456789e12345678\nversion: v1\ntype: workflow",
            "1:7: 'name' has 49 characters; at most 48 are allowed"),
        FaultCase(
            .header, "name: 5\nversion: v1\ntype: workflow",
            "1:7: 'name' must be text; found a whole number, put it in quotes"),
        FaultCase(.header, "name: ''\nversion: v1\ntype: workflow", "1:7: 'name' is blank; write a value"),
        FaultCase(.header, "name:\nversion: v1\ntype: workflow", "1:1: key 'name' in 'the resource' is empty"),
        FaultCase(.header, "version: v1\ntype: workflow", "1:1: missing key 'name' in 'the resource'"),
        FaultCase(
            .header, "nmae: test\nversion: v1\ntype: workflow",
            "1:1: unknown key 'nmae' in 'the resource'; did you mean 'name'?"),
        FaultCase(.header, "name: test\ntype: workflow", "1:1: missing key 'version' in 'the resource'"),
        FaultCase(
            .header, "name: test\nversion: v3\ntype: workflow",
            "2:10: warning: unknown version 'v3' of 'type: workflow', read as 'v1'; expected 'v1', 'v1beta' or 'v2alpha'"
        ),
        FaultCase(.header, "name: test\nversion: v1", "1:1: missing key 'type'; expected 'type: workflow'"),
        FaultCase(
            .header, "name: test\nversion: v1\ntype: worflow",
            "3:7: 'type' cannot be 'worflow'; did you mean 'workflow'?"),
        FaultCase(
            .header, "name: test\nversion: v1\ntype: service",
            "3:7: 'type' cannot be 'service'; expected 'workflow', 'nilus', 'instance-secret', 'secret', 'depot' or 'stack'"
        ),
        FaultCase(.header, "name: test\nversion: v1\ntype: [workflow]", "3:7: 'type' must be text; found a list"),
        FaultCase(
            .header, "name: test\nversion: v1\ntype: workflow\nfoo: 1",
            "4:1: warning: unknown key 'foo' in 'the resource'; it is ignored"),
        FaultCase(
            .header, "name: test\nversion: v1\ntype: workflow\ntag: [a]",
            "4:1: warning: unknown key 'tag' in 'the resource'; did you mean 'tags'?"),
        FaultCase(
            .header, "name: test\nversion: v1\ntype: workflow\ntags: {a: b}",
            "4:7: 'tags' must be text; found a mapping"),
        FaultCase(
            .header, "name: test\nversion: v1\ntype: workflow\nname: again",
            "4:1: key 'name' is written twice; the first is on line 1, column 1"),
        FaultCase(
            .header, "name: ${{workflow-name}}\nversion: v1\ntype: workflow",
            "1:7: 'name' holds a blank of a template, '${{…}}'; fill it in"),
        FaultCase(
            .header, "name: test\nversion: v1\ntype: workflow\nworkspace: <workspace>",
            "4:12: 'workspace' is a blank, '<…>'; fill it in"),
        FaultCase(
            .header, "name: test\nversion: v1\ntype: workflow\nowner: ${OWNER}",
            "4:8: 'owner' holds '${…}', which 'dataos-ctl resource apply' replaces before a job sees it; write the value"
        ),
        FaultCase(
            .header, "name: test\nversion: v1\ntype: workflow\nsk_live_canary: 1",
            "4:1: warning: unknown key (14 characters, not shown) in 'the resource'; it is ignored"),
    ])
    func `are found in the header`(_ example: FaultCase) {
        #expect(example.found == example.expected)
    }

    @Test(arguments: [
        FaultCase(
            .workflow, "schedule:\n  cron: '0 1 * *'",
            "6:11: 'cron' cannot be read: 4 fields; expected 5: minute, hour, day of month, month, day of week"),
        FaultCase(
            .workflow, "schedule:\n  cron: '0 24 * * *'",
            "6:11: 'cron' cannot be read: '24' is no hour; expected '*', numbers from 0 to 23, ranges or steps"),
        FaultCase(
            .workflow, "schedule:\n  cron: '*/0 1 * * *'",
            "6:11: 'cron' cannot be read: '*/0' is no minute; expected '*', numbers from 0 to 59, ranges or steps"),
        FaultCase(
            .workflow, "schedule:\n  crons: ['0 1 * * 1,7', '0 1 1-5/2 JAN-mar 0-6']",
            "6:13: 'cron' cannot be read: '1,7' is no day of week; expected '*', numbers from 0 to 6, ranges or steps"),
        FaultCase(
            .workflow, "schedule:\n  cron: '@daily'",
            "6:11: warning: 'cron' '@daily' is a short form that not every scheduler knows"),
        FaultCase(
            .workflow, "schedule:\n  cron: '0 1 * * *'\n  crons: []",
            "7:5: 'cron' and 'crons' are both written in 'schedule'; keep one of them"),
        FaultCase(.workflow, "schedule:\n  timezone: UTC", "5:3: missing key 'cron' in 'schedule'"),
        FaultCase(
            .workflow, "schedule:\n  cron: '0 1 * * *'\n  timezone: '+05:30'",
            "7:15: 'timezone' must be a name such as 'UTC' or 'Europe/Berlin'; found '+05:30'"),
        FaultCase(
            .workflow, "schedule:\n  cron: '0 1 * * *'\n  endOn: tomorrow",
            "7:12: 'endOn' must be a date or date-time such as '2026-01-31' or '2026-01-31T12:00:00Z'; found 'tomorrow'"
        ),
        FaultCase(
            .workflow, "schedule:\n  cron: '0 1 * * *'\n  concurrencyPolicy: forbid",
            "7:24: 'concurrencyPolicy' cannot be 'forbid'; did you mean 'Forbid'?"),
        FaultCase(.workflow, "schedule: daily", "5:13: 'schedule' must be a mapping; found text"),
    ])
    func `are found in the schedule`(_ example: FaultCase) {
        #expect(example.found == example.expected)
    }

    @Test(arguments: [
        ("- a\n- b\n", "1:1: a document must be a mapping with 'name', 'version' and 'type'; found a list"),
        ("just text\n", "1:1: a document must be a mapping with 'name', 'version' and 'type'; found text"),
        ("", "1:1: the file is empty; expected a YAML document"),
        ("name: x\n", "1:1: missing key 'type'; expected 'type: workflow' or 'type: nilus'"),
        ("name: x\nversion: v1\ntype: workflow\n", "1:1: missing key 'workflow' in 'the resource'"),
        ("name: x\nversion: v1\ntype: workflow\nworkflow: {}\n", "4:1: missing key 'dag' in 'workflow'"),
        (
            "name: x\nversion: v1\ntype: workflow\nworkflow: {dag: []}\n",
            "4:17: 'dag' is empty; expected at least one node"
        ),
        ("name: x\nversion: v1\ntype: workflow\nworkflow: {dag: {}}\n", "4:17: 'dag' must be a list; found a mapping"),
        ("name: x\nversion: v1alpha\ntype: nilus\n", "1:1: missing key 'spec' in 'the resource'"),
    ])
    func `are found in documents that hold no workflow`(_ text: String, _ fault: String) {
        #expect(readManifest(text).faults.map(\.description) == ["w.yaml:" + fault])
    }

    @Test func `of type nilus name what it cannot run`() {
        let text = """
            name: x
            version: v1
            type: nilus
            spec:
              type: cdc
              stackSpec: {}
              soruce: {address: "stripe://", options: {source_tabel: charge}}
              sink: {address: "dataos://lake", options: {dest_tabel: a.b}}
            """

        #expect(
            readManifest(text).faults.map(\.description) == [
                "w.yaml:2:10: warning: unknown version 'v1' of 'type: nilus', read as 'v1alpha'; expected 'v1alpha'",
                "w.yaml:5:9: 'type' in 'spec' cannot be 'cdc'; this job runs 'batch' only",
                "w.yaml:6:3: warning: unknown key 'stackSpec' in 'spec'; it is ignored",
                "w.yaml:7:3: unknown key 'soruce' in 'spec'; did you mean 'source'?",
                "w.yaml:7:44: unknown key 'source_tabel' in 'source.options'; did you mean 'source_table'?",
                "w.yaml:8:46: unknown key 'dest_tabel' in 'sink.options'; did you mean 'dest_table'?",
            ])
    }

    @Test func `are told for a workflow that is defined twice`() {
        let text = ManifestText().text

        #expect(
            readManifest(text + "---\n" + text).faults.map(\.description) == [
                "w.yaml:19:1: workflow 'test' is defined twice; the first begins on line 1"
            ])
    }

    @Test(arguments: [
        (
            "instance-secret", "instance-secret: {type: keyvalue, data: {A: b}}",
            "4:25: 'type' cannot be 'keyvalue'; did you mean 'key-value'?"
        ),
        (
            "instance-secret", "instance-secret: {type: key-value, acl: x, files: {A: b}}",
            "4:41: 'acl' cannot be 'x'; did you mean 'r'?"
        ),
        ("instance-secret", "instance-secret: {type: key-value}", "4:1: missing key 'data' in 'instance-secret'"),
        (
            "instance-secret", "instancesecret: {}",
            "4:1: unknown key 'instancesecret' in 'the resource'; did you mean 'instance-secret'?"
        ),
        ("depot", "depot: {type: s3, s3: {}}", "4:15: 'type' cannot be 's3'; did you mean 'S3'?"),
        ("depot", "depot: {type: S3, gcs: {bucket: b}}", "4:1: missing key 's3' in 'depot'"),
        (
            "depot", "depot: {type: GCS, bukcet: b, spec: {}}",
            "4:20: warning: unknown key 'bukcet' in 'depot'; it is ignored"
        ),
        ("stack", "stack: 5", "4:8: 'stack' must be a mapping; found a whole number"),
    ])
    func `are found in the outline of resources that are skipped`(_ type: String, _ body: String, _ fault: String) {
        let reading = readManifest("name: x\nversion: v1\ntype: \(type)\n\(body)\n")

        #expect(reading.faults.filter { $0.severity != .remark }.map(\.description).contains("w.yaml:" + fault))
    }
}
