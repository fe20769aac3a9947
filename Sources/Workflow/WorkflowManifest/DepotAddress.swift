import NilusCore

/// The parts of `dataos://depot:collection/dataset`.
package struct DepotAddress: Sendable, Equatable {
    /// The name of the depot.
    package let depot: String
    /// The schema of the table, after `:`.
    package let collection: String?
    /// The name of the table, after `/`.
    package let dataset: String?
}

extension ManifestAddress {
    /// The depot that a `dataos` address names; `nil` for other schemes and where a part refers to a
    /// secret.
    ///
    /// `{endpoint}` stays as it is written.
    package var depotAddress: DepotAddress? {
        guard scheme == "dataos", authority.placeholders.isEmpty, path.placeholders.isEmpty else { return nil }
        let names = authority.resolved { _ in Redacted("") }.expose().split(
            separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        let dataset = path.resolved { _ in Redacted("") }.expose().drop { $0 == "/" }
        guard let depot = names.first, !depot.isEmpty else { return nil }
        let collection = names.count > 1 && !names[1].isEmpty ? String(names[1]) : nil
        return DepotAddress(
            depot: String(depot), collection: collection, dataset: dataset.isEmpty ? nil : String(dataset))
    }
}
