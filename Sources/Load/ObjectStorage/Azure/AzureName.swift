import NilusCore

/// The parts of a location in Azure: `abfss://container@account.dfs.core.windows.net/path`.
struct AzureName: Sendable, Hashable {
    let account: String
    /// The domain after the account and the interface, such as `core.windows.net`.
    let domain: String
    let container: String
    let key: String

    private static let schemes = ["abfss", "abfs", "wasbs", "wasb"]

    /// - Returns: `nil` when the text is not of this form, or holds what readers of tables trip over.
    init?(_ location: String) {
        guard let scheme = Self.schemes.first(where: { location.hasPrefix("\($0)://") }),
            ObjectName.isReadable(location)
        else { return nil }
        let rest = location.dropFirst(scheme.count + 3)
        let authority = rest.prefix { $0 != "/" }
        let sides = authority.split(separator: "@", omittingEmptySubsequences: false)
        guard sides.count == 2, Self.isName(sides[0]) else { return nil }
        let labels = sides[1].split(separator: ".", maxSplits: 2, omittingEmptySubsequences: false)
        guard labels.count == 3, labels[1] == "dfs" || labels[1] == "blob", labels.allSatisfy(Self.isName) else {
            return nil
        }
        account = String(labels[0])
        domain = String(labels[2])
        container = String(sides[0])
        key = String(rest[authority.endIndex...].dropFirst())
    }

    private static func isName(_ text: Substring) -> Bool {
        !text.isEmpty
            && text.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"),
                    UInt8(ascii: "."), UInt8(ascii: "$"):
                    true
                default: false
                }
            }
    }
}
