import NilusCore
import ObjectStorage
import Synchronization

/// A store that holds every upload in memory until it is complete, as one that sends large parts does.
final class GatheringStore: ObjectStore {
    private let files = LocalObjectStore()
    private let held = Mutex((now: 0, most: 0, uploads: 0, mostUploads: 0))

    /// The most bytes that all uploads held at the same time.
    var mostBytes: Int { held.withLock { $0.most } }
    /// The most uploads that were open at the same time.
    var mostUploads: Int { held.withLock { $0.mostUploads } }

    fileprivate func add(_ bytes: Int, uploads: Int = 0) {
        held.withLock { held in
            held.now += bytes
            held.uploads += uploads
            held.most = max(held.most, held.now)
            held.mostUploads = max(held.mostUploads, held.uploads)
        }
    }

    func upload(to location: String) async throws -> any ObjectUpload {
        add(0, uploads: 1)
        return GatheringUpload(of: self, into: try await files.upload(to: location))
    }

    func read(_ location: String, limit: Int) async throws -> [UInt8] { try await files.read(location, limit: limit) }

    func read(_ location: String, range: Range<Int>) async throws -> [UInt8] {
        try await files.read(location, range: range)
    }

    func size(of location: String) async throws -> Int? { try await files.size(of: location) }

    func put(_ content: [UInt8], at location: String) async throws { try await files.put(content, at: location) }

    func putIfAbsent(_ content: [UInt8], at location: String) async throws -> Bool {
        try await files.putIfAbsent(content, at: location)
    }

    func delete(_ location: String) async throws { try await files.delete(location) }

    func forEachPage(under folder: String, _ body: ([StoredObject]) async throws -> Void) async throws {
        try await files.forEachPage(under: folder, body)
    }

    func createContainer(_ location: String) async throws { try await files.createContainer(location) }
}

private final class GatheringUpload: ObjectUpload {
    private let owner: GatheringStore
    private let upload: any ObjectUpload

    init(of owner: GatheringStore, into upload: any ObjectUpload) {
        self.owner = owner
        self.upload = upload
    }

    var byteCount: Int { upload.byteCount }
    var heldBytes: Int { upload.byteCount }

    func append(_ bytes: UnsafeRawBufferPointer) throws {
        try upload.append(bytes)
        owner.add(bytes.count)
    }

    func send() async throws {}

    func complete() async throws {
        try await upload.complete()
        owner.add(-upload.byteCount, uploads: -1)
    }

    func abort() async {
        await upload.abort()
        owner.add(-upload.byteCount, uploads: -1)
    }
}
