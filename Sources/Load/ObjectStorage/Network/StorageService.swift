import HTTPTransport
import NilusCore

/// What differs between storages that are reached by HTTP: how requests are written, proven and answered.
///
/// ``RemoteObjectStore`` does with it what is common to them.
protocol StorageService: Sendable {
    /// Where the storage is, for messages: scheme, host and port.
    var endpoint: String { get }
    /// What the storage calls a container: `bucket`, `container`.
    var containerWord: String { get }

    /// - Throws: `sinkRefused` (terminal) when the location is none of this storage.
    func name(of location: String) throws(NilusError) -> ObjectName

    func read(_ object: ObjectName, range: Range<Int>?) -> StorageRequest
    func head(_ object: ObjectName) -> StorageRequest
    func delete(_ object: ObjectName) -> StorageRequest

    /// Stores an object; with a writer's mark only where there is none, and with the mark in its metadata.
    func put(_ content: [UInt8], at object: ObjectName, onlyIfAbsentBy writer: String?) -> StorageRequest
    /// The mark of the writer that stored an object, from the answer to ``head(_:)``.
    func writer(in head: HTTPResponse) -> String?

    func list(_ folder: ObjectName, after continuation: String?) -> StorageRequest
    /// - Throws: `XMLFault` when the answer is none.
    func page(in answer: HTTPResponse) throws(XMLFault) -> ListingPage

    /// Begins an upload in parts; `nil` where parts need no beginning.
    func beginUpload(of object: ObjectName) -> StorageRequest?
    /// The upload's id, which is not in an answer that is none.
    func uploadID(in answer: HTTPResponse) -> String?
    func part(_ content: [UInt8], number: Int, of upload: RunningUpload) -> StorageRequest
    /// What completing the upload must say of a part.
    func receipt(for part: StorageRequest, number: Int, answer: HTTPResponse, of upload: RunningUpload) -> PartReceipt?
    func completeUpload(_ upload: RunningUpload, _ parts: [PartReceipt]) -> StorageRequest
    /// A refusal that came with a status of success, as S3's completions may.
    func lateRefusal(in completion: HTTPResponse) -> StorageRefusal?
    /// Gives an upload up; `nil` where the storage forgets it by itself.
    func abortUpload(_ upload: RunningUpload) -> StorageRequest?

    /// The request with proof of who sends it, and in whose name, for messages.
    ///
    /// - Throws: `NilusError` when no credential can be had.
    func proven(_ request: StorageRequest, at moment: Timestamp) async throws -> (HTTPRequest, identity: String)
    /// Forgets a credential that the storage says is over, so that the next request gets a fresh one.
    ///
    /// - Returns: whether there may be a fresh one.
    func renewCredential() async -> Bool

    func refusal(in answer: HTTPResponse) -> StorageRefusal
}

/// An upload in parts that was begun.
struct RunningUpload: Sendable {
    let object: ObjectName
    let id: String
}

/// What the storage said of a part.
struct PartReceipt: Sendable, Equatable {
    let number: Int
    let tag: String
    /// The checksum in Base64, where the storage wants it again at the end.
    var checksum: String?
}

/// A page of a listing.
struct ListingPage: Sendable, Equatable {
    struct Entry: Sendable, Equatable {
        let key: String
        let sizeBytes: Int
        let modified: Timestamp
    }

    var entries: [Entry] = []
    /// Where the next page begins; `nil` after the last.
    var continuation: String?
}
