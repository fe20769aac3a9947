import JSON
import KubernetesAPI
import NilusCore

/// Whose an object is that has the name of one that an operator wants to make.
enum NameHolder: Equatable {
    /// There is no such object.
    case nobody
    /// The workflow's own: made before, by a request whose answer was lost or by an operator that ended.
    case workflow
    /// An earlier workflow's of the same name, which is gone: Kubernetes collects it, and its end will be told.
    case earlier
    /// Somebody else's; the text names them.
    case other(String)

    /// Looks at the object of a name, if there is one, on behalf of a workflow.
    init(of object: JSONValue?, for workflow: ObjectMetadata) {
        guard let object else {
            self = .nobody
            return
        }
        let owners = object["metadata"]?["ownerReferences"]?.array ?? []
        let controller = owners.first { $0["controller"]?.boolean == true }
        let kind = controller?["kind"]?.string ?? ""
        let name = controller?["name"]?.string ?? ""
        if controller?["uid"]?.string == workflow.uid {
            self = .workflow
        } else if kind == KubernetesResource.workflow.kind, name == workflow.name {
            self = .earlier
        } else {
            self = .other(controller == nil ? "nobody that the operator knows" : "\(kind) '\(name)'")
        }
    }
}

extension NilusError {
    /// A name that is somebody else's; nothing of theirs is changed.
    static func nameTaken(_ object: ObjectReference, by holder: String) -> NilusError {
        NilusError(
            .workflow, .configurationInvalid,
            "cannot make \(object.kind.kind) '\(object.name)': there is one already, which belongs to \(holder); "
                + "delete it or rename the workflow")
    }
}
