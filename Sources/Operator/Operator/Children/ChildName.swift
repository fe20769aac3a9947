import Digests

/// The names of what an operator makes: the same for the same workflow, and short enough for Kubernetes.
enum ChildName {
    /// A CronJob's name gets eleven characters more in its Jobs, whose names have 63 at most.
    static let maximumLength = 52
    private static let digestLength = 8

    /// `<workflow>-<suffix>`, with a digest of the whole in place of what does not fit.
    static func make(_ workflow: String, _ suffix: String? = nil) -> String {
        let name = suffix.map { "\(workflow)-\($0)" } ?? workflow
        guard name.utf8.count > maximumLength || name.contains(".") else { return name }
        let digest = digest(of: name)
        let room = maximumLength - digestLength - 1
        var stem = name.prefix(room).map { $0 == "." ? "-" : $0 }
        while stem.last == "-" { stem.removeLast() }
        return "\(String(stem))-\(digest)"
    }

    /// Eight hexadecimal digits that stand for a text.
    static func digest(of text: String) -> String {
        var copy = text
        return copy.withUTF8 { bytes in
            String(SHA256Hasher().digest(of: UnsafeRawBufferPointer(bytes)).hexText.prefix(digestLength))
        }
    }
}
