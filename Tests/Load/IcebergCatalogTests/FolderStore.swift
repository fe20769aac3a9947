import NilusCore
import ObjectStorage
import TemporaryFolders

/// Keeps the objects of any storage in a folder: catalogs are tested for what they do, not for where files lie.
struct FolderStore: ObjectStore {
    let place: TemporaryFolder
    private let files = LocalObjectStore()

    init(place: TemporaryFolder) {
        self.place = place
    }

    /// The file for a location such as `s3://lake/a/b`.
    private func path(_ location: String) -> String {
        "\(place.path)/objects/" + location.split(separator: "/").dropFirst().joined(separator: "/")
    }

    func read(_ location: String, limit: Int) async throws -> [UInt8] {
        try await files.read(path(location), limit: limit)
    }

    func read(_ location: String, range: Range<Int>) async throws -> [UInt8] {
        try await files.read(path(location), range: range)
    }

    func size(of location: String) async throws -> Int? {
        try await files.size(of: path(location))
    }

    func put(_ content: [UInt8], at location: String) async throws {
        try await files.put(content, at: path(location))
    }

    func putIfAbsent(_ content: [UInt8], at location: String) async throws -> Bool {
        try await files.putIfAbsent(content, at: path(location))
    }

    func upload(to location: String) async throws -> any ObjectUpload {
        try await files.upload(to: path(location))
    }

    func delete(_ location: String) async throws {
        try await files.delete(path(location))
    }

    func forEachPage(under folder: String, _ body: ([StoredObject]) async throws -> Void) async throws {
        try await files.forEachPage(under: path(folder), body)
    }

    func createContainer(_ location: String) async throws {
        try await files.createContainer(path(location))
    }
}
