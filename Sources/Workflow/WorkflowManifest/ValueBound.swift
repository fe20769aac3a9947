import NilusCore
import YAML

/// The bound of values that are taken apart, each part with its place and with faults of its own.
///
/// Without one, a value that fills a manifest of the largest size gives more messages than anybody reads or stores.
enum ValueBound {
    /// All endpoints with their modes take less than 1,000 bytes; 8,000 are what RFC 9110, section 4.1, asks of
    /// everything that takes addresses.
    static let maximumBytes = 8_192

    /// Whether all text of a value is within the bound; it is reported where it is not.
    static func holds(_ node: YAMLNode, _ what: String, _ log: FaultLog) -> Bool {
        let count = node.texts.reduce(0) { $0 + $1.text.utf8.count }
        if count <= maximumBytes { return true }
        log.add(.tooLong(what, count, at: node.location))
        return false
    }
}

extension ManifestFault {
    fileprivate static func tooLong(_ what: String, _ count: Int, at place: SourceLocation) -> ManifestFault {
        ManifestFault(
            .error, "\(what) is \(count.grouped) bytes long; at most \(ValueBound.maximumBytes.grouped) are read",
            at: place)
    }
}
