/// Scheme, host and port of a URL: whom a request reaches, and all of a URL that messages may show.
package struct HTTPOrigin: Sendable, Hashable, CustomStringConvertible {
    /// `http` or `https`.
    package let scheme: String
    /// The host in lower case, an IPv6 address in brackets.
    package let host: String
    package let port: Int

    /// The origin of an absolute URL.
    ///
    /// - Returns: `nil` when the text is no HTTP address, or its port no number; a user before `@` is left out.
    package init?(url: String) {
        let parts = url.split(separator: "/", maxSplits: 3, omittingEmptySubsequences: false)
        guard parts.count > 2, parts[1].isEmpty else { return nil }
        let scheme = parts[0].dropLast().lowercased()
        guard parts[0].hasSuffix(":"), ["http", "https"].contains(scheme) else { return nil }
        let authority = parts[2].prefix { $0 != "?" && $0 != "#" }
        let place = authority.split(separator: "@", omittingEmptySubsequences: false).last ?? ""
        let isBracketed = place.hasPrefix("[")
        let host = isBracketed ? place.prefix { $0 != "]" } + "]" : place.prefix { $0 != ":" }
        let rest = place.dropFirst(host.count)
        guard !host.isEmpty, rest.isEmpty || rest.hasPrefix(":") else { return nil }
        let usual = scheme == "https" ? 443 : 80
        guard let port = rest.count < 2 ? usual : Int(rest.dropFirst()), (1...65_535).contains(port) else { return nil }
        self.scheme = scheme
        self.host = host.lowercased()
        self.port = port
    }

    /// Whether requests stay on this machine.
    package var isLoopback: Bool {
        ["localhost", "[::1]"].contains(host) || host.hasSuffix(".localhost") || Self.isLoopbackAddress(host)
    }

    /// The origin as a URL, without the port that goes without saying.
    package var description: String {
        port == (scheme == "https" ? 443 : 80) ? "\(scheme)://\(host)" : "\(scheme)://\(host):\(port)"
    }

    /// Whether a text is an IPv4 address of the block 127.0.0.0/8.
    private static func isLoopbackAddress(_ host: String) -> Bool {
        let parts = host.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 4 && parts.first == "127" && parts.allSatisfy { UInt8($0) != nil }
    }
}
