import Glibc
package import NilusCore

/// A folder of mounted secrets, as DataOS or Kubernetes lays it out.
///
/// A secret may be a file of its own (`<key>`, `<file>`, `<secret>_<file>`), a key in a file of
/// `key=value` lines, or lie one folder deeper when a whole Secret is mounted. Kubernetes' files are
/// symbolic links through `..data`; the links are followed, the dotted folders are not listed.
struct SecretDirectory {
    private let path: String

    /// A secret file is never larger, in bytes.
    private static let largestFile = 65_536
    /// More entries than this are not mounted secrets.
    private static let mostEntries = 1_000

    init(_ path: String) {
        self.path = path
    }

    /// All values that the folder holds under a name.
    func find(_ name: String, looksRight: (SecretBytes) -> Bool) throws(NilusError) -> [FoundSecret] {
        var found: [FoundSecret] = []
        for file in try files(in: path, depth: 0) {
            found += try find(name, inFile: file, looksRight: looksRight)
        }
        return found
    }

    private func find(
        _ name: String, inFile file: String, looksRight: (SecretBytes) -> Bool
    ) throws(NilusError) -> [FoundSecret] {
        let isNamed = Self.isName(Self.lastComponent(file), of: name)
        var content: ContiguousArray<UInt8>
        do {
            content = try Files.read(file, limit: Self.largestFile)
        } catch {
            // Files of other secrets are no business of this one.
            if isNamed { throw .secretFileUnreadable(name, file, error) }
            return []
        }
        defer { content.withUnsafeMutableBytes { $0.wipe() } }
        var values = SecretText.properties(name, in: content)
        defer { for index in values.indices { values[index].withUnsafeMutableBytes { $0.wipe() } } }
        var found: [FoundSecret] = []
        for index in values.indices {
            found.append(try secret(&values[index], .property(name, inFile: file), file, looksRight))
        }
        if !found.isEmpty || !isNamed { return found }
        return [try secret(&content, .file(file), file, looksRight)]
    }

    private func secret(
        _ bytes: inout ContiguousArray<UInt8>, _ origin: SecretOrigin, _ file: String,
        _ looksRight: (SecretBytes) -> Bool
    ) throws(NilusError) -> FoundSecret {
        let value = try SecretText.value(of: &bytes, in: origin, looksRight: looksRight)
        var status = stat()
        let isReadableByAll = stat(file, &status) == 0 && status.st_mode & S_IROTH != 0
        return FoundSecret(value: value, origin: origin, readableByAll: isReadableByAll ? [origin] : [])
    }

    /// The files of one secret: `<secret>`, `<secret>.<ending>`, `<secret>_<key>`, and those in a folder `<secret>`.
    func files(ofSecret secret: String) throws(NilusError) -> [SecretFile] {
        var found: [SecretFile] = []
        for file in try files(in: path, depth: 0) {
            guard let key = Self.key(of: file.dropFirst(path.utf8.count + 1), ofSecret: secret) else { continue }
            var content: ContiguousArray<UInt8>
            do { content = try Files.read(file, limit: Self.largestFile) } catch {
                throw .secretFileUnreadable(secret, file, error)
            }
            found.append(SecretFile(key: key, path: file, content: Redacted(SecretBytes(wiping: &content))))
        }
        return found
    }

    /// What a file below the folder holds of a secret; empty for the whole secret, `nil` for nothing.
    private static func key(of file: Substring, ofSecret secret: String) -> String? {
        if file.hasPrefix("\(secret)/") || file.hasPrefix("\(secret)_") {
            return String(file.dropFirst(secret.count + 1))
        }
        return file == secret || file.hasPrefix("\(secret).") ? "" : nil
    }

    /// Whether a file name is the name itself or `<secret>_<name>`, the secret's name being a resource name.
    static func isName(_ fileName: String, of name: String) -> Bool {
        if fileName == name { return true }
        guard fileName.hasSuffix("_" + name) else { return false }
        let secret = fileName.dropLast(name.count + 1)
        return !secret.isEmpty
            && secret.utf8.allSatisfy { (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) || $0 == 0x2D }
    }

    /// Regular files, links followed, of the folder and the folders in it.
    private func files(in folder: String, depth: Int) throws(NilusError) -> [String] {
        var files: [String] = []
        for name in try names(in: folder) {
            let entry = "\(folder)/\(name)"
            var status = stat()
            guard stat(entry, &status) == 0 else {
                // Reading it tells why it cannot be reached, where it bears the name that is looked for.
                if !SystemError.last.isNotFound { files.append(entry) }
                continue
            }
            switch status.st_mode & S_IFMT {
            case S_IFREG: files.append(entry)
            case S_IFDIR where depth == 0: files += try self.files(in: entry, depth: 1)
            default: continue
            }
        }
        return files
    }

    /// The sorted names in a folder without the dotted ones; none where there is no folder.
    private func names(in folder: String) throws(NilusError) -> [String] {
        guard let handle = opendir(folder) else {
            let error = SystemError.last
            guard error.isNotFound else { throw .secretFolderUnreadable(folder, error) }
            return []
        }
        defer { closedir(handle) }
        var names: [String] = []
        while let entry = readdir(handle), names.count < Self.mostEntries {
            let name = withUnsafeBytes(of: entry.pointee.d_name) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            if !name.hasPrefix(".") { names.append(name) }
        }
        return names.sorted()
    }

    private static func lastComponent(_ path: String) -> String {
        String(path.split(separator: "/").last ?? "")
    }
}

/// A mounted file that belongs to a secret.
package struct SecretFile: Sendable {
    /// The name of what it holds, where the file's own name tells it; empty otherwise.
    package let key: String
    package let path: String
    /// The bytes as they are in the file.
    package let content: Redacted<SecretBytes>
}
