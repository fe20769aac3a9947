import JSON
import KubernetesAPI
import LoopbackServer
import NilusCore
import Synchronization
import TemporaryFolders
import Testing

/// Time that passes only by waiting.
private final class WaitedTime: Sendable {
    private let waited = Mutex(Duration.zero)

    var total: Duration { waited.withLock { $0 } }

    var source: TimeSource {
        TimeSource(
            monotonic: { self.total }, utc: { Timestamp(microseconds: 0) },
            sleep: { duration in self.waited.withLock { $0 += duration } })
    }
}

private let job = ObjectReference(.job, namespace: "data", name: "a b")

private func client(
    _ server: LoopbackServer, _ credential: ClusterCredential = .anonymous, time: WaitedTime = WaitedTime()
) throws -> KubernetesClient {
    try KubernetesClient(
        ClusterConnection(server: server.base, authority: nil, credential: credential, namespace: "data"),
        time: time.source, chance: { 0.5 })
}

struct `A client of an API server` {
    @Test func `names objects by their paths`() async throws {
        let server = try LoopbackServer { _, _ in .http(200, body: #"{"kind":"Job"}"#) }

        let object = try await client(server).get(job)

        #expect(object["kind"]?.string == "Job")
        #expect(server.received[0].hasPrefix("GET /apis/batch/v1/namespaces/data/jobs/a%20b HTTP/1.1"))
    }

    @Test func `has unknown fields refused where that is asked for, and looks for one name`() async throws {
        let list = #"{"items":[],"metadata":{"resourceVersion":"1"}}"#
        let server = try LoopbackServer { _, _ in .http(200, body: list) }
        let client = try client(server)

        _ = try await client.apply(job, [:], manager: "m", mode: .dryRun, isStrict: true)
        _ = try await client.all(ObjectCollection(.job, namespace: "data", named: "a b"))

        #expect(server.received[0].contains("/jobs/a%20b?fieldManager=m&dryRun=All&fieldValidation=Strict HTTP/1.1"))
        #expect(server.received[1].contains("/jobs?fieldSelector=metadata.name%3Da%20b&limit=100 HTTP/1.1"))
    }

    @Test func `asks a busy server again, as late as it wishes`() async throws {
        let server = try LoopbackServer { number, _ in
            number < 2 ? .http(429, ["Retry-After: 3"], body: "{}") : .http(200, body: "{}")
        }
        let time = WaitedTime()

        _ = try await client(server, time: time).get(job)

        #expect(server.received.count == 3)
        #expect(time.total == .seconds(6))
    }

    @Test func `gives up a server that stays busy, within its patience`() async throws {
        let server = try LoopbackServer { _, _ in .http(503, body: #"{"reason":"ServiceUnavailable","message":"no"}"#) }
        let time = WaitedTime()

        let error = await #expect(throws: ClusterFailure.self) { _ = try await client(server, time: time).get(job) }

        #expect(error?.refusal?.status == 503)
        #expect(time.total <= .seconds(45) && time.total > .seconds(20))
        #expect(error?.worded("read it").code == .clusterUnavailable)
    }

    @Test func `is asked once, and not waited for longer, where that was all the patience`() async throws {
        let server = try LoopbackServer { number, _ in number == 0 ? .http(503, body: "{}") : .silence }
        let time = WaitedTime()
        let client = try client(server, time: time).with(
            RequestPatience(total: .zero, attempt: .milliseconds(200)))

        let busy = await #expect(throws: ClusterFailure.self) { _ = try await client.get(job) }
        let silent = await #expect(throws: ClusterFailure.self) { _ = try await client.get(job) }

        #expect(busy?.refusal?.status == 503)
        guard case .unreachable = silent else { throw try #require(silent) }
        #expect(server.received.count == 2 && time.total == .zero)
    }

    @Test func `does not repeat what is refused for good`() async throws {
        let server = try LoopbackServer { _, _ in .http(403, body: #"{"reason":"Forbidden","message":"not you"}"#) }

        let error = await #expect(throws: ClusterFailure.self) { _ = try await client(server).get(job) }

        #expect(server.received.count == 1)
        #expect(error?.worded("read it").line == "cannot read it: the API server answered 403: not you")
        #expect(error?.worded("read it").code == .permissionMissing)
    }

    @Test func `reads a refused token again from its file, once`() async throws {
        let folder = try TemporaryFolder()
        let path = try folder.put("token", "old\n")
        let server = try LoopbackServer { number, request in
            if number == 0 { _ = try? folder.put("token", "new\n") }
            return request.contains("Bearer new") ? .http(200, body: "{}") : .http(401, body: "{}")
        }

        _ = try await client(server, .tokenFile(path)).get(job)

        #expect(server.received.count == 2)
        #expect(server.received[0].contains("Authorization: Bearer old"))
    }

    @Test func `is refused when the file holds no other token`() async throws {
        let folder = try TemporaryFolder()
        let path = try folder.put("token", "old")
        let server = try LoopbackServer { _, _ in .http(401, body: "{}") }

        let error = await #expect(throws: ClusterFailure.self) {
            _ = try await client(server, .tokenFile(path)).get(job)
        }

        #expect(server.received.count == 1)
        #expect(error?.refusal?.isUnauthorized == true)
    }

    @Test func `reads a collection page by page`() async throws {
        let server = try LoopbackServer { number, _ in
            let mark = number == 0 ? #""continue":"next","# : ""
            return .http(200, body: #"{"metadata":{\#(mark)"resourceVersion":"7"},"items":[{"n":\#(number)}]}"#)
        }
        var numbers: [Int64?] = []

        let version = try await client(server).list(ObjectCollection(.pod, namespace: nil, selector: "a=b")) {
            numbers.append($0["n"]?.integer)
        }

        #expect(version == "7" && numbers == [0, 1])
        #expect(server.received[0].hasPrefix("GET /api/v1/pods?labelSelector=a%3Db&limit=100 "))
        #expect(server.received[1].contains("&continue=next "))
    }

    @Test func `follows a watch to its end`() async throws {
        let body = #"{"type":"ADDED","object":{"metadata":{"resourceVersion":"8"}}}"# + "\n"
        let server = try LoopbackServer { _, _ in .http(200, body: body) }

        var stream = try await client(server).watch(ObjectCollection(.job, namespace: "data"), from: "7")
        var events: [WatchEvent] = []
        while let next = try await stream.next() { events += next }

        #expect(events == [.added(["metadata": ["resourceVersion": "8"]])])
        #expect(server.received[0].contains("watch=true&allowWatchBookmarks=true&resourceVersion=7&timeoutSeconds=290"))
    }

    @Test func `does not take for JSON what is none`() async throws {
        let server = try LoopbackServer { _, _ in .http(200, body: "<html>") }

        let error = await #expect(throws: ClusterFailure.self) { _ = try await client(server).get(job) }

        #expect(error?.worded("read it").code == .clusterRefused)
    }
}
