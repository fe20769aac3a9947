import KubernetesAPI
import NilusCore
import TemporaryFolders
import Testing

private let usual = """
    apiVersion: v1
    kind: Config
    current-context: work
    clusters:
    - name: c
      cluster: {server: "https://api.example.com:6443/", certificate-authority: ca.crt}
    users:
    - name: person
      user: {client-certificate-data: Q0VSVA==, client-key: keys/person.key}
    - name: robot
      user: {token: opensesame}
    - name: helper
      user: {exec: {command: login}}
    contexts:
    - {name: work, context: {cluster: c, user: person, namespace: data}}
    - {name: robot, context: {cluster: c, user: robot}}
    - {name: helper, context: {cluster: c, user: helper}}
    - {name: lost, context: {cluster: nowhere, user: robot}}
    """

struct `A kubeconfig` {
    @Test func `names server, authority, certificate and namespace of its current context`() throws {
        let folder = try TemporaryFolder()
        let path = try folder.put("config", usual)

        let connection = try Kubeconfig(paths: [path]).connection()

        #expect(connection.server == "https://api.example.com:6443")
        #expect(connection.authority == .file("\(folder.path)/ca.crt"))
        #expect(connection.namespace == "data")
        #expect(
            connection.credential
                == .certificate(
                    .text(Redacted(SecretBytes("CERT"))), key: .file("\(folder.path)/keys/person.key")))
    }

    @Test func `gives a token by another context, and prints none`() throws {
        let folder = try TemporaryFolder()
        let connection = try Kubeconfig(paths: [try folder.put("config", usual)]).connection(context: "robot")

        #expect(connection.credential == .token(Redacted(SecretBytes("opensesame"))))
        #expect(connection.namespace == "default")
        #expect(!"\(connection)".contains("opensesame"))
    }

    @Test(arguments: [
        (
            "helper",
            "user 'helper' proves itself by 'exec', which nilus cannot; use a token, 'tokenFile' or a client "
                + "certificate"
        ),
        ("lost", "it has no cluster 'nowhere' under 'clusters'"),
        ("unknown", "it has no context 'unknown' under 'contexts'"),
    ])
    func `says what it lacks`(context: String, sentence: String) throws {
        let folder = try TemporaryFolder()
        let config = try Kubeconfig(paths: [try folder.put("config", usual)])

        let error = #expect(throws: NilusError.self) { try config.connection(context: context) }

        #expect(error?.code == .configurationInvalid)
        #expect(error?.line == "cannot use kubeconfig '\(folder.path)/config': \(sentence)")
    }

    @Test func `is refused when it turns the check of certificates off`() throws {
        let folder = try TemporaryFolder()
        let text = usual.replacing("certificate-authority: ca.crt", with: "insecure-skip-tls-verify: true")
        let config = try Kubeconfig(paths: [try folder.put("config", text)])

        #expect(throws: NilusError.self) { try config.connection() }
    }

    @Test(arguments: [
        (
            "tls-server-name: a.example.com", "work",
            "cluster 'c' has 'tls-server-name', which nilus cannot follow; let 'server' name the host that stands in its "
                + "certificate"
        ),
        (
            "proxy-url: socks5://127.0.0.1:1080", "work",
            "cluster 'c' has 'proxy-url', which nilus cannot follow; set HTTPS_PROXY in its place"
        ),
        (
            "as: somebody", "robot",
            "user 'robot' has 'as', which nilus cannot follow; use the credential of whom is meant"
        ),
    ])
    func `is refused when it wants what is not done`(line: String, context: String, sentence: String) throws {
        let folder = try TemporaryFolder()
        let place = context == "work" ? "certificate-authority: ca.crt" : "token: opensesame"
        let text = usual.replacing(place, with: "\(place), \(line)")
        let config = try Kubeconfig(paths: [try folder.put("config", text)])

        let error = #expect(throws: NilusError.self) { try config.connection(context: context) }

        #expect(error?.line == "cannot use kubeconfig '\(folder.path)/config': \(sentence)")
    }

    @Test func `may be spread over files, some of which are missing`() throws {
        let folder = try TemporaryFolder()
        let head = try folder.put("head", "current-context: robot\n")
        let body = try folder.put("body", usual)

        let connection = try Kubeconfig(paths: ["\(folder.path)/missing", head, body]).connection()

        #expect(connection.credential == .token(Redacted(SecretBytes("opensesame"))))
        #expect(try Kubeconfig(paths: ["\(folder.path)/missing"]).isEmpty)
    }
}

struct `A pod` {
    private func environment(host: String) -> EnvironmentVariables {
        EnvironmentVariables(["KUBERNETES_SERVICE_HOST": host, "KUBERNETES_SERVICE_PORT": "443"])
    }

    @Test func `finds its cluster by its service account`() throws {
        let folder = try TemporaryFolder()
        _ = try folder.put("token", "t\n")
        _ = try folder.put("namespace", "data")

        let connection = ClusterConnection.inPod(environment: environment(host: "fd00::1"), folder: folder.path)

        #expect(connection?.server == "https://[fd00::1]:443")
        #expect(connection?.namespace == "data")
        #expect(connection?.credential == .tokenFile("\(folder.path)/token"))
    }

    @Test func `without a token, and whatever is no pod, has no cluster`() throws {
        let folder = try TemporaryFolder()

        #expect(ClusterConnection.inPod(environment: environment(host: "10.0.0.1"), folder: folder.path) == nil)
        _ = try folder.put("token", "t")
        #expect(ClusterConnection.inPod(environment: EnvironmentVariables([:]), folder: folder.path) == nil)
    }
}
