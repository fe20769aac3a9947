import Glibc

/// An address and a port to listen on: `127.0.0.1:8080`, `[::1]:8080`, or `:8080` for every address of the machine.
package struct ListenAddress: Sendable, Equatable {
    enum Host: Sendable, Equatable {
        /// Every address, of IPv6 and of IPv4: which of them a pod has is its cluster's affair.
        case every
        case ipv4(String)
        case ipv6(String)
    }

    let host: Host
    let port: UInt16

    /// Reads `address:port`, where port 0 takes a free one; `nil` for anything else.
    package init?(_ text: String) {
        guard let colon = text.lastIndex(of: ":"), let port = UInt16(text[text.index(after: colon)...]),
            let host = Host(text[..<colon])
        else { return nil }
        self.host = host
        self.port = port
    }

    var description: String {
        switch host {
        case .every: ":\(port)"
        case .ipv4(let host): "\(host):\(port)"
        case .ipv6(let host): "[\(host)]:\(port)"
        }
    }
}

extension ListenAddress.Host {
    fileprivate init?(_ text: Substring) {
        var ipv4 = in_addr()
        var ipv6 = in6_addr()
        if text.isEmpty {
            self = .every
        } else if inet_pton(AF_INET, String(text), &ipv4) == 1 {
            self = .ipv4(String(text))
        } else if text.hasPrefix("["), text.hasSuffix("]"),
            inet_pton(AF_INET6, String(text.dropFirst().dropLast()), &ipv6) == 1
        {
            self = .ipv6(String(text.dropFirst().dropLast()))
        } else {
            return nil
        }
    }
}
