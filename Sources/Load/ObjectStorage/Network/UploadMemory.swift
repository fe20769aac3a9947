import NilusCore

/// The memory for parts on their way that all uploads of a process share.
package final class UploadMemory: Sendable {
    /// Bytes of a part, which each open upload gathers before it is sent: the least that storages take.
    static let partBytes = StorageLimits.smallestPartBytes

    /// Parts on their way at once, beside those that are being gathered.
    let partsInFlight = Turnstile(places: 2)

    /// Memory for two parts.
    package init() {}

    /// Sets another bound; one part is always on its way.
    package func bound(by bytes: Int) {
        partsInFlight.resize(to: Self.partCount(in: bytes))
    }

    static func partCount(in bytes: Int) -> Int { max(1, bytes / partBytes) }
}
