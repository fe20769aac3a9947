import Iceberg
import Loading
import NilusCore

/// A table's name as the catalog file spells it: the levels of the namespace joined by dots.
struct SQLiteName: Sendable, Hashable {
    let namespace: String
    let table: String

    /// - Throws: `sinkRefused` (terminal) for a name that is no folder name, or could be read in two ways.
    init(_ identifier: TableName) throws(NilusError) {
        namespace = try Self.namespace(identifier.namespace)
        try Self.check(identifier.name)
        table = identifier.name
    }

    static func namespace(_ levels: [String]) throws(NilusError) -> String {
        guard !levels.isEmpty else { throw .nameUnusable("") }
        for level in levels {
            try check(level)
            guard !level.contains(".") else { throw .nameUnusable(level) }
        }
        return levels.joined(separator: ".")
    }

    private static func check(_ name: String) throws(NilusError) {
        let isFolderName = !name.isEmpty && name != "." && name != ".." && name.utf8.count <= 200
        let forbidden: Set<Character> = ["/", "\0", "?", "#"]
        guard isFolderName, !name.contains(where: forbidden.contains) else { throw .nameUnusable(name) }
    }
}

extension NilusError {
    static func nameUnusable(_ name: String) -> NilusError {
        NilusError(
            .load, .sinkRefused,
            "cannot use name '\(name)': expected 1 to 200 bytes without '/', '?', '#', and without '.' in a namespace")
    }
}
