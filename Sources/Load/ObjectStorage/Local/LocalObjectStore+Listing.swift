import Glibc
import NilusCore

extension LocalObjectStore {
    /// Objects in a page of a listing.
    private static let pageSize = 1_000
    /// Folders within folders; a table's own are two or three deep.
    private static let maximumDepth = 64

    package func forEachPage(
        under folder: String, _ body: ([StoredObject]) async throws -> Void
    ) async throws {
        let path = try LocalPath.path(of: folder)
        let root = path.hasSuffix("/") ? String(path.dropLast()) : path
        let prefix = folder.hasSuffix("/") ? String(folder.dropLast()) : folder
        var objects: [StoredObject] = []
        try Self.collect(root, location: prefix, depth: 0, into: &objects)
        objects.sort { $0.location < $1.location }
        for start in stride(from: 0, to: objects.count, by: Self.pageSize) {
            try await body(Array(objects[start..<min(start + Self.pageSize, objects.count)]))
        }
    }

    private static func collect(
        _ folder: String, location: String, depth: Int, into objects: inout [StoredObject]
    ) throws(NilusError) {
        guard depth < maximumDepth else { throw .diskRefused("list", folder, SystemError(number: ELOOP)) }
        for name in try names(in: folder) {
            let path = "\(folder)/\(name)"
            var facts = stat()
            // Symbolic links are neither objects nor folders of the table.
            guard lstat(path, &facts) == 0 else {
                if SystemError.last.isNotFound { continue }
                throw .diskRefused("list", path, .last)
            }
            if facts.isDirectory {
                try collect(path, location: "\(location)/\(name)", depth: depth + 1, into: &objects)
            } else if facts.isRegularFile, !(name.hasPrefix(".") && name.hasSuffix(PartialFile.suffix)) {
                objects.append(
                    StoredObject(
                        location: "\(location)/\(name)", sizeBytes: Int(facts.st_size), modified: facts.modified))
            }
        }
    }

    private static func names(in folder: String) throws(NilusError) -> [String] {
        guard let directory = opendir(folder) else {
            if SystemError.last.number == ENOENT { return [] }
            throw .diskRefused("list", folder, .last)
        }
        defer { closedir(directory) }
        var names: [String] = []
        while let entry = readdir(directory) {
            let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names
    }
}

extension stat {
    fileprivate var modified: Timestamp {
        Timestamp(microseconds: Int64(st_mtim.tv_sec) * 1_000_000 + Int64(st_mtim.tv_nsec) / 1_000)
    }
}
