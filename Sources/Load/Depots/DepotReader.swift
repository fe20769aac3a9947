import NilusCore
import YAML

/// Reads depot manifests of both versions: `depot: {…}`, and `depot: {spec: {…}}` of version `v1`.
///
/// Decisions on nodes only; ``DepotDirectory`` brings the files.
enum DepotReader {
    /// Kinds of the platform that are not local.
    private static let platformTypes = ["S3", "ABFSS", "WASBS", "GCS"]

    /// The depot of a document; `nil` when the document is another resource.
    ///
    /// A relative path of a local depot belongs to `folder`, that of the file.
    ///
    /// - Throws: `configurationInvalid` (terminal) with the place of the fault.
    static func depot(_ document: YAMLNode, in folder: String) throws(NilusError) -> Depot? {
        guard document["type"]?.scalar?.text == "depot" else { return nil }
        guard let name = document["name"], let body = document["depot"] else {
            throw .depotIncomplete("'name' and 'depot'", at: document.location)
        }
        let type = try typeName(body)
        let details = body["spec"] ?? body
        return Depot(name: try name.text("'name'"), storage: try storage(type, details, folder))
    }

    private static func typeName(_ body: YAMLNode) throws(NilusError) -> String {
        guard let type = body["type"] else { throw .depotIncomplete("'type'", at: body.location) }
        return try type.text("'type'").uppercased()
    }

    private static func storage(
        _ type: String, _ details: YAMLNode, _ folder: String
    ) throws(NilusError) -> Depot.Storage {
        if platformTypes.contains(type) { return .unsupported(type: type) }
        guard type == "LOCAL" else { throw .depotTypeUnknown(type, platformTypes + ["LOCAL"], at: details.location) }
        let local = details["local"] ?? details
        guard let path = local["path"] else { throw .depotIncomplete("'local.path'", at: local.location) }
        let text = try path.text("'path'")
        return .local(path: text.hasPrefix("/") ? text : "\(folder)/\(text)")
    }
}

extension NilusError {
    fileprivate static func depotIncomplete(_ missing: String, at location: SourceLocation) -> NilusError {
        NilusError(.load, .configurationInvalid, "cannot use the depot: \(missing) is missing", at: location)
    }

    fileprivate static func depotTypeUnknown(
        _ type: String, _ known: [String], at location: SourceLocation
    ) -> NilusError {
        let hint =
            Suggestion.closest(to: type, in: known).map { "did you mean '\($0)'?" }
            ?? "known are \(known.map { "'\($0)'" }.joined(separator: ", "))"
        return NilusError(
            .load, .configurationInvalid, "unknown depot type \(MessageText.quoted(type)); \(hint)", at: location)
    }
}
