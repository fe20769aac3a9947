import Iceberg

/// The folders in which orphans of a table are looked for, and what inside them belongs to other tables.
///
/// A table may lie inside the folder of another one: that of `a.b.c` is `a/b/c`, inside that of `a.b`. Its files look
/// like orphans of the outer table, which names none of them. So only the folders for data and metadata are searched,
/// and of them only those inside the table's own: a folder elsewhere may be that of tables in any catalog.
struct OrphanFolders {
    /// Where to look; none is inside another one.
    let searched: [String]
    /// Folders of other tables that are searched, or around what is; without scheme.
    private var others: Set<String> = []
    /// Where the table's own metadata files are, or were before it was told to put them elsewhere; without scheme.
    private let ownMetadata: Set<String>

    /// The folders of a table; `others` are tables that may share them.
    init(of table: TableMetadata, besides others: [TableMetadata] = []) {
        let folders = Set(table.contentFolders.filter { $0.isInside(table.location) })
        searched = folders.filter { folder in
            !folders.contains { $0 != folder && folder.isInside($0) }
        }.sorted()
        ownMetadata = Set([table.metadataFolder, "\(table.location)/metadata"].map(\.withoutScheme))
        for other in others {
            for folder in other.contentFolders { leaveOut(folder) }
            if other.location.isInside(table.location) { leaveOut(other.location) }
        }
    }

    private mutating func leaveOut(_ folder: String) {
        guard searched.contains(where: { $0.isInside(folder) || folder.isInside($0) }) else { return }
        others.insert(folder.withoutScheme)
    }

    /// Learns from a file that is found: a metadata file of another table tells where that table is.
    ///
    /// So tables are found that another catalog has, or that nobody may list.
    mutating func learn(from location: String) {
        guard location.hasSuffix(".metadata.json") || location.hasSuffix(".metadata.json.gz") else { return }
        let folder = location.withoutScheme.parentFolder
        guard folder.hasSuffix("/metadata"), !ownMetadata.contains(folder) else { return }
        leaveOut(folder.parentFolder)
    }

    /// Whether a file lies in the folder of another table.
    func isForeign(_ location: String) -> Bool {
        others.contains { location.isInside($0) }
    }
}

extension TableMetadata {
    /// Where data and metadata of the table belong, and where they do unless it says otherwise.
    fileprivate var contentFolders: [String] {
        [dataFolder, metadataFolder, "\(location)/data", "\(location)/metadata"]
    }
}

extension String {
    /// The location without its scheme: `s3a://b/k`, `s3://b/k` and `file:/b/k`, `file:///b/k` are the same place.
    var withoutScheme: String {
        guard let colon = firstIndex(of: ":"), self[..<colon].allSatisfy({ $0.isLetter || $0.isNumber }) else {
            return self
        }
        let path = self[index(after: colon)...].drop { $0 == "/" }
        return String(path)
    }

    /// Whether the location is a folder, or something in it.
    fileprivate func isInside(_ folder: String) -> Bool {
        let (place, folder) = (withoutScheme, folder.withoutScheme)
        return place == folder || place.hasPrefix("\(folder)/")
    }

    /// What is before the last slash.
    fileprivate var parentFolder: String {
        lastIndex(of: "/").map { String(self[..<$0]) } ?? ""
    }
}
