import HTTPTransport
import LoopbackServer
import NilusCore
@testable import ObjectStorage
import RequestSigning
import Synchronization
import Testing

struct `A storage that fails` {
    private let clock = TestClock()

    private func store(_ server: LoopbackServer, patience: Duration = .seconds(60)) throws -> RemoteObjectStore {
        try .s3(
            S3Settings(
                endpoint: server.base, region: "eu-west-1",
                key: SigningKey(
                    id: "AKID", secret: Redacted(SecretBytes("canary-secret")),
                    sessionToken: Redacted(SecretBytes("canary-token")))),
            environment: EnvironmentVariables([:]),
            connection: StorageConnection(
                http: S3Server.http, time: clock.time, retry: StorageRetry(patience: patience), chance: { 0 }))
    }

    private func error(_ code: String, _ message: String = "No.", more: String = "") -> String {
        "<?xml version=\"1.0\"?><Error><Code>\(code)</Code><Message>\(message)</Message>\(more)</Error>"
    }

    private func body(of request: String) -> String {
        request.split(separator: "\r\n\r\n", maxSplits: 1).dropFirst().first.map(String.init) ?? ""
    }

    // MARK: In passing

    @Test func `for a while is asked again`() async throws {
        let answers: [LoopbackServer.Answer] = [
            .http(503, body: error("SlowDown")), .raw("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n"),
            .http(500, body: error("InternalError")),
            .raw("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf"), .http(200, body: "whole"),
        ]
        let server = try LoopbackServer { number, _ in answers[min(number, 4)] }

        let content = try await store(server).read("s3://b/k", limit: 100)

        #expect(content == Array("whole".utf8))
        #expect(server.received.count >= 5)
        #expect(clock.waited == .milliseconds(50 + 100 + 200 + 400))
    }

    @Test func `is given as long as it asks for`() async throws {
        let server = try LoopbackServer { number, _ in
            number == 0 ? .http(503, ["Retry-After: 7"]) : .http(200, body: "x")
        }

        _ = try await store(server).read("s3://b/k", limit: 1)

        #expect(clock.waited == .seconds(7))
    }

    @Test func `for too long is given up`() async throws {
        let server = try LoopbackServer { _, _ in .http(503, body: error("SlowDown")) }

        let failure = await #expect(throws: NilusError.self) {
            try await store(server, patience: .seconds(10)).put([1], at: "s3://b/k")
        }

        #expect(failure?.code == .sinkUnavailable)
        #expect(failure?.disposition == .transient())
        #expect(
            failure?.message
                == "cannot write 's3://b/k': '\(server.base)' answered 503 SlowDown; asked 8 times in 6 s, "
                + "run again later")
    }

    @Test func `to answer at all is named`() async throws {
        let store = try RemoteObjectStore.s3(
            S3Settings(endpoint: "http://127.0.0.1:1", key: SigningKey(id: "A", secret: Redacted(SecretBytes("s")))),
            environment: EnvironmentVariables([:]),
            connection: StorageConnection(
                http: S3Server.http, time: clock.time, retry: StorageRetry(patience: .zero), chance: { 0 }))

        let failure = await #expect(throws: NilusError.self) { try await store.size(of: "s3://b/k") }

        #expect(failure?.code == .sinkUnavailable)
        #expect(
            failure?.message.hasPrefix("cannot read 's3://b/k': no answer from 'http://127.0.0.1:1', failed to") == true
        )
    }

    // MARK: For good

    struct Refusal: Sendable, CustomTestStringConvertible {
        let status: Int
        let code: String
        var more = ""
        let clauses: String
        var testDescription: String { "\(status) \(code)" }
    }

    @Test(arguments: [
        Refusal(
            status: 403, code: "AccessDenied",
            clauses: "bucket 'b' refuses action 's3:PutObject' to key id 'AKID' (403 AccessDenied); grant it or use "
                + "another key"),
        Refusal(
            status: 404, code: "NoSuchBucket", clauses: "there is no bucket 'b' at 'BASE'; create it or name another"),
        Refusal(
            status: 403, code: "InvalidAccessKeyId",
            clauses: "'BASE' does not know key id 'AKID' (403 InvalidAccessKeyId); check the key and the endpoint"),
        Refusal(
            status: 403, code: "SignatureDoesNotMatch",
            clauses: "the proof by key id 'AKID' does not match (403 SignatureDoesNotMatch); check the secret that "
                + "belongs to it and the region"),
        Refusal(
            status: 403, code: "RequestTimeTooSkewed",
            clauses: "the clocks of this machine and of 'BASE' differ too much (403 RequestTimeTooSkewed); set this one"
        ),
        Refusal(
            status: 301, code: "PermanentRedirect", more: "<Region>us-west-2</Region>",
            clauses: "bucket 'b' is in region 'us-west-2' (301 PermanentRedirect); set the region to it"),
        Refusal(
            status: 400, code: "ExpiredToken",
            clauses: "the session of key id 'AKID' is over (400 ExpiredToken); renew it"),
        Refusal(
            status: 501, code: "NotImplemented",
            clauses: "'BASE' does not support this request (501 NotImplemented); use a storage that does"),
        Refusal(
            status: 400, code: "EntityTooSmall",
            clauses: "'BASE' answered 400 EntityTooSmall to action 's3:PutObject' by key id 'AKID'"),
    ])
    func `for good says why, to whom, and what to do`(_ refusal: Refusal) async throws {
        let server = try LoopbackServer { _, _ in
            .http(refusal.status, ["x-amz-request-id: R1"], body: error(refusal.code, "Said so.", more: refusal.more))
        }

        let failure = await #expect(throws: NilusError.self) { try await store(server).put([1], at: "s3://b/k") }

        #expect(failure?.code == .sinkRefused)
        #expect(
            failure?.message
                == "cannot write 's3://b/k': " + refusal.clauses.replacing("BASE", with: server.base))
        #expect(
            failure?.context == [
                ContextItem("answer", "\(refusal.status) \(refusal.code)"), ContextItem("text", "Said so."),
                ContextItem("request id", "R1"),
            ])
        #expect(failure?.tree.contains("canary") == false)
        #expect(server.received.count == 1)
    }

    @Test func `with something that is no answer of a storage is taken by its status`() async throws {
        for body in ["", "<html><p>nope</html>", "nonsense", "<Error>"] {
            let server = try LoopbackServer { _, _ in .http(403, body: body) }

            let failure = await #expect(throws: NilusError.self) { try await store(server).read("s3://b/k", limit: 1) }

            #expect(
                failure?.message == "cannot read 's3://b/k': bucket 'b' refuses action 's3:GetObject' to key id 'AKID' "
                    + "(403); grant it or use another key")
        }
    }

    // MARK: Unseen

    @Test func `after it stored a new object is found to have done so`() async throws {
        // The first attempt lands and its answer is lost; the second meets the object of the first.
        let mark = Memory()
        let server = try LoopbackServer { number, request in
            switch number {
            case 0:
                mark.text = Self.mark(in: request)
                return .raw("")
            case 1: return .http(412, body: error("PreconditionFailed"))
            default: return .http(200, ["x-amz-meta-nilus-writer: \(mark.text)"])
            }
        }

        #expect(try await store(server).putIfAbsent([1], at: "s3://b/k"))

        #expect(server.received.map { $0.prefix { $0 != " " } } == ["PUT", "PUT", "HEAD"])
        #expect(Self.mark(in: server.received[1]) == mark.text)
        #expect(mark.text.count == 32)
    }

    @Test func `where another stored the object first is told so`() async throws {
        let lost = try LoopbackServer { number, _ in
            switch number {
            case 0: .raw("")
            case 1: .http(412, body: error("PreconditionFailed"))
            default: .http(200, ["x-amz-meta-nilus-writer: another"])
            }
        }
        let atOnce = try LoopbackServer { _, _ in .http(412, body: error("PreconditionFailed")) }

        #expect(try await store(lost).putIfAbsent([1], at: "s3://b/k") == false)
        #expect(try await store(atOnce).putIfAbsent([1], at: "s3://b/k") == false)

        #expect(atOnce.received.count == 1)
    }

    @Test func `where two store at once lets the loser try again`() async throws {
        let server = try LoopbackServer { number, _ in
            number == 0 ? .http(503, body: error("ConditionalRequestConflict")) : .http(200)
        }

        #expect(try await store(server).putIfAbsent([1], at: "s3://b/k"))
    }

    struct Completion: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let first: LoopbackServer.Answer
        let second: LoopbackServer.Answer
        let sizeFound: Int?
        let isComplete: Bool
    }

    private static let partBytes = StorageLimits.smallestPartBytes
    private static let gone = LoopbackServer.Answer.http(404, body: "<Error><Code>NoSuchUpload</Code></Error>")
    private static let late = LoopbackServer.Answer.http(200, body: "<Error><Code>InternalError</Code></Error>")
    private static let done = LoopbackServer.Answer.http(200, body: "<CompleteMultipartUploadResult/>")

    @Test(arguments: [
        Completion(
            testDescription: "done", first: done, second: done, sizeFound: nil, isComplete: true),
        Completion(
            testDescription: "answer lost, upload gone, object there", first: .raw(""), second: gone,
            sizeFound: partBytes + 1, isComplete: true),
        Completion(
            testDescription: "answer lost, upload gone, another object there", first: .raw(""), second: gone,
            sizeFound: 5, isComplete: false),
        Completion(
            testDescription: "upload gone at once", first: gone, second: gone, sizeFound: partBytes + 1,
            isComplete: false),
        Completion(
            testDescription: "error after a status of success, object there", first: late, second: late,
            sizeFound: partBytes + 1, isComplete: true),
        Completion(
            testDescription: "error after a status of success", first: late, second: late, sizeFound: nil,
            isComplete: false),
    ])
    func `while it completes an upload is looked after`(_ test: Completion) async throws {
        let completions = Memory()
        let server = try LoopbackServer { _, request in
            let line = request.prefix { $0 != "\r\n" }
            if line.contains("?uploads=") { return .http(200, body: "<R><UploadId>u 1</UploadId></R>") }
            if line.contains("partNumber=") { return .http(200, ["ETag: \"t\""]) }
            if line.hasPrefix("HEAD") {
                return test.sizeFound.map { .http(200, [], bytes: [], announced: $0) } ?? .http(404)
            }
            if line.hasPrefix("DELETE") { return .http(204, [], bytes: []) }
            defer { completions.text += "x" }
            return completions.text.isEmpty ? test.first : test.second
        }

        let upload = try await store(server).upload(to: "s3://b/k")
        let content = [UInt8](repeating: UInt8(ascii: "a"), count: Self.partBytes + 1)
        try content.withUnsafeBytes { try upload.append($0) }
        try await upload.send()
        var failure: NilusError?
        do { try await upload.complete() } catch let error as NilusError { failure = error }

        #expect((failure == nil) == test.isComplete)
        let completion = try #require(server.received.first { $0.hasPrefix("POST /b/k?uploadId=u%201 ") })
        #expect(
            body(of: completion).hasSuffix(
                "<Part><PartNumber>1</PartNumber><ETag>&quot;t&quot;</ETag><ChecksumCRC32C>WpuOeg==</ChecksumCRC32C></Part>"
                    + "<Part><PartNumber>2</PartNumber><ETag>&quot;t&quot;</ETag><ChecksumCRC32C>wdBDMA==</ChecksumCRC32C>"
                    + "</Part></CompleteMultipartUpload>"))
        // What failed leaves no parts behind that cost money.
        #expect(server.received.contains { $0.hasPrefix("DELETE /b/k?uploadId=u%201 ") } == !test.isComplete)
    }

    @Test func `in the middle of an upload makes it end, and its parts go`() async throws {
        let server = try LoopbackServer { _, request in
            let line = request.prefix { $0 != "\r\n" }
            if line.contains("?uploads=") { return .http(200, body: "<R><UploadId>u</UploadId></R>") }
            if line.contains("partNumber=1") { return .http(403, body: error("AccessDenied")) }
            return .http(204, [], bytes: [])
        }

        let upload = try await store(server).upload(to: "s3://b/k")
        let content = [UInt8](repeating: 1, count: Self.partBytes * 2)
        try content.withUnsafeBytes { try upload.append($0) }
        let failure = await #expect(throws: NilusError.self) { try await upload.send() }
        let after = #expect(throws: NilusError.self) { try content.withUnsafeBytes { try upload.append($0) } }

        #expect(
            failure?.message == "cannot write 's3://b/k': bucket 'b' refuses action 's3:PutObject' to key id 'AKID' "
                + "(403 AccessDenied); grant it or use another key")
        #expect(after?.code == .internalDefect)
        #expect(server.received.last?.hasPrefix("DELETE /b/k?uploadId=u ") == true)
    }

    // MARK: Listings

    @Test(arguments: [
        ("<html/>", "is no listing: element 'html' at byte 0"),
        ("", "is no listing: it ends early"),
        (
            "<ListBucketResult><Contents><Key>a</Key></Contents></ListBucketResult>",
            "is no listing: an object without key, size or time at byte 0"
        ),
        (
            "<ListBucketResult><IsTruncated>true</IsTruncated></ListBucketResult>",
            "is no listing: a page that does not say where the next begins at byte 0"
        ),
        (
            "<ListBucketResult><IsTruncated>true</IsTruncated><NextContinuationToken>t</NextContinuationToken>"
                + "</ListBucketResult>", "repeats a page of the listing"
        ),
    ])
    func `to list properly is told from an empty folder`(_ answer: String, _ finding: String) async throws {
        let server = try LoopbackServer { _, _ in .http(200, body: answer) }

        let failure = await #expect(throws: NilusError.self) {
            try await store(server).forEachPage(under: "s3://b/f") { _ in }
        }

        #expect(failure?.code == .sinkUnavailable)
        #expect(failure?.message == "cannot list 's3://b/f': the answer of '\(server.base)' \(finding)")
    }

    private static func mark(in request: String) -> String {
        request.split(separator: "\r\n").first { $0.hasPrefix("x-amz-meta-nilus-writer: ") }
            .map { String($0.dropFirst(25)) } ?? ""
    }
}

/// A text that the threads of a server share.
private final class Memory: Sendable {
    private let value = Mutex("")

    var text: String {
        get { value.withLock { $0 } }
        set { value.withLock { $0 = newValue } }
    }
}
