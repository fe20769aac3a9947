import Glibc
import NilusCore
import Secrets
import YAML

/// Finds depots among the mounted files of some folders: manifests, and files of `key=value` lines.
package struct DepotDirectory: Sendable {
    let folders: [String]

    /// A depot manifest is never larger, in bytes.
    private static let largestFile = 1_048_576

    /// Looks in folders, the most important first; those that do not exist are passed over.
    package init(folders: [String]) {
        self.folders = folders
    }

    /// The depot of a name, or in words why there is none here.
    ///
    /// - Throws: `configurationInvalid` (terminal) when a manifest of that name is faulty; `secretRefused` when its
    ///   secret cannot be read.
    func look(for name: String, _ secrets: SecretStore) throws(NilusError) -> DepotSearch {
        var unread: NilusError?
        for file in folders.flatMap({ files(in: $0) { $0.hasSuffix(".yaml") || $0.hasSuffix(".yml") } }) {
            do throws(NilusError) {
                for description in try descriptions(in: file) where description.name == name {
                    return .found(try depot(description, file, secrets))
                }
            } catch {
                // A file that is faulty and about something else must not keep the depot from being found.
                unread = unread ?? error
            }
        }
        if let depot = try depotOfProperties(name) { return .found(depot) }
        let places = folders.map { "'\($0)'" }.joined(separator: ", ")
        let fault = unread.map { " (a file there cannot be read: \($0.line))" } ?? ""
        return .absent("no manifest or properties of it in \(places)\(fault)")
    }

    /// - Returns: `nil` for a folder, and for a file that went away, as in a volume that is being updated.
    private func content(of file: String) throws(NilusError) -> ContiguousArray<UInt8>? {
        do throws(SystemError) { return try Files.read(file, limit: Self.largestFile) } catch {
            if error.isNotFound || error.number == EISDIR { return nil }
            throw .depotUnusable(
                "the file cannot be read: \(error)", at: SourceLocation(file: file, line: 1, column: 1))
        }
    }

    private func descriptions(in file: String) throws(NilusError) -> [DepotReader.Description] {
        guard let content = try content(of: file) else { return [] }
        var descriptions: [DepotReader.Description] = []
        for document in try YAMLStream.documents(parsing: content, file: file) {
            if let description = try DepotReader.description(document) { descriptions.append(description) }
        }
        return descriptions
    }

    private func depot(
        _ description: DepotReader.Description, _ file: String, _ secrets: SecretStore
    ) throws(NilusError) -> Depot {
        var properties = description.properties
        var isMounted = false
        for secret in description.secrets {
            for found in try secrets.files(ofSecret: secret) {
                properties.fill(from: found)
                isMounted = true
            }
        }
        if !description.secrets.isEmpty, !isMounted { try fill(&properties, description.type, secrets) }
        return try depot(
            description.name, description.type, properties, file: file, origin: "manifest '\(file)'",
            at: description.location)
    }

    /// Takes the keys of a secret that is mounted without its name, or handed over in the environment.
    private func fill(
        _ properties: inout DepotProperties, _ type: DepotType, _ secrets: SecretStore
    ) throws(NilusError) {
        for name in type.secretNames {
            guard let found = try secrets.find(name, looksRight: { _ in true }) else { continue }
            properties.fill(name, found.value.expose().withBytes { String(decoding: $0, as: UTF8.self) })
        }
    }

    /// The depot of a file `<depot>` or `<depot>.properties` with lines such as `type=S3`.
    private func depotOfProperties(_ name: String) throws(NilusError) -> Depot? {
        for file in folders.flatMap({ files(in: $0) { [name, "\(name).properties"].contains($0) } }) {
            guard var content = try content(of: file) else { continue }
            defer { content.withUnsafeMutableBytes { $0.wipe() } }
            var properties = DepotProperties()
            guard properties.fill(fromLines: content), let type = properties["type"] else { continue }
            let place = SourceLocation(file: file, line: 1, column: 1)
            let kind: DepotType
            do throws(DepotFault) { kind = try DepotType(type) } catch {
                throw .depotUnusable(error.description, at: place)
            }
            return try depot(name, kind, properties, file: file, origin: "properties '\(file)'", at: place)
        }
        return nil
    }

    private func depot(
        _ name: String, _ type: DepotType, _ properties: DepotProperties, file: String, origin: String,
        at place: SourceLocation
    ) throws(NilusError) -> Depot {
        do throws(DepotFault) {
            guard type == .local else {
                return Depot(name: name, storage: .remote(try RemoteDepot(type, properties, origin: origin)))
            }
            let path = try type.location(properties)
            // A relative path belongs to the folder of the file.
            let folder = file.lastIndex(of: "/").map { String(file[..<$0]) } ?? "."
            return Depot(name: name, storage: .local(path: path.hasPrefix("/") ? path : "\(folder)/\(path)"))
        } catch {
            throw .depotUnusable(error.description, at: place)
        }
    }

    private func files(in folder: String, where isWanted: (String) -> Bool) -> [String] {
        guard let handle = opendir(folder) else { return [] }
        defer { closedir(handle) }
        var names: [String] = []
        while let entry = readdir(handle) {
            let name = withUnsafeBytes(of: entry.pointee.d_name) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            if !name.hasPrefix("."), isWanted(name) { names.append(name) }
        }
        return names.sorted().map { "\(folder)/\($0)" }
    }
}

extension DepotProperties {
    /// Takes what a file of a secret holds: lines of `key=value`, a JSON key of Google, or one value.
    mutating func fill(from file: SecretFile) {
        file.content.expose().withBytes { bytes in
            let text = String(decoding: bytes, as: UTF8.self)
            if text.trimmed.hasPrefix("{") {
                fill("gcsKeyJson", text)
            } else if !fill(fromLines: bytes), !file.key.isEmpty {
                fill(file.key, text)
            }
        }
    }
}
