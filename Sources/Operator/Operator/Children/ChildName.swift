import Digests

/// The names of what an operator makes: the same for the same workflow, no other workflow's, and short enough for
/// Kubernetes.
enum ChildName {
    /// A CronJob's name gets eleven characters more in its Jobs, whose names have 63 at most.
    static let maximumLength = 52
    private static let digestLength = 8
    /// One for each hexadecimal digit: a number at the end of a name would be the minute of a schedule.
    private static let letters = Array("bcdfghjklmnpqrst")

    /// `<workflow>-<suffix>`, with a digest of both at the end where the name is cut, or where it might be that of
    /// another workflow's child.
    ///
    /// - Precondition: `suffix` begins with one of ``isMark(_:)``.
    static func make(_ workflow: String, _ suffix: String? = nil) -> String {
        let name = suffix.map { "\(workflow)-\($0)" } ?? workflow
        guard name.utf8.count > maximumLength || name.contains(".") || isMistakable(workflow) else { return name }
        // No name holds a slash, so that 'a-g1' with 'g2' is not 'a' with 'g1-g2'.
        let digest = digest(of: "\(workflow)/\(suffix ?? "")").compactMap { $0.hexDigitValue.map { letters[$0] } }
        let room = maximumLength - digestLength - 1
        var stem = name.prefix(room).map { $0 == "." ? "-" : $0 }
        while stem.last == "-" { stem.removeLast() }
        return "\(String(stem))-\(String(digest))"
    }

    /// Whether a workflow is called like a child of another: `loads-g1`, which the first run of `loads` is called too.
    private static func isMistakable(_ workflow: String) -> Bool {
        workflow.split(separator: "-").dropFirst().contains(where: isMark)
    }

    /// Whether a part of a name is how suffixes begin: a generation or a cron expression by its number, a request, a
    /// minute or a manifest by eight digits.
    private static func isMark(_ part: Substring) -> Bool {
        let digits = part.dropFirst()
        return switch part.first {
        case "g", "c": !digits.isEmpty && digits.utf8.allSatisfy { (0x30...0x39).contains($0) }
        case "r", "t", "m": digits.utf8.count == digestLength && digits.allSatisfy(\.isHexDigit)
        default: false
        }
    }

    /// Eight hexadecimal digits that stand for a text.
    static func digest(of text: String) -> String {
        var copy = text
        return copy.withUTF8 { bytes in
            String(SHA256Hasher().digest(of: UnsafeRawBufferPointer(bytes)).hexText.prefix(digestLength))
        }
    }
}
