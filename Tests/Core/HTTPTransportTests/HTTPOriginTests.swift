import HTTPTransport
import Testing

struct `The origin of a URL` {
    @Test(arguments: [
        ("http://Host:8181/a/b?c", "http://host:8181"), ("https://host", "https://host"),
        ("https://host:443/x", "https://host"), ("http://host:80?x", "http://host"),
        ("http://[::1]:9000/", "http://[::1]:9000"), ("HTTP://user:pass@host/", "http://host"),
    ])
    func `is scheme, host and port`(_ url: String, _ origin: String) {
        #expect(HTTPOrigin(url: url)?.description == origin)
    }

    @Test(arguments: [
        "", "host", "ftp://host", "http:/host", "http://", "http://:80", "http://host:x", "http://host:0",
        "http://host:70000", "http://[::1]x", "//host",
    ])
    func `is missing from what is no HTTP address`(_ text: String) {
        #expect(HTTPOrigin(url: text) == nil)
    }

    @Test(arguments: [
        ("http://localhost:1", true), ("http://127.3.2.1", true), ("http://[::1]", true), ("http://a.localhost", true),
        ("http://127.0.0.1.example.com", false), ("http://localhost.example.com", false), ("http://10.0.0.1", false),
    ])
    func `tells this machine from others`(_ url: String, _ isLoopback: Bool) {
        #expect(HTTPOrigin(url: url)?.isLoopback == isLoopback)
    }
}
