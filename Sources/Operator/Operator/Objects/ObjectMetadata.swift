package import JSON
package import NilusCore

/// The part of `metadata` that decisions need.
package struct ObjectMetadata: Sendable, Equatable {
    package let name: String
    package let namespace: String
    package let uid: String
    package let generation: Int64
    package let labels: [String: String]
    package let annotations: [String: String]
    package let creation: Timestamp?
    /// Whether it is being deleted and only waits for something.
    package let isDeleting: Bool
    /// The uid of the owner that controls it.
    package let controllerUID: String?

    /// Reads an object as the API server sends it; `nil` when it has no name or uid.
    package init?(_ object: JSONValue) {
        guard let metadata = object["metadata"], let name = metadata["name"]?.string,
            let uid = metadata["uid"]?.string
        else { return nil }
        self.name = name
        self.uid = uid
        namespace = metadata["namespace"]?.string ?? ""
        generation = metadata["generation"]?.integer ?? 0
        labels = Self.texts(metadata["labels"]) { _ in true }
        annotations = Self.texts(metadata["annotations"]) { $0.hasPrefix("nilus.dataos.io/") }
        creation = Timestamp(json: metadata["creationTimestamp"])
        isDeleting = metadata["deletionTimestamp"]?.string != nil
        let controller = metadata["ownerReferences"]?.array?.first { $0["controller"]?.boolean == true }
        controllerUID = controller?["uid"]?.string
    }

    /// The texts of a mapping; only annotations of our own matter, those of `kubectl` hold whole objects.
    private static func texts(_ value: JSONValue?, where isWanted: (String) -> Bool) -> [String: String] {
        var texts: [String: String] = [:]
        for member in value?.object?.members ?? [] where isWanted(member.name) {
            texts[member.name] = member.value.string
        }
        return texts
    }
}

extension Timestamp {
    /// A moment that Kubernetes wrote; `nil` for anything else.
    init?(json value: JSONValue?) {
        guard let text = value?.string, let moment = Timestamp(iso8601: text) else { return nil }
        self = moment
    }
}
