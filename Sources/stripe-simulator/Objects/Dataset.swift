/// The objects as they are at start: a pure function of the seed, the numbers and the time span.
final class Dataset: Sendable {
    /// Embedded lists hold that many objects at most.
    static let embeddedListSize = 10

    /// The second before which all objects were created.
    let anchor: Int
    let account: String
    private let span: Int
    private let tables: [ObjectTable]

    init(_ options: SimulatorOptions) {
        anchor = options.now
        account = options.account
        let span = options.spanDays * 86_400
        self.span = span
        let existing = ObjectKind.allCases.filter { kind in
            kind != .event && kind != .account && options.objects.count(of: kind.parent ?? kind) > 0
        }
        let plan = TemplateBuilder.Plan(
            existing: Set(existing), sendsNewFields: options.sendsNewFields, account: options.account,
            seed: options.seed)
        tables = ObjectKind.allCases.map { kind in
            guard !kind.isDerived else { return ObjectTable(kind, count: 0, times: nil, plan: plan) }
            let count = options.objects.count(of: kind)
            let key = Mixing.mix(Mixing.mix(kind.name, options.seed), 4)
            let times = CreationTimes(count: count, end: options.now, span: span, key: key)
            return ObjectTable(kind, count: count, times: times, plan: plan)
        }
    }

    @inline(__always)
    func table(_ kind: ObjectKind) -> ObjectTable {
        tables[Int(kind.rawValue)]
    }

    /// The second in which the account was opened, before any object.
    var accountCreated: Int { anchor - span - 86_400 }

    /// The number of children that an object embeds, truncated or not.
    func childCount(_ child: ObjectKind, of parent: Int) -> Int {
        table(child).childCounts?.count(of: parent) ?? 0
    }

    /// An object of that kind, chosen by a well-spread number, to be named by another one.
    ///
    /// - Precondition: there is one.
    @inline(__always)
    func chosen(_ kind: ObjectKind, by mixed: UInt64) -> Int {
        guard let parent = kind.parent else { return Mixing.choose(mixed, of: table(kind).count) }
        let owner = Mixing.choose(mixed, of: table(parent).count)
        return owner * ChildCounts.stride + Mixing.choose(Mixing.mix(mixed), of: childCount(kind, of: owner))
    }
}
