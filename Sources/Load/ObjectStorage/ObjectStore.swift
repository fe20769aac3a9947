package import NilusCore

/// Where the files of tables lie: whole objects under locations, which are text such as `file:///lake/t/data/a.parquet`.
///
/// There are no folders to make first and no objects to change: an object appears whole or not at all.
/// Locations are taken as they stand in table metadata, without decoding.
package protocol ObjectStore: Sendable {
    /// Reads a whole object of at most `limit` bytes.
    ///
    /// - Throws: `sinkRefused` (terminal) when there is no such object, it is larger, or it may not be
    ///   read; `sinkUnavailable` (transient) when the storage does not answer properly. The functions
    ///   below use the same two codes.
    func read(_ location: String, limit: Int) async throws -> [UInt8]

    /// Reads a range of an object's bytes.
    ///
    /// - Returns: exactly the bytes of the range.
    /// - Throws: as ``read(_:limit:)``; an object that ends before the range does is refused.
    func read(_ location: String, range: Range<Int>) async throws -> [UInt8]

    /// The size of an object in bytes; `nil` when there is none.
    func size(of location: String) async throws -> Int?

    /// Stores an object, in place of an earlier one if need be.
    func put(_ content: [UInt8], at location: String) async throws

    /// Stores an object where there is none, in one step that only one of several writers can make.
    ///
    /// - Returns: `false`, having stored nothing, when there is an object already.
    func putIfAbsent(_ content: [UInt8], at location: String) async throws -> Bool

    /// Begins an object that is written piece by piece and appears when it is complete.
    func upload(to location: String) async throws -> any ObjectUpload

    /// Removes an object; does nothing when there is none.
    func delete(_ location: String) async throws

    /// Calls `body` with all objects under a folder, nested ones too, in pages of at most 1,000, by location.
    func forEachPage(under folder: String, _ body: ([StoredObject]) async throws -> Void) async throws

    /// Makes the place that objects are to lie in, where the storage wants it made first.
    func createContainer(_ location: String) async throws
}

/// An object that is being written; used by one task.
///
/// An upload that is dropped without ``complete()`` counts as aborted.
package protocol ObjectUpload: AnyObject {
    /// Bytes appended so far.
    var byteCount: Int { get }

    /// Bytes that are held in memory until there are enough of them to be sent.
    var heldBytes: Int { get }

    /// Appends bytes; they are gathered until there are enough of them to be sent.
    func append(_ bytes: UnsafeRawBufferPointer) throws

    /// Sends what has been gathered, where it is enough to be sent; to be called between appends, often
    /// enough to bound the memory.
    func send() async throws

    /// Makes the object durable, then visible.
    func complete() async throws

    /// Gives the object up; nothing of it stays.
    func abort() async
}

/// An object in a listing.
package struct StoredObject: Sendable, Hashable {
    /// Where the object is.
    package let location: String
    /// The size of the object.
    package let sizeBytes: Int
    /// When it was stored.
    package let modified: Timestamp

    /// An object of a location, a size and an age.
    package init(location: String, sizeBytes: Int, modified: Timestamp) {
        self.location = location
        self.sizeBytes = sizeBytes
        self.modified = modified
    }
}
