import Digests
import NilusCore
import WorkflowManifest

/// A manifest that was named, as far as it could be read and understood.
struct NamedManifest: Sendable {
    let name: String
    /// SHA-256 of its bytes in hexadecimal; empty when they could not be read.
    let digest: String
    private let reading: Result<ManifestReading, NilusError>

    /// Reads the file at a path, or standard input for `-`.
    init(_ path: String, environment: EnvironmentVariables) {
        do throws(NilusError) {
            let file = try ManifestFile.read(path)
            self.init(file.name, digest: file.digest, .success(file.reading(environment: environment)))
        } catch {
            self.init(ManifestFile.title(ofPath: path), digest: "", .failure(error))
        }
    }

    private init(_ name: String, digest: String, _ reading: Result<ManifestReading, NilusError>) {
        self.name = name
        self.digest = digest
        self.reading = reading
    }

    /// The manifests to run: those named, else the one that the platform mounts.
    static func all(_ paths: [String], environment: EnvironmentVariables) -> [NamedManifest] {
        do throws(NilusError) {
            let paths = paths.isEmpty ? try ManifestFile.mounted(environment) : paths
            return paths.map { NamedManifest($0, environment: environment) }
        } catch {
            return [NamedManifest(ManifestFile.mountedName, digest: "", .failure(error))]
        }
    }

    /// The digest of all manifests together: that of the only one, where there is one.
    static func digest(of manifests: [NamedManifest]) -> String {
        if manifests.count == 1 { return manifests[0].digest }
        return SHA256Digest(of: manifests.map(\.digest).joined(separator: "\n")).hexText
    }

    /// Why manifests cannot be run together: loads and states are known by the names of their workflows.
    static func repetition(in manifests: [NamedManifest]) -> NilusError? {
        var places: [String: String] = [:]
        for manifest in manifests {
            for workflow in manifest.workflows {
                if let other = places.updateValue(manifest.name, forKey: workflow.name) {
                    return .workflowRepeated(workflow.name, other, manifest.name)
                }
            }
        }
        return nil
    }

    var workflows: [Workflow] { (try? reading.get().workflows) ?? [] }
    var faults: [ManifestFault] { (try? reading.get().faults) ?? [] }

    /// Why the file could not be read; `nil` when it could, with faults or without.
    var unreadable: NilusError? {
        if case .failure(let error) = reading { error } else { nil }
    }

    /// What is wrong with it; `nil` also for a file of other resources.
    var error: NilusError? {
        switch reading {
        case .success(let reading): reading.error
        case .failure(let error): error
        }
    }

    /// Why there is nothing in it to run.
    var refusal: NilusError? {
        do throws(NilusError) {
            _ = try reading.get().runnableWorkflows()
            return nil
        } catch {
            return error
        }
    }
}

extension NilusError {
    fileprivate static func workflowRepeated(_ name: String, _ first: String, _ second: String) -> NilusError {
        NilusError(
            .workflow, .usageInvalid,
            "cannot run workflow '\(name)' of '\(first)' and of '\(second)' in one run: both have this name; give each its "
                + "own, or run them one after the other")
    }
}
