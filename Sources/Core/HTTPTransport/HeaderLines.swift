import CCurl
import Glibc
import NilusCore

/// The header lines of a request in curl's form, overwritten when they are freed.
struct HeaderLines: ~Copyable {
    private var first: UnsafeMutablePointer<curl_slist>?

    /// The lines of a request.
    ///
    /// - Throws: `HTTPFailure.Kind.unusable` when a line would break into two or end early.
    init(_ request: HTTPRequest) throws(HTTPFailure) {
        for header in request.headers {
            try append(header.name, ContiguousArray(header.value.utf8))
        }
        for header in request.secretHeaders {
            var value = ContiguousArray(header.prefix.utf8)
            header.value.expose().withBytes {
                value.reserveCapacity(value.count + $0.count)
                value.append(contentsOf: $0)
            }
            defer { value.withUnsafeMutableBytes { $0.wipe() } }
            try append(header.name, value)
        }
        // Without this line curl holds large bodies back until the server agrees, or for a second.
        if request.body != nil { first = curl_slist_append(first, "Expect:") }
    }

    deinit {
        var node = first
        while let line = node?.pointee {
            if let text = line.data { UnsafeMutableRawBufferPointer(start: text, count: strlen(text)).wipe() }
            node = line.next
        }
        curl_slist_free_all(first)
    }

    func set(on handle: UnsafeMutableRawPointer) {
        curl_set_headers(handle, first)
    }

    private mutating func append(_ name: String, _ value: ContiguousArray<UInt8>) throws(HTTPFailure) {
        guard !name.isEmpty, name.utf8.allSatisfy(Self.isTokenCharacter) else {
            throw HTTPFailure(.unusable, "the request has a header whose name holds other characters than a name may")
        }
        guard value.allSatisfy({ $0 >= 0x20 && $0 != 0x7F || $0 == 0x09 }) else {
            throw HTTPFailure(
                .unusable, "the value of header '\(name)' holds a line break or another control character")
        }
        // A line without a value would remove the header; curl writes an empty one in this form.
        var line = ContiguousArray((value.isEmpty ? "\(name);" : "\(name): ").utf8)
        line.reserveCapacity(line.count + value.count + 1)
        line.append(contentsOf: value)
        line.append(0)
        line.withUnsafeMutableBytes {
            first = curl_slist_append(first, $0.bindMemory(to: CChar.self).baseAddress)
            $0.wipe()
        }
    }

    /// Whether a byte may stand in a header name.
    ///
    /// - SeeAlso: RFC 9110, section 5.6.2
    private static func isTokenCharacter(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: "!#$%&'*+-.^_`|~".utf8.contains(byte)
        }
    }
}
