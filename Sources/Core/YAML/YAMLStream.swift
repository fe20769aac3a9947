package import NilusCore

/// The documents of one file, and what is wrong with it.
///
/// Faults that leave the structure whole, such as a key written twice, do not stop the reading, so
/// that a person sees all of them at once. A document that breaks off is left out.
package struct YAMLStream: Sendable {
    /// The complete documents in file order; empty ones, as after a trailing `---`, are left out.
    package private(set) var documents: [YAMLNode] = []
    /// The faults in the order found, each with its place.
    package private(set) var faults: [NilusError] = []

    /// Reads UTF-8 text of at most ``YAMLLimits/maximumBytes``; a byte order mark is skipped.
    ///
    /// Places show `file` as it is given.
    ///
    /// - Complexity: linear in the text; memory for at most ``YAMLLimits/maximumNodes`` nodes.
    package init(parsing bytes: some Collection<UInt8>, file: String) {
        do throws(NilusError) {
            let text = try SourceText(bytes, file: file)
            try read(text)
            if documents.isEmpty, faults.isEmpty { throw .emptyFile(file) }
        } catch {
            faults.append(error)
        }
    }

    /// Reads all documents of a text that must be faultless.
    ///
    /// - Throws: `manifestInvalid` (terminal): the first fault, with the number of the others.
    package static func documents(
        parsing bytes: some Collection<UInt8>, file: String
    ) throws(NilusError) -> [YAMLNode] {
        let stream = YAMLStream(parsing: bytes, file: file)
        guard var first = stream.faults.first else { return stream.documents }
        let others = stream.faults.count - 1
        if others > 0 { first.message += " (and \(others) more \(others == 1 ? "fault" : "faults"))" }
        throw first
    }

    private mutating func read(_ text: SourceText) throws(NilusError) {
        var composer = Composer(text)
        defer { faults += composer.faults }
        while let document = try composer.nextDocument() {
            if let root = document.root { documents.append(root) }
        }
    }
}

extension NilusError {
    fileprivate static func emptyFile(_ file: String) -> NilusError {
        manifest("the file is empty; expected a YAML document", at: SourceLocation(file: file, line: 1, column: 1))
    }
}
