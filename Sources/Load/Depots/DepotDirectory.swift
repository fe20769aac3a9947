import Glibc
package import NilusCore
import YAML

/// Finds depots among the YAML files of some folders.
package struct DepotDirectory: Sendable {
    private let folders: [String]

    /// A depot manifest is never larger, in bytes.
    private static let largestFile = 1_048_576

    /// Looks in folders, the most important first; those that do not exist are passed over.
    package init(folders: [String]) {
        self.folders = folders
    }

    /// Finds a depot by its name.
    ///
    /// - Throws: `configurationInvalid` (terminal) when no file declares it, or one that does is faulty.
    package func depot(named name: String) throws(NilusError) -> Depot {
        var faults: [NilusError] = []
        for file in folders.flatMap(yamlFiles) {
            do throws(NilusError) {
                if let depot = try depots(in: file).first(where: { $0.name == name }) { return depot }
            } catch {
                faults.append(error)
            }
        }
        throw .depotUnknown(name, lookedIn: folders, faults)
    }

    private func depots(in file: String) throws(NilusError) -> [Depot] {
        guard let content = try? Files.read(file, limit: Self.largestFile) else { return [] }
        let folder = file.lastIndex(of: "/").map { String(file[..<$0]) } ?? "."
        var depots: [Depot] = []
        for document in try YAMLStream.documents(parsing: content, file: file) {
            if let depot = try DepotReader.depot(document, in: folder) { depots.append(depot) }
        }
        return depots
    }

    private func yamlFiles(in folder: String) -> [String] {
        guard let handle = opendir(folder) else { return [] }
        defer { closedir(handle) }
        var names: [String] = []
        while let entry = readdir(handle) {
            let name = withUnsafeBytes(of: entry.pointee.d_name) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            if !name.hasPrefix("."), name.hasSuffix(".yaml") || name.hasSuffix(".yml") { names.append(name) }
        }
        return names.sorted().map { "\(folder)/\($0)" }
    }
}

extension NilusError {
    fileprivate static func depotUnknown(
        _ name: String, lookedIn folders: [String], _ faults: [NilusError]
    ) -> NilusError {
        let places = folders.map { "'\($0)'" }.joined(separator: ", ")
        let unread = faults.first.map { "; a file there cannot be read: \($0.line)" } ?? ""
        return NilusError(
            .load, .configurationInvalid,
            "cannot find depot '\(name)': looked for its manifest in \(places)\(unread); "
                + "name a folder with '--depot-dir' or load into a local folder with '--warehouse'")
    }
}
