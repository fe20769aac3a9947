/// An object, or a folder of objects, in a storage that is reached by HTTP.
struct ObjectName: Sendable, Hashable {
    /// As tables and messages name it, such as `s3://lake/sales/a.parquet`.
    let location: String
    /// The bucket or container.
    let container: String
    /// The name inside it, without a leading slash; of a folder without the one at its end.
    let key: String

    init(location: String, container: String, key: String) {
        self.location = location
        self.container = container
        self.key = key
    }

    /// The parts of `scheme://container/key`, taken as they stand.
    ///
    /// - Returns: `nil` when the text is not of this form, or holds what readers of tables cut off or trip over.
    init?(_ location: String, schemes: [String]) {
        guard let scheme = schemes.first(where: { location.hasPrefix("\($0)://") }),
            Self.isReadable(location)
        else { return nil }
        let rest = location.dropFirst(scheme.count + 3)
        let container = rest.prefix { $0 != "/" }
        guard !container.isEmpty, container.utf8.allSatisfy(Self.isContainerCharacter) else { return nil }
        self.init(
            location: location, container: String(container),
            key: String(rest[container.endIndex...].dropFirst()))
    }

    /// Whether readers of tables take the text as it stands: no query, no fragment, no control characters.
    static func isReadable(_ location: String) -> Bool {
        location.unicodeScalars.allSatisfy { $0 != "?" && $0 != "#" && $0.value >= 0x20 && $0.value != 0x7F }
    }

    /// The folder's key with the slash that ends it, as listings want it; empty for the whole container.
    var listingPrefix: String {
        key.isEmpty || key.hasSuffix("/") ? key : key + "/"
    }

    private static func isContainerCharacter(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"):
            true
        default: false
        }
    }
}
