/// Whether a workflow is what its spec asks for.
enum ReadyState: Sendable, Equatable {
    case ready(String, String)
    /// Something is under way that leads there by itself.
    case waiting(String, String)
    /// A person must change something.
    case stalled(reason: String, message: String)

    var reason: String {
        switch self {
        case .ready(let reason, _), .waiting(let reason, _), .stalled(let reason, _): reason
        }
    }

    var message: String {
        switch self {
        case .ready(_, let message), .waiting(_, let message), .stalled(_, let message): message
        }
    }
}
