import Synchronization

/// The changes since the start, and the only place where they are made.
final class Journal: Sendable {
    /// Objects added to one kind at most, so that a mistake in a test cannot use up the memory.
    static let addedLimit = 1_000_000

    private let dataset: Dataset
    private let mutations = Mutex(Mutations())

    init(_ dataset: Dataset) {
        self.dataset = dataset
    }

    /// The changes as they are now.
    var current: Mutations {
        mutations.withLock { $0 }
    }

    /// Adds objects; they are listed, and their events are, from now on.
    ///
    /// - Parameters:
    ///   - kind: an endpoint that does not follow from others.
    ///   - count: how many, at least 1.
    ///   - created: the second in which they were created.
    ///   - now: the second of their events.
    /// - Returns: the ids of the new objects.
    /// - Throws: `ChangeError` for a derived kind and for too many objects.
    func create(_ kind: ObjectKind, count: Int, created: Int, now: Int) throws(ChangeError) -> [String] {
        guard !kind.isDerived else { throw ChangeError("'\(kind.name)' follows from other objects; create those") }
        return try mutations.withLock { mutations throws(ChangeError) in
            let first = mutations[kind].addedTimes.count
            guard count > 0, first + count <= Self.addedLimit else {
                throw ChangeError("cannot create \(count) objects: at least 1, at most \(Self.addedLimit) in all")
            }
            mutations[kind].add(count, created: created)
            let indexes = (first..<first + count).map { dataset.table(kind).count + $0 }
            let renderer = Renderer(dataset: dataset, mutations: mutations, isLive: false)
            if kind.facts?.createEvents.isEmpty == false {
                for index in indexes {
                    let type = EventIndex.creationType(kind, index, renderer)
                    mutations.events.append(
                        .init(
                            created: now, type: type, kind: kind, index: index, snapshot: nil, previousAttributes: nil))
                }
            }
            return indexes.map { renderer.id(of: Row(kind: kind, index: $0)) }
        }
    }

    /// Removes an object; a subscription is canceled instead, as Stripe does.
    func delete(_ row: Row, now: Int) throws(ChangeError) {
        guard row.kind != .subscription else { return try cancel(row, now: now) }
        guard !row.kind.isDerived else {
            throw ChangeError("'\(row.kind.name)' follows from other objects; delete those")
        }
        mutations.withLock { mutations in
            guard !mutations.isDeleted(row.kind, row.index) else { return }
            if let type = row.kind.facts?.deleteEvents.first {
                mutations.events.append(event(type, row, mutations, now: now, previous: nil))
            }
            mutations[row.kind].deleted.insert(row.index)
        }
    }

    /// Cancels a subscription.
    func cancel(_ row: Row, now: Int) throws(ChangeError) {
        guard row.kind == .subscription else { throw ChangeError("only a subscription can be canceled") }
        let second = Array("\(now)".utf8)
        try update(
            row,
            [
                .init(name: "status", value: Array("\"canceled\"".utf8)), .init(name: "canceled_at", value: second),
                .init(name: "ended_at", value: second),
            ], now: now)
    }

    /// Makes an active price inactive, and the reverse.
    func flip(_ row: Row, now: Int) throws(ChangeError) {
        var active = Output()
        let renderer = Renderer(dataset: dataset, mutations: current, isLive: false)
        guard row.kind == .price, renderer.writeValue(row.kind, row.index, member: "active", into: &active) else {
            throw ChangeError("only a price can be flipped")
        }
        let isActive = active.bytes == Array("true".utf8)
        try update(row, [.init(name: "active", value: Array((isActive ? "false" : "true").utf8))], now: now)
    }

    /// Gives members of an object other values.
    func update(_ row: Row, _ replacements: [Mutations.Replacement], now: Int) throws(ChangeError) {
        guard !row.kind.isDerived else {
            throw ChangeError("'\(row.kind.name)' follows from other objects and cannot be updated")
        }
        let fixed = ["id", "object", row.kind.facts?.createdField ?? "created"]
        if let name = replacements.first(where: { fixed.contains($0.name) })?.name {
            throw ChangeError("'\(name)' of an object cannot be updated")
        }
        mutations.withLock { mutations in
            let previous = previousAttributes(row, replacements, mutations)
            let kept = mutations[row.kind].replacements[row.index, default: []].filter { old in
                !replacements.contains { $0.name == old.name }
            }
            mutations[row.kind].replacements[row.index] = kept + replacements
            if let type = Self.updateType(row.kind, replacements) {
                mutations.events.append(event(type, row, mutations, now: now, previous: previous))
            }
        }
    }

    // MARK: - Events

    private func event(
        _ type: String, _ row: Row, _ mutations: Mutations, now: Int, previous: [UInt8]?
    ) -> Mutations.Event {
        let versions = [false, true].map { isLive in
            var output = Output()
            Renderer(dataset: dataset, mutations: mutations, isLive: isLive).write(row.kind, row.index, into: &output)
            return output.bytes
        }
        return .init(
            created: now, type: type, kind: row.kind, index: row.index,
            snapshot: .init(test: versions[0], live: versions[1]), previousAttributes: previous)
    }

    private func previousAttributes(
        _ row: Row, _ replacements: [Mutations.Replacement], _ mutations: Mutations
    ) -> [UInt8] {
        let renderer = Renderer(dataset: dataset, mutations: mutations, isLive: false)
        let members = replacements.map { replacement in
            var output = Output()
            let isThere = renderer.writeValue(row.kind, row.index, member: replacement.name, into: &output)
            return (name: replacement.name, value: isThere ? String(decoding: output.bytes, as: UTF8.self) : "null")
        }
        return Array(JSONWriting.object(members).utf8)
    }

    /// The type of the event of an update: that of the new status, else the general one.
    private static func updateType(_ kind: ObjectKind, _ replacements: [Mutations.Replacement]) -> String? {
        let types = kind.facts?.updateEvents ?? []
        if let value = replacements.first(where: { $0.name == "status" })?.value {
            let status = String(decoding: value, as: UTF8.self).filter { $0 != "\"" }
            if kind == .subscription, status == "canceled" { return "customer.subscription.deleted" }
            if let type = types.first(where: { $0.hasSuffix("." + status) || $0.hasSuffix(".\(status)ed") }) {
                return type
            }
        }
        return types.first { $0.hasSuffix(".updated") } ?? types.first
    }
}

extension Mutations.Changes {
    /// Adds objects that were created in the same second, after all that were created in it before.
    fileprivate mutating func add(_ count: Int, created: Int) {
        let first = addedTimes.count
        addedTimes.append(contentsOf: repeatElement(created, count: count))
        let place = addedOrder.lastIndex { addedTimes[$0] <= created }.map { $0 + 1 } ?? 0
        addedOrder.insert(contentsOf: first..<first + count, at: place)
    }
}

/// Why a change cannot be made.
struct ChangeError: Error, Equatable, CustomStringConvertible {
    let description: String

    init(_ description: String) {
        self.description = description
    }
}
