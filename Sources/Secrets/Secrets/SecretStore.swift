package import NilusCore

/// Finds secrets by name: in mounted files, then in the environment of the job, then in the manifest's `envs`.
package struct SecretStore: Sendable {
    private let directories: [String]
    private let environment: EnvironmentVariables
    private let manifestEnvironment: [String: String]

    /// Where DataOS mounts secrets when nothing else is said.
    package static let defaultDirectory = "/etc/dataos/secret"

    /// Looks in `directories`, folders of mounted secrets, the most important first.
    ///
    /// Those that do not exist are passed over. `manifestEnvironment`, the `envs` of the workflow, gives way to the job's own environment.
    package init(
        directories: [String], environment: EnvironmentVariables, manifestEnvironment: [String: String] = [:]
    ) {
        self.directories = directories
        self.environment = environment
        self.manifestEnvironment = manifestEnvironment
    }

    /// The same store with the `envs` of a node.
    package func adding(manifestEnvironment: [String: String]) -> SecretStore {
        SecretStore(
            directories: directories, environment: environment, manifestEnvironment: manifestEnvironment)
    }

    /// Finds a secret.
    ///
    /// - Parameters:
    ///   - name: the name of the variable, the file or the key inside a file.
    ///   - looksRight: whether a value has the form of this secret; decides between a value and what it may
    ///     stand for in Base64.
    /// - Returns: `nil` when no place holds the name.
    /// - Throws: `secretRefused` (terminal) when places hold different values, or a value is empty, blank or of
    ///   several lines, or a file cannot be read.
    package func find(_ name: String, looksRight: (SecretBytes) -> Bool) throws(NilusError) -> FoundSecret? {
        var found = try mounted(name, looksRight)
        if let text = environment[name] {
            found.append(try secret(text, in: .environment(name), looksRight: looksRight))
        } else if found.isEmpty, let text = manifestEnvironment[name] {
            found.append(try secret(text, in: .manifest(name), looksRight: looksRight))
        } else if found.isEmpty, let empty = environment.value(asSet: name) {
            // Refused with its place, which says more than that there is no secret at all.
            found.append(try secret(empty, in: .environment(name), looksRight: looksRight))
        }
        return try theOne(of: found, name)
    }

    /// Finds a secret as it is mounted now, for a process that found it before and learns that it is not valid any more.
    ///
    /// The environment is not looked at: the variables of a process never change, so after a rotation they hold the old
    /// value, and a file that differs from them is what is wanted.
    ///
    /// - Returns: `nil` when no mounted file holds the name.
    /// - Throws: `secretRefused` (terminal) as ``find(_:looksRight:)`` does.
    package func findMounted(
        _ name: String, looksRight: (SecretBytes) -> Bool
    ) throws(NilusError) -> FoundSecret? {
        try theOne(of: try mounted(name, looksRight), name)
    }

    private func mounted(
        _ name: String, _ looksRight: (SecretBytes) -> Bool
    ) throws(NilusError) -> [FoundSecret] {
        var found: [FoundSecret] = []
        for directory in directories {
            found += try SecretDirectory(directory).find(name, looksRight: looksRight)
        }
        return found
    }

    /// The first, with which all others must agree, and with what is to be said of any of them.
    private func theOne(of found: [FoundSecret], _ name: String) throws(NilusError) -> FoundSecret? {
        guard let first = found.first else { return nil }
        for other in found.dropFirst() where other.value.expose() != first.value.expose() {
            throw .secretsDiffer(name, first.origin, other.origin)
        }
        var readableByAll: [SecretOrigin] = []
        for origin in found.flatMap(\.readableByAll) where !readableByAll.contains(origin) {
            readableByAll.append(origin)
        }
        return FoundSecret(value: first.value, origin: first.origin, readableByAll: readableByAll)
    }

    private func secret(
        _ text: String, in origin: SecretOrigin, looksRight: (SecretBytes) -> Bool
    ) throws(NilusError) -> FoundSecret {
        var bytes = ContiguousArray(text.utf8)
        let value = try SecretText.value(of: &bytes, in: origin, looksRight: looksRight)
        return FoundSecret(value: value, origin: origin, readableByAll: [])
    }

    /// What the manifest's `envs` say, whatever other places hold.
    package func manifestValue(_ name: String) -> String? {
        manifestEnvironment[name].flatMap { $0.isEmpty ? nil : $0 }
    }

    /// The mounted files of one secret by the secret's name, from the first folder that has any.
    ///
    /// - Throws: `secretRefused` (terminal) when one of them cannot be read.
    package func files(ofSecret secret: String) throws(NilusError) -> [SecretFile] {
        for directory in directories {
            let found = try SecretDirectory(directory).files(ofSecret: secret)
            if !found.isEmpty { return found }
        }
        return []
    }

    /// Where ``find(_:looksRight:)`` looks, for messages.
    package func places(for name: String) -> [String] {
        directories.map { "files under '\($0)'" } + [SecretOrigin.environment(name).description]
    }
}

/// A secret and where it was.
package struct FoundSecret: Sendable {
    package let value: Redacted<SecretBytes>
    package let origin: SecretOrigin
    /// The places that hold it in a file which every user of the machine can read; not only the first is one to mend.
    package let readableByAll: [SecretOrigin]
}

/// A place that can hold a secret.
package enum SecretOrigin: Sendable, Hashable, CustomStringConvertible {
    case file(String)
    /// A key inside a file of `key=value` lines.
    case property(String, inFile: String)
    case environment(String)
    case manifest(String)

    package var description: String {
        switch self {
        case .file(let path): "file '\(path)'"
        case .property(let key, let path): "key \(MessageText.quoted(key)) in file '\(path)'"
        case .environment(let name): "environment variable \(MessageText.quoted(name))"
        case .manifest(let name): "\(MessageText.quoted(name)) in the manifest's 'envs'"
        }
    }
}
