import NilusCore
import YAML

/// Reads depot manifests of both versions: `depot: {…}`, and `depot: {spec: {…}}` of version `v1`.
///
/// Decisions on nodes only; ``DepotDirectory`` brings the files.
enum DepotReader {
    /// A depot as its manifest describes it, before its secrets are known.
    struct Description {
        let name: String
        let type: DepotType
        var properties: DepotProperties
        /// The names of the secrets that hold its credentials.
        let secrets: [String]
        let location: SourceLocation
    }

    /// The depot of a document; `nil` when the document is another resource.
    ///
    /// - Throws: `configurationInvalid` (terminal) with the place of the fault.
    static func description(_ document: YAMLNode) throws(NilusError) -> Description? {
        guard document["type"]?.scalar?.text == "depot" else { return nil }
        guard let name = document["name"], let body = document["depot"] else {
            throw .depotUnusable("'name' and 'depot' are missing", at: document.location)
        }
        guard let type = body["type"] else { throw .depotUnusable("'type' is missing", at: body.location) }
        var properties = DepotProperties()
        let kind: DepotType
        do throws(DepotFault) { kind = try DepotType(type.scalar?.text ?? "") } catch {
            throw .depotUnusable(error.description, at: type.location)
        }
        let details = body["spec"] ?? body
        fill(&properties, from: kind.sections.lazy.compactMap { details[$0] }.first ?? details)
        // Version v1 may hold its credentials itself.
        for secret in body["connectionSecret"]?.sequence ?? [] {
            if let data = secret["data"] { fill(&properties, from: data) }
        }
        let secrets = (body["secrets"]?.sequence ?? []).compactMap { $0["name"]?.scalar?.text }
        return Description(
            name: try name.text("'name'"), type: kind, properties: properties, secrets: secrets,
            location: body.location)
    }

    private static func fill(_ properties: inout DepotProperties, from node: YAMLNode) {
        for entry in node.mapping ?? [] {
            if let text = entry.value.scalar?.text, !entry.value.isNull { properties.fill(entry.key, text) }
        }
    }
}

extension NilusError {
    static func depotUnusable(_ fault: String, at location: SourceLocation) -> NilusError {
        NilusError(.load, .configurationInvalid, "cannot use the depot: \(fault)", at: location)
    }
}
