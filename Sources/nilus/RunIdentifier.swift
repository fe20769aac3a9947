import NilusCore

/// The name of a run that nobody named: its second and a random part, fit for a resource name.
enum RunIdentifier {
    static func make(at moment: Timestamp) -> String {
        let second = Timestamp(microseconds: moment.seconds * 1_000_000).description
        let digits = second.lowercased().filter { $0.isLetter || $0.isNumber }
        let suffix = String(UInt32.random(in: 0...UInt32.max), radix: 16)
        return "run-\(digits)-\(String(repeating: "0", count: 8 - suffix.count))\(suffix)"
    }

    /// Whether a given name can be kept in tables and statuses: printable, without spaces, at most 200 characters.
    static func isUsable(_ name: String) -> Bool {
        !name.isEmpty && name.utf8.count <= 200 && name.utf8.allSatisfy { (0x21...0x7E).contains($0) }
    }
}
