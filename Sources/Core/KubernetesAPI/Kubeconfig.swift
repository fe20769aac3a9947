package import NilusCore
import YAML

/// The file in which a person keeps their clusters, as `kubectl` reads it.
///
/// - SeeAlso: kubernetes.io, "Organizing Cluster Access Using kubeconfig Files"; of several files in `KUBECONFIG`
///   the first that names something decides.
package struct Kubeconfig: Sendable {
    private let documents: [(node: YAMLNode, folder: String)]
    private let files: [String]

    /// Larger files are no kubeconfig.
    private static let largestFile = 1_048_576

    /// The files that the environment names: `KUBECONFIG`, else `$HOME/.kube/config`.
    package static func paths(_ environment: EnvironmentVariables) -> [String] {
        if let list = environment["KUBECONFIG"] { return list.split(separator: ":").map(String.init) }
        return environment["HOME"].map { ["\($0)/.kube/config"] } ?? []
    }

    /// Reads files; those that do not exist are passed over.
    ///
    /// - Throws: `configurationInvalid` (terminal) when one cannot be read or is no YAML.
    package init(paths: [String]) throws(NilusError) {
        var documents: [(YAMLNode, String)] = []
        for path in paths {
            var content: ContiguousArray<UInt8>
            do throws(SystemError) {
                content = try Files.read(path, limit: Self.largestFile)
            } catch  where error.isNotFound {
                continue
            } catch {
                throw .kubeconfig(path, "\(error)")
            }
            defer { content.withUnsafeMutableBytes { $0.wipe() } }
            do throws(NilusError) {
                let folder = path.lastIndex(of: "/").map { String(path[..<$0]) } ?? "."
                documents += try YAMLStream.documents(parsing: content, file: path).map { ($0, folder) }
            } catch {
                throw .kubeconfig(path, error.line)
            }
        }
        self.documents = documents
        files = paths
    }

    /// Whether no file was there.
    package var isEmpty: Bool { documents.isEmpty }

    /// The connection of a context, the current one when none is named.
    ///
    /// - Throws: `configurationInvalid` (terminal) when it names something that is not there or not supported.
    package func connection(context name: String? = nil) throws(NilusError) -> ClusterConnection {
        let wanted = name ?? documents.lazy.compactMap { Self.text($0.node["current-context"]) }.first
        guard let wanted else {
            throw fault("it has no 'current-context'; choose one with 'kubectl config use-context'")
        }
        let context = try entry(of: "contexts", named: wanted, holding: "context").node
        guard let clusterName = Self.text(context["cluster"]) else {
            throw fault("context '\(wanted)' names no cluster")
        }
        let cluster = try entry(of: "clusters", named: clusterName, holding: "cluster")
        guard var server = Self.text(cluster.node["server"]), server.hasPrefix("http") else {
            throw fault("cluster '\(clusterName)' has no 'server' that begins with 'https://'")
        }
        while server.hasSuffix("/") { server.removeLast() }
        if cluster.node["insecure-skip-tls-verify"]?.scalar?.text == "true" {
            throw fault(
                "cluster '\(clusterName)' turns the check of certificates off; name its 'certificate-authority'")
        }
        try refuse(Self.unusedOfClusters, of: "cluster '\(clusterName)'", cluster.node)
        let credential = try Self.text(context["user"]).map { user throws(NilusError) in try self.credential(user) }
        return ClusterConnection(
            server: server, authority: try pem(cluster, "certificate-authority"), credential: credential ?? .anonymous,
            namespace: Self.text(context["namespace"]) ?? "default")
    }

    /// What changes whom a client speaks to, or as whom, and how to do without: passing it over would do something else
    /// than what the file says.
    private static let unusedOfClusters = [
        ("tls-server-name", "let 'server' name the host that stands in its certificate"),
        ("proxy-url", "set HTTPS_PROXY in its place"),
    ]
    private static let unusedOfUsers = ["as", "as-uid", "as-groups", "as-user-extra"].map {
        ($0, "use the credential of whom is meant")
    }

    private func refuse(_ keys: [(key: String, advice: String)], of title: String, _ node: YAMLNode) throws(NilusError)
    {
        for (key, advice) in keys where node[key].map({ !$0.isNull }) ?? false {
            throw fault("\(title) has '\(key)', which nilus cannot follow; \(advice)")
        }
    }

    private struct Entry {
        let node: YAMLNode
        /// Relative paths in the entry begin here.
        let folder: String
    }

    private func entry(of list: String, named name: String, holding key: String) throws(NilusError) -> Entry {
        for document in documents {
            for item in document.node[list]?.sequence ?? [] where Self.text(item["name"]) == name {
                if let node = item[key] { return Entry(node: node, folder: document.folder) }
            }
        }
        throw fault("it has no \(key) \(MessageText.quoted(name)) under '\(list)'")
    }

    private func credential(_ user: String) throws(NilusError) -> ClusterCredential {
        let entry = try entry(of: "users", named: user, holding: "user")
        try refuse(Self.unusedOfUsers, of: "user \(MessageText.quoted(user))", entry.node)
        if let certificate = try pem(entry, "client-certificate"), let key = try pem(entry, "client-key") {
            return .certificate(certificate, key: key)
        }
        if let file = Self.text(entry.node["tokenFile"]) { return .tokenFile(Self.path(file, in: entry.folder)) }
        if let token = Self.text(entry.node["token"]) { return .token(Redacted(SecretBytes(token))) }
        if let other = entry.node.mapping?.first?.key {
            throw fault(
                "user \(MessageText.quoted(user)) proves itself by '\(other)', which nilus cannot; use a token, "
                    + "'tokenFile' or a client certificate")
        }
        return .anonymous
    }

    /// A PEM text: in Base64 under `<key>-data`, or in the file under `<key>`.
    private func pem(_ entry: Entry, _ key: String) throws(NilusError) -> PEMText? {
        if let data = Self.text(entry.node["\(key)-data"]) {
            guard var decoded = Base64.decode(ContiguousArray(data.utf8.filter { $0 > 0x20 })[...]) else {
                throw fault("'\(key)-data' is no Base64 text")
            }
            return .text(Redacted(SecretBytes(wiping: &decoded)))
        }
        return Self.text(entry.node[key]).map { .file(Self.path($0, in: entry.folder)) }
    }

    private static func path(_ path: String, in folder: String) -> String {
        path.hasPrefix("/") ? path : "\(folder)/\(path)"
    }

    private static func text(_ node: YAMLNode?) -> String? {
        guard let text = node?.scalar?.text, node?.isNull == false, !text.isEmpty else { return nil }
        return text
    }

    private func fault(_ found: String) -> NilusError { .kubeconfig(files.joined(separator: ":"), found) }
}

extension NilusError {
    fileprivate static func kubeconfig(_ path: String, _ found: String) -> NilusError {
        NilusError(.status, .configurationInvalid, "cannot use kubeconfig '\(path)': \(found)")
    }
}
