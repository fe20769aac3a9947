import JSON
import KubernetesAPI
import NilusCore

/// Who leads, decided by a Lease: of several operators one works, the others wait.
///
/// Pure: the Lease as it is goes in, the next step comes out.
/// A holder counts as gone when its Lease did not change for ``leaseDuration`` on this operator's own clock; clocks of
/// different machines are never compared.
///
/// - SeeAlso: k8s.io/client-go/tools/leaderelection.
struct LeaderElection: Sendable {
    /// What to do next.
    enum Step: Equatable {
        /// Nobody has made the Lease yet.
        case create(JSONValue)
        /// Take or renew it; the server refuses when somebody else was faster.
        case replace(JSONValue)
        /// Somebody else leads.
        case wait
    }

    static let leaseDuration = Duration.seconds(15)
    /// A leader that could not renew for so long stops.
    static let renewDeadline = Duration.seconds(10)
    static let renewPause = Duration.seconds(2)
    /// Before a leader tries again to renew.
    static let failurePause = Duration.seconds(1)
    /// Before others look again whether the Lease is free.
    static let retryPause = Duration.seconds(2)
    /// That of one request: a server that is silent is asked anew, so that one lost answer does not cost the lead.
    ///
    /// Between requests there are the pauses above.
    static let patience = RequestPatience(total: .zero, attempt: .seconds(4))

    let identity: String
    let name: String
    let namespace: String
    private var seenVersion = ""
    private var seenAt = Duration.zero
    private var renewedAt: Duration?

    /// An operator that does not lead yet.
    init(identity: String, name: String, namespace: String) {
        self.identity = identity
        self.name = name
        self.namespace = namespace
    }

    /// Whether this operator may act at a moment of its own clock.
    func leads(at monotonic: Duration) -> Bool {
        renewedAt.map { monotonic - $0 < Self.renewDeadline } ?? false
    }

    /// The next step, seen the Lease as it is, or `nil` when there is none.
    mutating func step(_ lease: JSONValue?, monotonic: Duration, utc: Timestamp) -> Step {
        guard let lease else { return .create(document(nil, utc: utc)) }
        let version = lease["metadata"]?["resourceVersion"]?.string ?? ""
        if version != seenVersion {
            seenVersion = version
            seenAt = monotonic
        }
        let holder = lease["spec"]?["holderIdentity"]?.string ?? ""
        let isFree = holder.isEmpty || holder == identity || monotonic - seenAt >= Self.leaseDuration
        return isFree ? .replace(document(lease, utc: utc)) : .wait
    }

    /// The Lease was written.
    mutating func renewed(at monotonic: Duration) {
        renewedAt = monotonic
    }

    /// Somebody else holds the Lease now.
    mutating func lost() {
        renewedAt = nil
    }

    /// The Lease as it is when this operator gives it back.
    func released(_ lease: JSONValue, utc: Timestamp) -> JSONValue? {
        guard lease["spec"]?["holderIdentity"]?.string == identity else { return nil }
        return document(lease, utc: utc, holder: "")
    }

    private func document(_ lease: JSONValue?, utc: Timestamp, holder: String? = nil) -> JSONValue {
        let now = Self.microTime(utc)
        let old = lease?["spec"]
        let isSame = old?["holderIdentity"]?.string == identity
        let transitions = old?["leaseTransitions"]?.integer ?? 0
        var metadata = lease?["metadata"]?.object ?? ["name": .string(name), "namespace": .string(namespace)]
        metadata["managedFields"] = nil
        return [
            "apiVersion": "coordination.k8s.io/v1", "kind": "Lease", "metadata": .object(metadata),
            "spec": [
                "holderIdentity": .string(holder ?? identity),
                "leaseDurationSeconds": .integer(Self.leaseDuration.components.seconds),
                "acquireTime": isSame ? old?["acquireTime"] ?? .string(now) : .string(now), "renewTime": .string(now),
                "leaseTransitions": .integer(isSame || lease == nil ? transitions : transitions + 1),
            ],
        ]
    }

    /// Kubernetes' `MicroTime`, which wants six digits after the point.
    static func microTime(_ time: Timestamp) -> String {
        let text = time.description
        return text.contains(".") ? text : "\(text.dropLast()).000000Z"
    }
}
