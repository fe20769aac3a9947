import Glibc
import NilusCore
import RunStatus

/// Where the status goes when a path is named.
struct StatusFile: Sendable {
    /// As it was named.
    let path: String
    /// Whether the path is that of a pipe, a terminal or another device: what is written there is not replaced by the
    /// next state but follows the one before, and so is written once, at the end.
    let isStream: Bool

    init(_ path: String) {
        self.path = path
        var facts = stat()
        let kind = stat(path, &facts) == 0 ? facts.st_mode & S_IFMT : S_IFREG
        isStream = kind != S_IFREG && kind != S_IFDIR
    }

    var format: StatusDocument.Format { StatusDocument.Format(path: path) }

    /// Writes a state: whole or not at all, where there is a file that can be replaced.
    ///
    /// - Throws: `SystemError`.
    func write(_ bytes: [UInt8], isDurable: Bool) throws(SystemError) {
        if isStream { return try Files.overwrite(path, with: bytes) }
        try Files.replace(target, with: bytes, isDurable: isDurable)
    }

    /// The file itself: a link to it stays a link.
    private var target: String {
        guard let resolved = realpath(path, nil) else { return path }
        defer { free(resolved) }
        return String(cString: resolved)
    }
}
