import NilusCore
import ObjectStorage

/// A store of local files that lets something happen just before an object of some name is put.
struct InterruptingStore: ObjectStore {
    let files = LocalObjectStore()
    /// Called with the location of every object to be put.
    let beforePut: @Sendable (String) async throws -> Void

    func put(_ content: [UInt8], at location: String) async throws {
        try await beforePut(location)
        try await files.put(content, at: location)
    }

    func read(_ location: String, limit: Int) async throws -> [UInt8] {
        try await files.read(location, limit: limit)
    }

    func read(_ location: String, range: Range<Int>) async throws -> [UInt8] {
        try await files.read(location, range: range)
    }

    func size(of location: String) async throws -> Int? {
        try await files.size(of: location)
    }

    func putIfAbsent(_ content: [UInt8], at location: String) async throws -> Bool {
        try await files.putIfAbsent(content, at: location)
    }

    func upload(to location: String) async throws -> any ObjectUpload {
        try await files.upload(to: location)
    }

    func delete(_ location: String) async throws {
        try await files.delete(location)
    }

    func forEachPage(under folder: String, _ body: ([StoredObject]) async throws -> Void) async throws {
        try await files.forEachPage(under: folder, body)
    }

    func createContainer(_ location: String) async throws {
        try await files.createContainer(location)
    }
}
