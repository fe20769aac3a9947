/// What the index of an event stands for: the creation of an object, or a change that was asked for.
struct EventIndex {
    /// Stands where the kind's number is in the index of a creation event.
    private static let journalNumber = 31

    enum Subject {
        case creation(ObjectKind, Int)
        /// The place among the events of the mutations.
        case change(Int)
    }

    let subject: Subject

    /// Reads the index of an event that exists.
    init(_ index: Int) {
        if let kind = ObjectKind(rawValue: UInt8(truncatingIfNeeded: index & 31)) {
            subject = .creation(kind, index >> 5)
        } else {
            subject = .change(index >> 5)
        }
    }

    init(_ subject: Subject) {
        self.subject = subject
    }

    /// The index by which the event is known.
    var index: Int {
        switch subject {
        case .creation(let kind, let index): index << 5 | Int(kind.rawValue)
        case .change(let place): place << 5 | Self.journalNumber
        }
    }

    /// Whether there is an event of that index.
    static func exists(_ index: Int, _ renderer: Renderer) -> Bool {
        let event = EventIndex(index)
        guard event.index == index else { return false }
        switch event.subject {
        case .creation(let kind, let index):
            return index < renderer.dataset.table(kind).count && kind.facts?.createEvents.isEmpty == false
        case .change(let place): return place < renderer.mutations.events.count
        }
    }

    func created(_ renderer: Renderer) -> Int {
        switch subject {
        case .creation(let kind, let index): renderer.created(kind, index)
        case .change(let place): renderer.mutations.events[place].created
        }
    }

    func type(_ renderer: Renderer) -> String {
        switch subject {
        case .creation(let kind, let index): Self.creationType(kind, index, renderer)
        case .change(let place): renderer.mutations.events[place].type
        }
    }

    /// The type of the event of a creation; a charge's depends on how it went.
    static func creationType(_ kind: ObjectKind, _ index: Int, _ renderer: Renderer) -> String {
        let types = kind.facts?.createEvents ?? []
        guard types.count > 1 else { return types.first ?? "" }
        var status = Output()
        guard renderer.writeOriginalValue(kind, index, member: "status", into: &status) else { return types[0] }
        let name = String(decoding: status.bytes, as: UTF8.self).filter { $0 != "\"" }
        return types.first { $0.hasSuffix("." + name) } ?? types[0]
    }

    /// Writes the members of the event's `data`.
    func writeData(_ renderer: Renderer, into output: inout Output) {
        output.append("\"object\":")
        switch subject {
        case .creation(let kind, let index): renderer.writeOriginal(kind, index, into: &output)
        case .change(let place):
            let event = renderer.mutations.events[place]
            if let snapshot = event.snapshot {
                output.append(renderer.isLive ? snapshot.live : snapshot.test)
            } else {
                renderer.writeOriginal(event.kind, event.index, into: &output)
            }
            if let previous = event.previousAttributes {
                output.append(",\"previous_attributes\":")
                output.append(previous)
            }
        }
    }
}
