import ObjectStorage
import TemporaryFolders
import Testing

/// An object store and an empty place in it; every implementation joins the list.
final class StoreUnderTest: Sendable {
    let store: any ObjectStore
    /// Ends without a slash.
    let folder: String
    /// What goes when the test is over.
    private let place: any Sendable

    private init(_ store: any ObjectStore, folder: String, in place: any Sendable) {
        self.store = store
        self.folder = folder
        self.place = place
    }

    /// A kind of store, from which each test makes a fresh one.
    struct Kind: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let make: @Sendable () throws -> StoreUnderTest
    }

    static let kinds = [
        Kind(testDescription: "local files by URL") {
            let folder = try TemporaryFolder()
            return StoreUnderTest(LocalObjectStore(), folder: "file://\(folder.path)", in: folder)
        },
        Kind(testDescription: "local files by path") {
            let folder = try TemporaryFolder()
            return StoreUnderTest(LocalObjectStore(), folder: folder.path, in: folder)
        },
    ]
}
