package import NilusCore

extension ClusterConnection {
    /// Where Kubernetes mounts the credentials of a pod's service account.
    package static let serviceAccountFolder = "/var/run/secrets/kubernetes.io/serviceaccount"

    /// Longest namespace file that is read, in bytes.
    private static let largestNamespaceFile = 1_024

    /// The connection of a pod to its own cluster.
    ///
    /// - Returns: `nil` outside of a cluster, and in a pod that was given no token.
    package static func inPod(
        environment: EnvironmentVariables, folder: String = serviceAccountFolder
    ) -> ClusterConnection? {
        guard let host = environment["KUBERNETES_SERVICE_HOST"], let port = environment["KUBERNETES_SERVICE_PORT"],
            (try? Files.read("\(folder)/token", limit: AccessToken.largestFile)) != nil
        else { return nil }
        let content = try? Files.read("\(folder)/namespace", limit: largestNamespaceFile)
        let namespace = content.map { String(decoding: $0.prefix { $0 > 0x20 }, as: UTF8.self) } ?? ""
        let isIPv6 = host.contains(":") && !host.hasPrefix("[")
        return ClusterConnection(
            server: "https://\(isIPv6 ? "[\(host)]" : host):\(port)", authority: .file("\(folder)/ca.crt"),
            credential: .tokenFile("\(folder)/token"), namespace: namespace.isEmpty ? "default" : namespace)
    }
}
