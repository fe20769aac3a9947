import HTTPTransport
package import JSON
import NilusCore

/// Which objects of a kind: of one namespace or all, and with which labels or name.
package struct ObjectCollection: Sendable, Hashable {
    package let kind: KubernetesResource
    /// `nil` means all namespaces.
    package let namespace: String?
    /// A label selector such as `app=nilus`; `nil` means all objects.
    package let selector: String?
    /// The name of the only object that is meant; whoever may list may look for one so, without the right to read it.
    package let name: String?

    /// A collection by its place.
    package init(_ kind: KubernetesResource, namespace: String?, selector: String? = nil, named name: String? = nil) {
        self.kind = kind
        self.namespace = namespace
        self.selector = selector
        self.name = name
    }

    fileprivate var query: [(name: String, value: String)] {
        let labels = selector.map { [(name: "labelSelector", value: $0)] } ?? []
        return labels + (name.map { [("fieldSelector", "metadata.name=\($0)")] } ?? [])
    }
}

extension KubernetesClient {
    /// Reads a collection page by page.
    ///
    /// - Returns: the resource version from which a watch can go on.
    /// - Throws: an expired refusal (410) when the server forgot the list between two pages: begin again.
    package func list(
        _ collection: ObjectCollection, receive: (JSONValue) throws(ClusterFailure) -> Void
    ) async throws(ClusterFailure) -> String {
        var request = ClusterRequest(method: .get, path: collection.kind.path(namespace: collection.namespace))
        var mark: String?
        for _ in 0..<ClusterLimits.mostPages {
            request.query = collection.query + [("limit", String(ClusterLimits.pageSize))]
            if let mark { request.query.append(("continue", mark)) }
            let page = try value(try await exchange(request))
            guard let items = page["items"]?.array, let version = page["metadata"]?["resourceVersion"]?.string else {
                throw .unusable("no list of \(collection.kind.plural)")
            }
            for item in items { try receive(item) }
            mark = page["metadata"]?["continue"]?.string
            guard let next = mark, !next.isEmpty else { return version }
        }
        throw .unusable("a list of \(collection.kind.plural) without an end")
    }

    /// All objects of a collection.
    package func all(_ collection: ObjectCollection) async throws(ClusterFailure) -> [JSONValue] {
        var items: [JSONValue] = []
        _ = try await list(collection) { items.append($0) }
        return items
    }

    /// Follows the changes of a collection from a resource version on.
    package func watch(
        _ collection: ObjectCollection, from resourceVersion: String
    ) async throws(ClusterFailure) -> WatchStream {
        var request = ClusterRequest(method: .get, path: collection.kind.path(namespace: collection.namespace))
        request.query =
            collection.query + [
                ("watch", "true"), ("allowWatchBookmarks", "true"), ("resourceVersion", resourceVersion),
                ("timeoutSeconds", String(ClusterLimits.watchSeconds)),
            ]
        request.timeout = ClusterLimits.watchSilence
        request.maximumBodyBytes = ClusterLimits.watchBuffer
        return WatchStream(try await open(request))
    }

    /// The log of a container while it is written, or as far as it was written.
    package func log(
        _ pod: ObjectReference, container: String, follow: Bool
    ) async throws(ClusterFailure) -> LogStream {
        var request = ClusterRequest(method: .get, path: pod.path("log"))
        request.query = [("container", container)]
        if follow { request.query.append(("follow", "true")) }
        request.timeout = follow ? .seconds(86_400) : nil
        request.maximumBodyBytes = ClusterLimits.watchBuffer
        return LogStream(try await open(request))
    }
}

/// The log of a container, piece by piece.
package struct LogStream: Sendable {
    private let stream: HTTPStream

    init(_ stream: HTTPStream) { self.stream = stream }

    /// The next piece; `nil` at the end.
    package func next() async throws(ClusterFailure) -> [UInt8]? {
        do {
            return try await stream.next()
        } catch {
            throw ClusterFailure(error)
        }
    }
}

/// The events of a watch, as they come.
package struct WatchStream: Sendable {
    private let stream: HTTPStream
    private var decoder = WatchDecoder()

    init(_ stream: HTTPStream) { self.stream = stream }

    /// The next events, perhaps none; `nil` when the server ended the watch in good order.
    package mutating func next() async throws(ClusterFailure) -> [WatchEvent]? {
        let piece: [UInt8]?
        do {
            piece = try await stream.next()
        } catch {
            throw ClusterFailure(error)
        }
        guard let piece else { return nil }
        do throws(WatchDecoder.Problem) {
            return try decoder.take(piece)
        } catch {
            throw .unreachable(error == .tooLarge ? "an event is too large" : "the watch holds what is no event")
        }
    }
}
