import Glibc
package import NilusCore

/// The path of a local file or folder behind a location.
///
/// `file:///a/b`, `file:/a/b` and `/a/b` name the same file. Nothing is percent-decoded, because no
/// reader of Iceberg tables does; for the same reason `?` and `#` are refused: some readers cut there.
package enum LocalPath {
    /// The path that a location names.
    ///
    /// - Throws: `sinkRefused` (terminal) when the location is no absolute path of this machine.
    package static func path(of location: String) throws(NilusError) -> String {
        let path = afterScheme(of: location)
        guard let path, path.hasPrefix("/"), !path.contains("\0") else { throw .locationNotLocal(location) }
        guard !path.contains(where: { $0 == "?" || $0 == "#" }) else { throw .locationUnreadable(location) }
        return path
    }

    /// The location of a path that a person gave, made absolute by the working directory.
    ///
    /// - Returns: the form that all readers take, such as `file:///home/me/warehouse`.
    /// - Throws: `sinkRefused` (terminal) when readers would not find such a path.
    package static func location(of path: String) throws(NilusError) -> String {
        let whole = path.hasPrefix("/") ? path : "\(workingDirectory)/\(path)"
        var parts: [Substring] = []
        for part in whole.split(separator: "/") where part != "." {
            if part == ".." { _ = parts.popLast() } else { parts.append(part) }
        }
        let location = "file:///\(parts.joined(separator: "/"))"
        _ = try Self.path(of: location)
        return location
    }

    private static func afterScheme(of location: String) -> String? {
        for scheme in ["file://localhost/", "file:///"] where location.hasPrefix(scheme) {
            return "/" + location.dropFirst(scheme.count)
        }
        guard !location.hasPrefix("file://") else { return nil }
        return location.hasPrefix("file:") ? String(location.dropFirst(5)) : location
    }

    private static var workingDirectory: String {
        guard let buffer = getcwd(nil, 0) else { return "" }
        defer { free(buffer) }
        return String(cString: buffer)
    }

    /// The folder that holds a path.
    static func parent(of path: String) -> String {
        guard let slash = path.lastIndex(of: "/"), slash != path.startIndex else { return "/" }
        return String(path[..<slash])
    }
}

extension NilusError {
    static func locationNotLocal(_ location: String) -> NilusError {
        NilusError(
            .load, .sinkRefused,
            "cannot use location '\(location)': it names no file of this machine; 'file:///path' was expected")
    }

    static func locationUnreadable(_ location: String) -> NilusError {
        NilusError(
            .load, .sinkRefused,
            "cannot use location '\(location)': it holds '?' or '#', where readers of tables cut it; rename the folder")
    }
}
