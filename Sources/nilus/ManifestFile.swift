import Digests
import Glibc
import NilusCore
import WorkflowManifest

/// A manifest as it was found: its bytes, wiped after reading, and the name to show.
struct ManifestFile {
    let name: String
    let content: SecretBytes
    /// SHA-256 of the bytes, in hexadecimal.
    let digest: String

    /// Larger manifests are refused anyway; one byte more shows that they are larger.
    private static let largest = 1_048_577

    /// Reads a file, or standard input for `-`.
    static func read(_ path: String) throws(NilusError) -> ManifestFile {
        do throws(SystemError) {
            var bytes =
                path == "-"
                ? try Files.read(descriptor: 0, limit: largest) : try Files.read(path, limit: largest)
            return ManifestFile(name: title(ofPath: path), wiping: &bytes)
        } catch {
            throw .manifestUnreadable(path, error)
        }
    }

    /// What messages call the file at a path.
    static func title(ofPath path: String) -> String { path == "-" ? "standard input" : path }

    private init(name: String, wiping bytes: inout ContiguousArray<UInt8>) {
        self.name = name
        content = SecretBytes(wiping: &bytes)
        digest = content.withBytes { SHA256Hasher().digest(of: $0).hexText }
    }

    /// The workflows in it, checked with what the source and the sink know.
    func reading(environment: EnvironmentVariables) -> ManifestReading {
        let reader = ManifestReader(dialects: .ofAdapters, nameOfStackSpec: environment["DATAOS_NAME"] ?? "nilus")
        return content.withBytes { reader.read($0, file: name) }
    }

    /// What the platform calls the manifest that it mounts.
    static let mountedName = "config.yaml"

    /// The manifests that the platform mounts when none is named.
    static func mounted(_ environment: EnvironmentVariables) throws(NilusError) -> [String] {
        let paths = ["BASE_CONFIG_FILE_DIR", "DATAOS_CONFIG_DIR"].compactMap { environment[$0] }
            .map { "\($0)/\(mountedName)" }
        guard let first = paths.first else { throw .manifestUnnamed() }
        return [paths.first(where: mayExist) ?? first]
    }

    /// Whether there is something at a path, as far as this user can tell.
    ///
    /// One that cannot be read counts: another manifest must not be run in its place without a word.
    private static func mayExist(_ path: String) -> Bool {
        var status = stat()
        return stat(path, &status) == 0 || !SystemError.last.isNotFound
    }
}

extension NilusError {
    fileprivate static func manifestUnreadable(_ path: String, _ error: SystemError) -> NilusError {
        let found = error.isTooLarge ? "it is larger than 1 MiB" : "\(error)"
        let title = ManifestFile.title(ofPath: path)
        return NilusError(.workflow, .manifestInvalid, "cannot read manifest '\(title)': \(found)")
    }

    fileprivate static func manifestUnnamed() -> NilusError {
        NilusError(
            .workflow, .usageInvalid,
            "cannot find a manifest: neither '-f FILE' nor BASE_CONFIG_FILE_DIR nor DATAOS_CONFIG_DIR names one")
    }
}
