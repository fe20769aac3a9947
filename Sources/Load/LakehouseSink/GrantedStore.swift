import NilusCore
import ObjectStorage

/// Takes each object to the storage that is reached with the credentials for its location.
struct GrantedStore: ObjectStore {
    /// The storage for a location, with the credentials that count there.
    let storage: @Sendable (String) -> any ObjectStore

    func read(_ location: String, limit: Int) async throws -> [UInt8] {
        try await storage(location).read(location, limit: limit)
    }

    func read(_ location: String, range: Range<Int>) async throws -> [UInt8] {
        try await storage(location).read(location, range: range)
    }

    func size(of location: String) async throws -> Int? {
        try await storage(location).size(of: location)
    }

    func put(_ content: [UInt8], at location: String) async throws {
        try await storage(location).put(content, at: location)
    }

    func putIfAbsent(_ content: [UInt8], at location: String) async throws -> Bool {
        try await storage(location).putIfAbsent(content, at: location)
    }

    func upload(to location: String) async throws -> any ObjectUpload {
        try await storage(location).upload(to: location)
    }

    func delete(_ location: String) async throws {
        try await storage(location).delete(location)
    }

    func forEachPage(under folder: String, _ body: ([StoredObject]) async throws -> Void) async throws {
        try await storage(folder).forEachPage(under: folder, body)
    }

    func createContainer(_ location: String) async throws {
        try await storage(location).createContainer(location)
    }
}
