import NIOCore

/// What tests ask of the simulator itself: no authentication, no rate limit, never counted.
struct AdminRoutes {
    static let prefix = "/__simulator/"
    /// Objects told at once, so that a careless test cannot fill the memory.
    static let objectLimit = 10_000

    private let simulator: Simulator
    private let request: Request

    init(_ simulator: Simulator, _ request: Request) {
        self.simulator = simulator
        self.request = request
    }

    func answer() -> Answer {
        do throws(ChangeError) {
            let name = String(request.path.dropFirst(Self.prefix.count))
            if request.method == "GET", name.hasPrefix("objects/") {
                return try objects(String(name.dropFirst("objects/".count)))
            }
            return answer(200, try text(request.method + " " + name))
        } catch {
            return answer(400, JSONWriting.object([("error", JSONWriting.string("\(error)"))]))
        }
    }

    private func text(_ name: String) throws(ChangeError) -> String {
        switch name {
        case "GET stats": return simulator.ledger.json
        case "POST reset-stats": simulator.ledger.reset()
        case "POST create": return try create()
        case "POST delete": try simulator.journal.delete(try row(), now: simulator.clock.now)
        case "POST update":
            try simulator.journal.update(try row(), try replacements(), now: simulator.clock.now)
        case "POST clock":
            simulator.clock.advance(by: try integer("advance", 0...1 << 40) ?? 0)
            return JSONWriting.object([("now", "\(simulator.clock.now)")])
        case "POST faults": try replaceFaults()
        case "POST keys": simulator.keys.replace(try keys())
        default:
            throw ChangeError(
                "'\(name)' is unknown; there are GET stats, GET objects/ENDPOINT, POST reset-stats, POST create,"
                    + " POST delete, POST update, POST clock, POST faults and POST keys")
        }
        return JSONWriting.object([("done", "true")])
    }

    // MARK: - Changes

    private func create() throws(ChangeError) -> String {
        let kind = try endpoint(request.value("endpoint") ?? "")
        let count = try integer("count", 1...Journal.addedLimit) ?? 1
        let now = simulator.clock.now
        let created = try integer("created", 1...1 << 40) ?? now
        let ids = try simulator.journal.create(kind, count: count, created: created, now: now)
        return JSONWriting.object([("created", "\(created)"), ("ids", JSONWriting.strings(ids))])
    }

    private func replacements() throws(ChangeError) -> [Mutations.Replacement] {
        guard let members = try body().members, !members.isEmpty else {
            throw ChangeError("the body is not a JSON object with the members to replace")
        }
        return members.map { .init(name: $0.name, value: Array($0.value.bytes)) }
    }

    private func keys() throws(ChangeError) -> [String] {
        guard let items = try body().items, let keys = items.map(\.string) as? [String] else {
            throw ChangeError("the body is not a JSON array of keys")
        }
        return keys
    }

    private func body() throws(ChangeError) -> JSONText {
        do {
            return try JSONTextParser.parse(request.body)
        } catch {
            throw ChangeError("the body is \(error)")
        }
    }

    private func replaceFaults() throws(ChangeError) {
        do {
            simulator.faults.replace(try FaultRuleReader.rules(request.body))
        } catch {
            throw ChangeError("\(error)")
        }
    }

    // MARK: - The truth

    /// All objects in the order of creation, hidden ones included, deleted ones not.
    private func objects(_ name: String) throws(ChangeError) -> Answer {
        let kind = try endpoint(name)
        let offset = try integer("offset", 0...1 << 40) ?? 0
        let limit = try integer("limit", 0...Self.objectLimit) ?? 1000
        let renderer = Renderer(
            dataset: simulator.dataset, mutations: simulator.journal.current,
            isLive: request.value("livemode") == "true")
        let truth = ObjectSequence(kind, renderer, now: simulator.clock.now)
        return simulator.outputs.withOutput { output in
            output.append(
                "{\"endpoint\":\"\(kind.name)\",\"total\":\(truth.count),\"offset\":\(offset),\"data\":[".utf8)
            for (place, row) in truth.rows(from: offset, limit: limit).enumerated() {
                if place > 0 { output.append(UInt8(ascii: ",")) }
                renderer.write(row.kind, row.index, into: &output)
            }
            output.append("]}")
            return Answer(
                status: 200, headers: [Header(name: "Content-Type", value: "application/json")],
                body: output.withBytes { ByteBuffer(bytes: UnsafeRawBufferPointer($0)) })
        }
    }

    // MARK: - Parameters

    private func row() throws(ChangeError) -> Row {
        let kind = try endpoint(request.value("endpoint") ?? "")
        let id = request.value("id") ?? ""
        let renderer = Renderer(
            dataset: simulator.dataset, mutations: simulator.journal.current, isLive: false)
        guard let row = renderer.row(kind, id: id) else { throw ChangeError("there is no \(kind.name) '\(id)'") }
        return row
    }

    private func endpoint(_ name: String) throws(ChangeError) -> ObjectKind {
        do {
            return try ObjectKind(option: name)
        } catch {
            throw ChangeError("\(error)")
        }
    }

    private func integer(_ name: String, _ range: ClosedRange<Int>) throws(ChangeError) -> Int? {
        guard let value = request.value(name) else { return nil }
        guard let integer = Int(value), range.contains(integer) else {
            throw ChangeError("'\(name)' is '\(value)'; expected \(range.lowerBound) to \(range.upperBound)")
        }
        return integer
    }

    private func answer(_ status: Int, _ text: String) -> Answer {
        Answer(
            status: status, headers: [Header(name: "Content-Type", value: "application/json")],
            body: ByteBuffer(string: text))
    }
}
