import Synchronization

/// All objects of one kind, none of them stored: what is needed to compute any of them from its index.
final class ObjectTable: Sendable {
    let kind: ObjectKind
    /// The number of objects at start; for derived kinds, of those whose parents exist at start.
    let count: Int
    let codec: IdentifierCodec
    /// Sets this kind's random choices apart from those of other kinds and other seeds.
    let key: UInt64
    /// `nil` for kinds whose times are those of other objects.
    let times: CreationTimes?
    /// `nil` for kinds that are not embedded in a list.
    let childCounts: ChildCounts?
    private let plan: TemplateBuilder.Plan
    private let built = Mutex<TemplateSet?>(nil)

    init(_ kind: ObjectKind, count: Int, times: CreationTimes?, plan: TemplateBuilder.Plan) {
        self.kind = kind
        self.count = count
        self.times = times
        self.plan = plan
        key = Mixing.mix(kind.name, plan.seed)
        childCounts = ChildCounts.counts(of: kind, key: Mixing.mix(key, 2))
        codec = IdentifierCodec(
            prefix: IdentifierPrefixes.prefix(of: kind), style: Self.style(of: kind), key: Mixing.mix(key, 3),
            personalEvery: kind == .coupon ? 3 : kind == .product ? 6 : 0)
    }

    /// The shapes of this kind, laid out when they are first needed.
    var templates: TemplateSet {
        built.withLock { built in
            if let set = built { return set }
            let set = TemplateBuilder.build(kind, plan)
            built = set
            return set
        }
    }

    private static func style(of kind: ObjectKind) -> IdentifierCodec.Style {
        switch kind {
        case .coupon: .coupon
        case .customer, .product, .subscriptionItem: .short
        default: .long
        }
    }
}
