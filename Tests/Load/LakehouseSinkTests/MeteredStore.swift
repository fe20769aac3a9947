import NilusCore
import ObjectStorage
import Synchronization

/// A store that counts what is read of data files.
final class MeteredStore: ObjectStore {
    private let store: any ObjectStore
    private let reads = Mutex<[String: Int]>([:])

    init(_ store: any ObjectStore) {
        self.store = store
    }

    /// Bytes read by the location of the Parquet file.
    var bytesRead: [String: Int] { reads.withLock { $0 } }

    func reset() { reads.withLock { $0 = [:] } }

    func read(_ location: String, range: Range<Int>) async throws -> [UInt8] {
        if location.hasSuffix(".parquet") { reads.withLock { $0[location, default: 0] += range.count } }
        return try await store.read(location, range: range)
    }

    func read(_ location: String, limit: Int) async throws -> [UInt8] {
        try await store.read(location, limit: limit)
    }

    func size(of location: String) async throws -> Int? { try await store.size(of: location) }

    func put(_ content: [UInt8], at location: String) async throws { try await store.put(content, at: location) }

    func putIfAbsent(_ content: [UInt8], at location: String) async throws -> Bool {
        try await store.putIfAbsent(content, at: location)
    }

    func upload(to location: String) async throws -> any ObjectUpload { try await store.upload(to: location) }

    func delete(_ location: String) async throws { try await store.delete(location) }

    func forEachPage(under folder: String, _ body: ([StoredObject]) async throws -> Void) async throws {
        try await store.forEachPage(under: folder, body)
    }

    func createContainer(_ location: String) async throws { try await store.createContainer(location) }
}
