import Glibc

/// An IPv4 address and a port to listen on: `127.0.0.1:8080`.
package struct ListenAddress: Sendable, Equatable {
    let host: String
    let port: UInt16

    /// Reads `address:port`, where port 0 takes a free one; `nil` for anything else.
    package init?(_ text: String) {
        guard let colon = text.lastIndex(of: ":"), let port = UInt16(text[text.index(after: colon)...]) else {
            return nil
        }
        var address = in_addr()
        let host = String(text[..<colon])
        guard inet_pton(AF_INET, host, &address) == 1 else { return nil }
        self.host = host
        self.port = port
    }

    var description: String { "\(host):\(port)" }
}
