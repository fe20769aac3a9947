/// Which manifest files a commit writes as one, as the table's properties say.
///
/// Every commit adds a manifest file or two. Left alone, the list of a table that is loaded every hour holds
/// thousands within a year, and whoever plans a scan or a merge reads each of them.
///
/// - SeeAlso: Iceberg documentation, "Table behavior properties", `commit.manifest-merge.enabled`,
///   `commit.manifest.min-count-to-merge`, `commit.manifest.target-size-bytes`.
package struct ManifestMergeRule: Sendable, Equatable {
    /// Whether manifests are merged at all.
    let isEnabled: Bool
    /// So many of the newest manifests come together before they are written as one.
    let leastCount: Int
    /// Manifests are written as one up to this size; a manifest of new files is closed at it.
    let targetBytes: Int

    /// A merge holds one manifest that it reads and the one that it writes, so a table gets no larger ones.
    static let mostTargetBytes = 16_777_216

    /// Reads the properties of a table; what is absent or no number is as Iceberg has it by default.
    init(_ properties: [String: String]) {
        func number(_ name: String, _ standard: Int) -> Int {
            properties["commit.\(name)"].flatMap { Int($0) }.map { max(1, $0) } ?? standard
        }
        isEnabled = properties["commit.manifest-merge.enabled"]?.lowercased() != "false"
        leastCount = number("manifest.min-count-to-merge", 100)
        targetBytes = min(number("manifest.target-size-bytes", 8_388_608), Self.mostTargetBytes)
    }

    /// Divides the manifests of a snapshot, newest first; those of a group with several are to be written as one.
    ///
    /// Groups are filled from the oldest manifest on, so that they stay as they are when newer ones come. The
    /// group with the newest manifest is never full and waits for ``leastCount``: else each commit would write it
    /// again.
    ///
    /// - Postcondition: groups are of one kind of file and one partition spec; they stand where their newest
    ///   manifest stood.
    func groups(_ manifests: [ManifestFile], canMerge: (ManifestFile) -> Bool) -> [[ManifestFile]] {
        guard isEnabled else { return manifests.map { [$0] } }
        var groups: [(position: Int, manifests: [ManifestFile])] = []
        var kinds: [Kind: [Int]] = [:]
        for (position, manifest) in manifests.enumerated() {
            if canMerge(manifest) {
                kinds[Kind(manifest), default: []].append(position)
            } else {
                groups.append((position, [manifest]))
            }
        }
        for positions in kinds.values {
            for pack in packs(of: positions, sizes: manifests.map(\.lengthBytes)) {
                let waits = pack.contains(positions[0]) && pack.count < leastCount
                if waits {
                    groups += pack.map { ($0, [manifests[$0]]) }
                } else {
                    groups.append((pack[0], pack.map { manifests[$0] }))
                }
            }
        }
        return groups.sorted { $0.position < $1.position }.map(\.manifests)
    }

    /// What manifests must have in common to be written as one.
    private struct Kind: Hashable {
        let content: ManifestFile.Content
        let specID: Int32

        init(_ manifest: ManifestFile) {
            content = manifest.content
            specID = manifest.specID
        }
    }

    /// Neighbors that fit into the target size together, packed from the end.
    private func packs(of positions: [Int], sizes: [Int64]) -> [[Int]] {
        var packs: [[Int]] = []
        var pack: [Int] = []
        var room = Int64(targetBytes)
        for position in positions.reversed() {
            if !pack.isEmpty, sizes[position] > room {
                packs.append(pack.reversed())
                pack = []
                room = Int64(targetBytes)
            }
            pack.append(position)
            room -= min(sizes[position], room)
        }
        if !pack.isEmpty { packs.append(pack.reversed()) }
        return packs
    }
}
