import HTTPTransport
import NilusCore

/// Objects in a storage that is reached by HTTP.
///
/// Everything that fails in passing is repeated; what may have happened unseen is looked up before it
/// is called a success or a failure.
package struct RemoteObjectStore: ObjectStore {
    let service: any StorageService
    let connection: StorageConnection

    init(_ service: any StorageService, _ connection: StorageConnection) {
        self.service = service
        self.connection = connection
    }

    package func read(_ location: String, limit: Int) async throws -> [UInt8] {
        let request = service.read(try service.name(of: location), range: nil)
        guard let response = try await send(request, limit: limit) else {
            throw NilusError.objectTooLarge(location, limit: limit)
        }
        return response.body.withBytes(Array.init)
    }

    package func read(_ location: String, range: Range<Int>) async throws -> [UInt8] {
        guard !range.isEmpty else { return try await readNothing(location, at: range.lowerBound) }
        var request = service.read(try service.name(of: location), range: range)
        request.expectedStatuses = [416]
        // A storage that knows no ranges sends the whole object, which is right only from its start.
        guard let response = try await send(request, limit: range.count),
            response.status != 200 || range.lowerBound == 0
        else { throw NilusError.storageAnswerUnreadable(request, at: service.endpoint, "is not the range asked for") }
        guard response.status != 416 else { throw NilusError.objectTooShort(location, range, availableBytes: 0) }
        guard response.body.count == range.count else {
            throw NilusError.objectTooShort(location, range, availableBytes: response.body.count)
        }
        return response.body.withBytes(Array.init)
    }

    /// Sends a request for content of at most so many bytes; `nil` when there is more.
    private func send(_ request: StorageRequest, limit: Int) async throws -> HTTPResponse? {
        var request = request
        // A refusal must fit as well, however short the content that was asked for.
        request.maximumAnswerBytes = max(limit, StorageLimits.refusalBytes)
        do {
            let response = try await send(request).response
            return response.isSuccess && response.body.count > limit ? nil : response
        } catch let failure as HTTPFailure where failure.kind == .tooLarge {
            return nil
        }
    }

    /// An empty range, which cannot be asked for.
    private func readNothing(_ location: String, at position: Int) async throws -> [UInt8] {
        guard let size = try await size(of: location) else {
            let request = service.head(try service.name(of: location))
            let refusal = StorageRefusal(status: 404, code: "", kind: .objectMissing)
            throw NilusError.storageRefused(request, refusal, of: service, identity: "")
        }
        guard position <= size else {
            throw NilusError.objectTooShort(location, position..<position, availableBytes: 0)
        }
        return []
    }

    package func size(of location: String) async throws -> Int? {
        guard let head = try await head(try service.name(of: location)) else { return nil }
        guard let size = head.headers["content-length"].flatMap({ Int($0) }), size >= 0 else {
            throw NilusError.storageAnswerUnreadable(
                service.head(try service.name(of: location)), at: service.endpoint, "tells no size")
        }
        return size
    }

    package func put(_ content: [UInt8], at location: String) async throws {
        _ = try await send(service.put(content, at: try service.name(of: location), onlyIfAbsentBy: nil))
    }

    package func putIfAbsent(_ content: [UInt8], at location: String) async throws -> Bool {
        let object = try service.name(of: location)
        let writer = Self.newMark()
        var request = service.put(content, at: object, onlyIfAbsentBy: writer)
        request.expectedStatuses = [409, 412]
        let answer = try await send(request)
        if answer.response.isSuccess { return true }
        let refusal = service.refusal(in: answer.response)
        guard refusal.kind == .conditionFailed else {
            throw NilusError.storageRefused(request, refusal, of: service, identity: "")
        }
        // The object that is in the way may be our own, of an attempt whose answer was lost.
        guard answer.mayBeRepetition, let head = try await head(object) else { return false }
        return service.writer(in: head) == writer
    }

    package func upload(to location: String) async throws -> any ObjectUpload {
        PartedUpload(of: try service.name(of: location), to: self)
    }

    package func delete(_ location: String) async throws {
        var request = service.delete(try service.name(of: location))
        request.expectedStatuses = [404]
        let response = try await send(request).response
        guard response.status == 404 else { return }
        let refusal = service.refusal(in: response)
        guard refusal.kind == .objectMissing else {
            throw NilusError.storageRefused(request, refusal, of: service, identity: "")
        }
    }

    package func forEachPage(
        under folder: String, _ body: ([StoredObject]) async throws -> Void
    ) async throws {
        let name = try service.name(of: folder)
        let prefix = name.listingPrefix
        let base = folder.hasSuffix("/") ? folder : folder + "/"
        var continuation: String?
        repeat {
            let request = service.list(name, after: continuation)
            let response = try await send(request).response
            let page: ListingPage
            do throws(XMLFault) { page = try service.page(in: response) } catch {
                throw NilusError.storageAnswerUnreadable(request, at: service.endpoint, "is no listing: \(error)")
            }
            guard page.continuation == nil || page.continuation != continuation else {
                throw NilusError.storageAnswerUnreadable(request, at: service.endpoint, "repeats a page of the listing")
            }
            continuation = page.continuation
            let objects = page.entries.compactMap { entry -> StoredObject? in
                // Consoles mark folders by empty objects whose names end in a slash.
                guard entry.key.hasPrefix(prefix), !entry.key.hasSuffix("/") else { return nil }
                return StoredObject(
                    location: base + entry.key.dropFirst(prefix.count), sizeBytes: entry.sizeBytes,
                    modified: entry.modified)
            }
            if !objects.isEmpty { try await body(objects) }
        } while continuation != nil
    }

    package func createContainer(_ location: String) async throws {
        // Folders need no making, and buckets are made by those who own the account.
        _ = try service.name(of: location)
    }

    func send(_ request: StorageRequest) async throws -> StorageAnswer {
        try await connection.send(request, to: service)
    }

    /// Size and metadata of an object; `nil` when there is none.
    func head(_ object: ObjectName) async throws -> HTTPResponse? {
        var request = service.head(object)
        request.expectedStatuses = [404]
        let response = try await send(request).response
        return response.status == 404 ? nil : response
    }

    /// A text that no other writer has.
    static func newMark() -> String {
        (0..<2).map { _ in
            let digits = String(UInt64.random(in: 0 ... .max), radix: 16)
            return String(repeating: "0", count: 16 - digits.count) + digits
        }.joined()
    }
}

extension NilusError {
    static func objectTooLarge(_ name: String, limit: Int) -> NilusError {
        NilusError(
            .load, .sinkRefused,
            "cannot read '\(name)': it is larger than \(limit.asByteCount); expected a smaller file")
    }
}
