import HTTPTransport
import JSON
import Loading
import LoopbackServer
import NilusCore
import Synchronization

@testable import Iceberg
@testable import IcebergCatalog

/// A catalog service of canned answers, for what a real one does not do when asked.
final class CatalogService: Sendable {
    typealias Answer = LoopbackServer.Answer

    /// A request as the service saw it.
    struct Request: Sendable {
        let text: String
        /// Method and path, such as `GET /v1/config`.
        let line: String

        init(_ text: String) {
            self.text = text
            line = text.split(separator: " ", maxSplits: 2).prefix(2).joined(separator: " ")
        }

        /// The value of a header line.
        func header(_ name: String) -> String? {
            text.split(separator: "\r\n").first { $0.lowercased().hasPrefix("\(name.lowercased()): ") }
                .map { String($0.dropFirst(name.count + 2)) }
        }

        var body: String { String(text.split(separator: "\r\n\r\n", maxSplits: 1).dropFirst().first ?? "") }
    }

    private let server: LoopbackServer
    private let slept = Mutex<[Duration]>([])
    private let clock = Mutex(Duration.zero)

    /// Answers `GET /v1/config` with `settings`, and everything else as `answer` says.
    init(settings: String = "{}", _ answer: @escaping @Sendable (Int, Request) -> Answer) throws {
        let count = Mutex(0)
        server = try LoopbackServer { _, text in
            let request = Request(text)
            if request.line.hasPrefix("GET /v1/config") { return .http(200, body: settings) }
            let number = count.withLock { count in
                count += 1
                return count - 1
            }
            return answer(number, request)
        }
    }

    var base: String { server.base }

    /// The requests so far, without those for the settings.
    var requests: [Request] { server.received.map(Request.init).filter { !$0.line.hasPrefix("GET /v1/config") } }
    var settingsRequests: [Request] { server.received.map(Request.init).filter { $0.line.hasPrefix("GET /v1/config") } }
    /// The pauses so far.
    var pauses: [Duration] { slept.withLock { $0 } }

    /// Time that passes only by waiting, and by this.
    func pass(_ duration: Duration) { clock.withLock { $0 += duration } }

    private var time: TimeSource {
        TimeSource(
            monotonic: { [self] in clock.withLock { $0 } },
            utc: { Timestamp(microseconds: 1_700_000_000_000_000) },
            sleep: { [self] pause in slept.withLock { $0.append(pause) } })
    }

    /// A catalog at another base, with the clock of this service.
    func open(asking base: String) async throws -> RESTCatalog {
        let settings = try RESTServerSettings(["defaults": [:]])
        return RESTCatalog(
            session: RESTSession(.none, http: SeaweedFS.http, time: time),
            routes: try RESTRoutes(base: base, settings), settings: settings, wantsCredentials: false)
    }

    func open(
        _ authentication: RESTAuthentication = .none, wantsCredentials: Bool = false,
        timeout: Duration = RESTConnection.standardTimeout
    ) async throws -> RESTCatalog {
        let connection = RESTConnection(
            base: base, warehouse: nil, authentication: authentication, wantsCredentials: wantsCredentials,
            timeout: timeout)
        return try await RESTCatalog.open(connection, http: SeaweedFS.http, time: time)
    }
}

extension CatalogService {
    static let charges = CatalogUnderTest.charges

    /// The state of a table with the snapshots of some ids, the last being the current one.
    static func metadata(snapshots ids: [Int64] = []) throws -> TableMetadata {
        let moment = Timestamp(microseconds: 1_700_000_000_000_000)
        let creation = TableCreation(
            uuid: "11111111-2222-4333-8444-555555555555", location: "s3://lake/sales/charges",
            schema: IcebergSchema(creating: CatalogUnderTest.columns))
        var metadata = try TableMetadata.creating(creation.updates, at: moment)
        for id in ids {
            metadata = try metadata.applying(
                change(adding: id, to: metadata).updates, at: moment, previousLocation: "m")
        }
        return metadata
    }

    /// The table as a catalog would answer with it.
    static func body(snapshots ids: [Int64], more: JSONObject = [:]) throws -> String {
        var object: JSONObject = [
            "metadata-location": .string("s3://lake/sales/charges/metadata/\(ids.count).json"),
            "metadata": .object(try metadata(snapshots: ids).document),
        ]
        for member in more.members { object[member.name] = member.value }
        return JSONValue.object(object).compactText
    }

    static func table(snapshots ids: [Int64] = []) throws -> CatalogTable {
        CatalogTable(
            identifier: charges, metadata: try metadata(snapshots: ids),
            metadataLocation: "s3://lake/sales/charges/metadata/\(ids.count).json")
    }

    static func change(adding id: Int64, to table: TableMetadata) throws -> TableChange {
        let parent = table.currentSnapshot?.id
        let snapshot = Snapshot(
            id: id, parentID: parent, sequenceNumber: table.lastSequenceNumber + 1,
            timestampMilliseconds: 1_700_000_000_000, manifestList: "s3://lake/l",
            summary: [("operation", "append")], schemaID: 0)
        return TableChange(
            requirements: [.reference("main", snapshotID: parent)],
            updates: [.addSnapshot(snapshot), .setReference("main", SnapshotReference(branchAt: id))])
    }

    static func refusal(_ status: Int, _ type: String, _ message: String) -> Answer {
        .http(status, body: #"{"error": {"message": "\#(message)", "type": "\#(type)", "code": \#(status)}}"#)
    }
}
