import Glibc
import NilusCore

extension NilusError {
    /// A file operation that the operating system refused, in the words of its cause.
    static func diskRefused(
        _ verb: String, _ path: String, _ error: SystemError, written: Int? = nil, limit: Int? = nil
    ) -> NilusError {
        let finding = DiskFinding(path: path, error: error, written: written, limit: limit)
        return NilusError(
            .load, finding.isTransient ? .sinkUnavailable : .sinkRefused,
            "cannot \(verb) '\(path)': \(finding.clauses)", context: [ContextItem("errno", String(error.number))],
            cause: error)
    }
}

/// What stands in the way of a file operation, and what to do.
private struct DiskFinding {
    let path: String
    let error: SystemError
    let written: Int?
    let limit: Int?

    /// Whether the same operation may succeed later without anybody's doing.
    var isTransient: Bool {
        [EIO, ESTALE, ETIMEDOUT, EMFILE, ENFILE, ENOMEM, EAGAIN, EBUSY, ENOLCK].contains(error.number)
    }

    var clauses: String {
        switch error.number {
        case ENOENT: "there is no such file; expected one, as the table or the catalog names it"
        case ENOSPC, EDQUOT: "\(error)\(afterBytes); free space there or choose another warehouse"
        case EROFS: "\(error); mount it writable or choose another warehouse"
        case EACCES, EPERM: "\(error) for user \(geteuid()); grant access or choose another warehouse"
        case ENOTDIR, EEXIST: "'\(fileInTheWay)' is a file; expected a directory"
        case EISDIR: "it is a directory; expected a file"
        case EFBIG:
            limit.map { "it is larger than \($0.asByteCount); expected a smaller file" } ?? "\(error)\(afterBytes)"
        default: "\(error)\(afterBytes)"
        }
    }

    private var afterBytes: String {
        written.map { " after \($0.asByteCount)" } ?? ""
    }

    /// The part of the path that is no directory.
    private var fileInTheWay: String {
        var part = ""
        for name in path.split(separator: "/") {
            part += "/\(name)"
            var facts = stat()
            if stat(part, &facts) == 0, !facts.isDirectory { return part }
        }
        return path
    }
}
