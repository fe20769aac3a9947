import Glibc
import NilusCore

/// A socket that takes connections on an address.
struct ListeningSocket {
    let descriptor: Int32
    /// The port it got.
    let port: UInt16

    private static let waitingConnections: Int32 = 16

    /// Binds and listens.
    ///
    /// - Throws: what the system said of the address.
    init(_ address: ListenAddress) throws(SystemError) {
        switch address.host {
        case .ipv4(let host): self = try .ipv4(host, address.port)
        case .ipv6(let host): self = try .ipv6(host, address.port, onlyIPv6: true)
        case .every:
            do throws(SystemError) {
                self = try .ipv6("::", address.port, onlyIPv6: false)
            } catch  where error.number == EAFNOSUPPORT || error.number == EADDRNOTAVAIL {
                // A kernel without IPv6.
                self = try .ipv4("0.0.0.0", address.port)
            }
        }
    }

    private init(descriptor: Int32, port: UInt16) {
        self.descriptor = descriptor
        self.port = port
    }

    private static func ipv4(_ host: String, _ port: UInt16) throws(SystemError) -> ListeningSocket {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        inet_pton(AF_INET, host, &address.sin_addr)
        let descriptor = try make(AF_INET)
        try bind(descriptor, &address)
        return ListeningSocket(descriptor: descriptor, port: UInt16(bigEndian: address.sin_port))
    }

    private static func ipv6(_ host: String, _ port: UInt16, onlyIPv6: Bool) throws(SystemError) -> ListeningSocket {
        var address = sockaddr_in6()
        address.sin6_family = sa_family_t(AF_INET6)
        address.sin6_port = port.bigEndian
        inet_pton(AF_INET6, host, &address.sin6_addr)
        let descriptor = try make(AF_INET6)
        set(descriptor, Int32(IPPROTO_IPV6), IPV6_V6ONLY, onlyIPv6 ? 1 : 0)
        try bind(descriptor, &address)
        return ListeningSocket(descriptor: descriptor, port: UInt16(bigEndian: address.sin6_port))
    }

    private static func make(_ family: Int32) throws(SystemError) -> Int32 {
        let descriptor = socket(family, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { throw .last }
        set(descriptor, SOL_SOCKET, SO_REUSEADDR, 1)
        return descriptor
    }

    private static func set(_ descriptor: Int32, _ level: Int32, _ option: Int32, _ value: Int32) {
        var value = value
        setsockopt(descriptor, level, option, &value, socklen_t(MemoryLayout<Int32>.size))
    }

    /// Binds, listens, and leaves the address that the socket got; closes it when that fails.
    private static func bind<Address>(_ descriptor: Int32, _ address: inout Address) throws(SystemError) {
        var length = socklen_t(MemoryLayout<Address>.size)
        let isBound = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                Glibc.bind(descriptor, $0, length) == 0 && listen(descriptor, waitingConnections) == 0
                    && getsockname(descriptor, $0, &length) == 0
            }
        }
        guard !isBound else { return }
        let error = SystemError.last
        close(descriptor)
        throw error
    }
}
