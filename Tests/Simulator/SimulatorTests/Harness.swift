import Foundation
import NIOCore
import Synchronization

@testable import stripe_simulator

/// A simulator that is asked directly, without a network between.
struct Harness {
    static let key = "sk_test_simulatorTests0001"

    /// One for all tests that only read; its objects have every shape.
    static let shared = Harness { $0.objects = ObjectCounts(usual: 128) }

    private static let sharedTruth = Mutex<[ObjectKind: [JSONText]]>([:])

    /// All objects of the shared simulator's endpoint in the order of creation, read once.
    static func sharedTruth(_ kind: ObjectKind) -> [JSONText] {
        if let known = sharedTruth.withLock({ $0[kind] }) { return known }
        let truth = shared.truth(kind)
        sharedTruth.withLock { $0[kind] = truth }
        return truth
    }

    let simulator: Simulator

    init(_ configure: (inout SimulatorOptions) -> Void = { _ in }) {
        var options = SimulatorOptions()
        configure(&options)
        simulator = Simulator(options)
    }

    /// Asks as a client with a valid key does.
    func get(_ uri: String, key: String = key, _ headers: [String: String] = [:]) -> Reply {
        var lines = headers.map { Header(name: $0.key, value: $0.value) }
        if headers["Authorization"] == nil { lines.append(Header(name: "Authorization", value: "Bearer \(key)")) }
        return ask(Request(method: "GET", uri: uri, headers: lines))
    }

    func ask(_ request: Request) -> Reply {
        let pending = simulator.receive(request)
        let answer = simulator.answer(pending)
        simulator.ledger.answered(
            pending.route.operation, status: answer.status, bytes: answer.plannedBytes, rows: answer.rows)
        simulator.ledger.end(pending.route.operation)
        return Reply(answer)
    }

    /// Asks the simulator about itself.
    func admin(_ method: String, _ name: String, body: String = "") -> Reply {
        let request = Request(method: method, uri: "/__simulator/\(name)", body: Array(body.utf8))
        return Reply(AdminRoutes(simulator, request).answer())
    }

    /// All objects of an endpoint in the order of creation.
    func truth(_ kind: ObjectKind) -> [JSONText] {
        var objects: [JSONText] = []
        repeat {
            let page = admin("GET", "objects/\(kind.name)?offset=\(objects.count)&limit=10000")
            objects += page.json["data"]?.items ?? []
            if page.json["total"]?.integer == objects.count { return objects }
        } while true
    }

    /// Walks a list from the newest row to the oldest by cursor.
    func walk(_ path: String, query: String = "", limit: Int = 100) -> [JSONText] {
        var rows: [JSONText] = []
        var cursor = ""
        while true {
            let page = get("\(path)?limit=\(limit)\(query.isEmpty ? "" : "&" + query)\(cursor)")
            rows += page.rows
            guard page.json["has_more"]?.bool == true, let last = page.rows.last?.id else { return rows }
            cursor = "&starting_after=\(last.encoded)"
        }
    }

    /// The path under which an endpoint is listed.
    static func path(_ kind: ObjectKind) -> String {
        kind.facts?.path ?? ""
    }
}

/// An answer, taken apart.
struct Reply {
    let status: Int
    let headers: [Header]
    let bytes: [UInt8]
    let delivery: Delivery

    init(_ answer: Answer) {
        status = answer.status
        headers = answer.headers
        bytes = Array(answer.body.readableBytesView)
        delivery = answer.delivery
    }

    var text: String { String(decoding: bytes, as: UTF8.self) }

    var json: JSONText {
        (try? JSONTextParser.parse(bytes)) ?? JSONText(shape: .null, bytes: [][...])
    }

    var rows: [JSONText] { json["data"]?.items ?? [] }
    var ids: [String] { rows.compactMap(\.id) }
    var error: JSONText? { json["error"] }

    func header(_ name: String) -> String? {
        headers.first { $0.name == name }?.value
    }
}

extension JSONText {
    var id: String? { self["id"]?.string }

    /// The value as it was written.
    var text: String { String(decoding: bytes, as: UTF8.self) }

    /// The second of creation, which invoice items call `date`.
    var createdSecond: Int? { self["created"]?.integer ?? self["date"]?.integer }
}

extension String {
    /// The text as the value of a query parameter or a part of a path.
    var encoded: String {
        addingPercentEncoding(withAllowedCharacters: .alphanumerics.union(CharacterSet(charactersIn: "_"))) ?? self
    }
}
