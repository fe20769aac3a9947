import Foundation

/// An empty folder for one test, removed with its content when nobody holds it any more.
///
/// It lies in memory where the machine has a place for that, so that waiting for a busy disk costs no time.
package final class TemporaryFolder: Sendable {
    package let path: String

    private static let inMemory = "/dev/shm"

    package init() throws {
        let files = FileManager.default
        let parent =
            files.isWritableFile(atPath: Self.inMemory) ? URL(fileURLWithPath: Self.inMemory) : files.temporaryDirectory
        let folder = parent.appendingPathComponent("nilus-\(UUID().uuidString)")
        try files.createDirectory(at: folder, withIntermediateDirectories: false)
        path = folder.path
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    /// Writes a text file, which only the owner can read unless `mode` says otherwise; makes folders on the way.
    package func write(_ text: String, to name: String, mode: Int = 0o600) throws {
        let file = URL(fileURLWithPath: path).appendingPathComponent(name)
        try FileManager.default.createDirectory(
            at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(text.utf8).write(to: file)
        try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: file.path)
    }

    /// The names of everything in the folder, hidden files too.
    package func names() throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: path).sorted()
    }
}
