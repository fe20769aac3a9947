/// Where a load puts its files, and how it names them.
struct FilePlace: Hashable {
    /// The folder, without a slash at the end.
    let folder: String
    /// The beginning of every name: no other load, and no other attempt of this one, has it.
    let name: String

    /// The location of a file of a kind, by its number among them, from 1 on.
    ///
    /// `subfolder`: where below the folder, with a slash at the end unless it is empty.
    func path(_ number: Int, kind: String? = nil, in subfolder: String = "") -> String {
        "\(folder)/\(subfolder)\(name)-\(kind.map { "\($0)-" } ?? "")\(Self.padded(number)).parquet"
    }

    private static func padded(_ number: Int) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, 5 - digits.count)) + digits
    }
}
