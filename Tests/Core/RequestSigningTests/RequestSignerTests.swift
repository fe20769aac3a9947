import HTTPTransport
import NilusCore
import RequestSigning
import Testing

struct `A signed request` {
    /// An example that AWS publishes.
    struct Example: Sendable, CustomTestStringConvertible {
        let testDescription: String
        var method = HTTPMethod.get
        let url: String
        var headers: [HTTPHeader] = []
        var body: String?
        let signedHeaders: String
        let signature: String
    }

    private func authorization(
        _ example: Example, _ signer: RequestSigner, _ key: SigningKey, at time: String
    ) throws -> String? {
        let request = HTTPRequest(
            example.method, url: example.url, headers: example.headers, body: example.body.map { .text($0) },
            maximumBodyBytes: 1, timeout: .seconds(1))
        let moment = try #require(Timestamp(iso8601: time))
        let signed = try #require(signer.signed(request, with: key, at: moment))
        return signed.headers.first { $0.name == "Authorization" }?.value
    }

    // "Examples: Signature Calculations in AWS Signature Version 4", Amazon S3 API reference.
    @Test(arguments: [
        Example(
            testDescription: "GET object", url: "https://examplebucket.s3.amazonaws.com/test.txt",
            headers: [HTTPHeader("Range", "bytes=0-9")],
            signedHeaders: "host;range;x-amz-content-sha256;x-amz-date",
            signature: "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41"),
        Example(
            testDescription: "PUT object", method: .put,
            url: "https://examplebucket.s3.amazonaws.com/test%24file.text",
            headers: [
                HTTPHeader("Date", "Fri, 24 May 2013 00:00:00 GMT"),
                HTTPHeader("x-amz-storage-class", "REDUCED_REDUNDANCY"),
            ],
            body: "Welcome to Amazon S3.",
            signedHeaders: "date;host;x-amz-content-sha256;x-amz-date;x-amz-storage-class",
            signature: "98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd"),
        Example(
            testDescription: "GET bucket lifecycle", url: "https://examplebucket.s3.amazonaws.com/?lifecycle",
            signedHeaders: "host;x-amz-content-sha256;x-amz-date",
            signature: "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543"),
        Example(
            testDescription: "GET bucket (list objects)",
            url: "https://examplebucket.s3.amazonaws.com?prefix=J&max-keys=2",
            signedHeaders: "host;x-amz-content-sha256;x-amz-date",
            signature: "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7"),
    ])
    func `to S3 has the signature of the published example`(_ example: Example) throws {
        let key = SigningKey(
            id: "AKIAIOSFODNN7EXAMPLE", secret: Redacted(SecretBytes("wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY")))

        let value = try authorization(
            example, RequestSigner(service: "s3", region: "us-east-1"), key, at: "2013-05-24T00:00:00Z")

        #expect(
            value == "AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request, "
                + "SignedHeaders=\(example.signedHeaders), Signature=\(example.signature)")
    }

    // "Signature Version 4 test suite" and the ListUsers example of the AWS general reference.
    @Test(arguments: [
        (
            "iam",
            Example(
                testDescription: "ListUsers", url: "https://iam.amazonaws.com/?Action=ListUsers&Version=2010-05-08",
                headers: [HTTPHeader("Content-Type", "application/x-www-form-urlencoded; charset=utf-8")],
                signedHeaders: "content-type;host;x-amz-date",
                signature: "5d672d79c15b13162d9279b0855cfba6789a8edb4c82c400e06b5924a6f2b5d7")
        ),
        (
            "service",
            Example(
                testDescription: "get-vanilla", url: "https://example.amazonaws.com/",
                signedHeaders: "host;x-amz-date",
                signature: "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31")
        ),
        (
            "service",
            Example(
                testDescription: "get-vanilla-query-order-key-case",
                url: "https://example.amazonaws.com/?Param2=value2&Param1=value1",
                signedHeaders: "host;x-amz-date",
                signature: "b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500")
        ),
    ])
    func `to any service has the signature of the published example`(_ service: String, _ example: Example) throws {
        let key = SigningKey(
            id: "AKIDEXAMPLE", secret: Redacted(SecretBytes("wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY")))

        let value = try authorization(
            example, RequestSigner(service: service, region: "us-east-1"), key, at: "2015-08-30T12:36:00Z")

        #expect(
            value == "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/\(service)/aws4_request, "
                + "SignedHeaders=\(example.signedHeaders), Signature=\(example.signature)")
    }

    @Test func `carries a session token as a secret, and signs it`() throws {
        let request = HTTPRequest(url: "https://b.s3.amazonaws.com/k", maximumBodyBytes: 1, timeout: .seconds(1))
        let signer = RequestSigner(service: "s3", region: "us-east-1")
        func signed(_ token: String) throws -> HTTPRequest {
            let key = SigningKey(
                id: "A", secret: Redacted(SecretBytes("s")), sessionToken: Redacted(SecretBytes(token)))
            return try #require(signer.signed(request, payload: .unsigned, with: key, at: Timestamp(microseconds: 0)))
        }

        let one = try signed("canary-1")
        let two = try signed("canary-2")

        #expect(one.secretHeaders.map(\.name) == ["x-amz-security-token"])
        #expect(one.headers.contains(HTTPHeader("x-amz-content-sha256", "UNSIGNED-PAYLOAD")))
        #expect(one.headers.last?.value.contains("x-amz-date;x-amz-security-token,") == true)
        #expect(one.headers.last != two.headers.last)
        #expect(!"\(one)".contains("canary"))
    }

    @Test func `to Google is written in its words`() throws {
        let request = HTTPRequest(
            url: "https://storage.googleapis.com/b/k", maximumBodyBytes: 1, timeout: .seconds(1))
        let key = SigningKey(id: "GOOG1E", secret: Redacted(SecretBytes("s")))

        let moment = try #require(Timestamp(iso8601: "2020-01-02T03:04:05Z"))

        let signed = RequestSigner(.google, service: "storage", region: "auto")
            .signed(
                request, payload: .unsigned, with: key, at: moment)

        let headers = try #require(signed).headers
        #expect(headers[0] == HTTPHeader("x-goog-date", "20200102T030405Z"))
        #expect(headers[1] == HTTPHeader("x-goog-content-sha256", "UNSIGNED-PAYLOAD"))
        #expect(
            headers[2].value.hasPrefix(
                "GOOG4-HMAC-SHA256 Credential=GOOG1E/20200102/auto/storage/goog4_request, "
                    + "SignedHeaders=host;x-goog-content-sha256;x-goog-date, Signature="))
    }

    @Test func `must name a host`() {
        let request = HTTPRequest(url: "/path", maximumBodyBytes: 1, timeout: .seconds(1))
        let key = SigningKey(id: "A", secret: Redacted(SecretBytes("s")))

        let signed = RequestSigner(service: "s3", region: "r").signed(
            request, with: key, at: Timestamp(microseconds: 0))

        #expect(signed == nil)
    }
}

struct `The parts of a URL` {
    struct Case: Sendable, CustomTestStringConvertible {
        let url: String
        let parts: [String]?
        var testDescription: String { url }
    }

    @Test(arguments: [
        Case(url: "https://h:1/a/b?c=d&e", parts: ["h:1", "/a/b", "c=d&e"]),
        Case(url: "http://h", parts: ["h", "/", ""]),
        Case(url: "http://h?q", parts: ["h", "/", "q"]),
        Case(url: "http://h/p?q?r#f", parts: ["h", "/p", "q?r"]),
        Case(url: "http://user@h/p", parts: nil),
        Case(url: "h/p", parts: nil),
        Case(url: "http:///p", parts: nil),
        Case(url: "", parts: nil),
    ])
    func `are taken as they stand`(_ test: Case) {
        let target = RequestTarget(url: test.url)

        #expect(target.map { [$0.host, $0.path, $0.query] } == test.parts)
    }
}

struct `Percent-encoding` {
    @Test func `keeps unreserved characters alone`() {
        #expect(URIEncoding.encoded("aZ09-._~ /+%ü*") == "aZ09-._~%20%2F%2B%25%C3%BC%2A")
        #expect(URIEncoding.encoded("a/b c", keepingSlashes: true) == "a/b%20c")
        #expect(URIEncoding.query([("a b", "c&d"), ("e", "")]) == "a%20b=c%26d&e=")
    }

    @Test func `is undone, and leaves what is no code`() {
        #expect(URIEncoding.decoded("a%20%2fb%C3%BC") == "a /bü")
        #expect(URIEncoding.decoded("100%, %zz, %4") == "100%, %zz, %4")
        #expect(URIEncoding.decoded("a+b", plusIsSpace: true) == "a b")
        #expect(URIEncoding.decoded("a+b") == "a+b")
    }
}
