import Glibc
import NilusCore
@testable import ObjectStorage
import TemporaryFolders
import Testing

struct `Local files` {
    private func store(_ change: (inout DiskCalls) -> Void) -> LocalObjectStore {
        var disk = DiskCalls.system
        change(&disk)
        return LocalObjectStore(disk: disk)
    }

    /// A disk on which so many bytes fit.
    private func store(thatHolds capacity: Int, then number: Int32 = ENOSPC) -> LocalObjectStore {
        store { disk in
            disk.write = { descriptor, bytes, count in
                var facts = stat()
                fstat(descriptor, &facts)
                let room = capacity - Int(facts.st_size)
                guard room > 0 else {
                    errno = number
                    return -1
                }
                return write(descriptor, bytes, min(count, room))
            }
        }
    }

    private func refusing(_ number: Int32) -> @Sendable (String) -> Int32 {
        { _ in
            errno = number
            return -1
        }
    }

    @Test func `are written under a hidden name first, which a listing leaves out`() async throws {
        let folder = try TemporaryFolder()
        let upload = try await LocalObjectStore().upload(to: "\(folder.path)/a.parquet")
        try upload.append(Array(repeating: 1, count: 200_000))

        let hidden = try folder.names()
        var listed: [StoredObject] = []
        try await LocalObjectStore().forEachPage(under: folder.path) { listed += $0 }

        #expect(hidden.count == 1)
        #expect(hidden[0].hasPrefix(".a.parquet.") && hidden[0].hasSuffix(".partial"))
        #expect(listed.isEmpty)
        await upload.abort()
        #expect(try folder.names().isEmpty)
    }

    @Test func `can be read by others and written by nobody else`() async throws {
        let folder = try TemporaryFolder()

        try await LocalObjectStore().put([1], at: "\(folder.path)/d/a")

        var facts = stat()
        #expect(stat("\(folder.path)/d/a", &facts) == 0)
        #expect(facts.st_mode & 0o133 == 0)
        #expect(stat("\(folder.path)/d", &facts) == 0)
        #expect(facts.st_mode & 0o022 == 0)
    }

    @Test func `survive a system that writes a few bytes at a time`() async throws {
        let folder = try TemporaryFolder()
        let slow = store { disk in disk.write = { write($0, $1, min($2, 3)) } }

        try await slow.put(Array(0..<100), at: "\(folder.path)/a")

        #expect(try await slow.read("\(folder.path)/a", limit: 100) == Array(0..<100))
    }

    @Test(arguments: [ENOSPC, EDQUOT]) func `on a full disk leave nothing behind`(_ number: Int32) async throws {
        let folder = try TemporaryFolder()
        let full = store(thatHolds: 150_000, then: number)
        let path = "\(folder.path)/a.parquet"

        let put = await #expect(throws: NilusError.self) {
            try await full.put(Array(repeating: 1, count: 200_000), at: path)
        }
        let upload = try await full.upload(to: "file://\(path)")
        try upload.append(Array(repeating: 1, count: 140_000))
        let append = #expect(throws: NilusError.self) {
            try upload.append(Array(repeating: 1, count: 140_000))
        }

        let words = String(cString: strerror(number)).lowercased()
        for error in [put, append] {
            #expect(error?.code == .sinkRefused)
            #expect(
                error?.message == "cannot write '\(path)': \(words) after 146.5 KiB; "
                    + "free space there or choose another warehouse")
        }
        #expect(try folder.names().isEmpty)
        await #expect(throws: NilusError.self) { try await upload.complete() }
        #expect(try folder.names().isEmpty)
    }

    @Test func `whose content cannot be made durable do not appear`() async throws {
        let folder = try TemporaryFolder()
        let broken = store { disk in
            disk.sync = { _ in
                errno = EIO
                return -1
            }
        }

        let error = await #expect(throws: NilusError.self) { try await broken.put([1], at: "\(folder.path)/a") }
        let unique = await #expect(throws: NilusError.self) {
            try await broken.putIfAbsent([1], at: "\(folder.path)/a")
        }

        #expect(error?.code == .sinkUnavailable)
        #expect(error?.disposition == .transient())
        #expect(error?.message == "cannot write '\(folder.path)/a': input/output error after 1 B")
        #expect(unique?.code == .sinkUnavailable)
        #expect(try folder.names().isEmpty)
    }

    struct Refusal: Sendable, CustomTestStringConvertible {
        let number: Int32
        let message: String
        var testDescription: String { message }
    }

    @Test(arguments: [
        Refusal(number: EROFS, message: "read-only file system; mount it writable or choose another warehouse"),
        Refusal(
            number: EACCES,
            message: "permission denied for user \(geteuid()); grant access or choose another warehouse"),
        Refusal(
            number: EPERM,
            message: "operation not permitted for user \(geteuid()); grant access or choose another warehouse"),
    ])
    func `that may not be made say why`(_ refusal: Refusal) async throws {
        let folder = try TemporaryFolder()
        let closed = store { disk in
            disk.create = refusing(refusal.number)
            disk.makeDirectory = refusing(refusal.number)
        }

        let write = await #expect(throws: NilusError.self) { try await closed.put([1], at: "\(folder.path)/a") }
        let make = await #expect(throws: NilusError.self) { try await closed.createContainer("\(folder.path)/w") }

        #expect(write?.code == .sinkRefused)
        #expect(write?.message == "cannot write '\(folder.path)/a': \(refusal.message)")
        #expect(make?.message == "cannot create '\(folder.path)/w': \(refusal.message)")
    }

    @Test func `do not take the place of folders, nor folders theirs`() async throws {
        let folder = try TemporaryFolder()
        let store = LocalObjectStore()
        try await store.put([1], at: "\(folder.path)/file")
        try await store.createContainer("\(folder.path)/folder")

        let below = await #expect(throws: NilusError.self) { try await store.put([1], at: "\(folder.path)/file/a/b") }
        let container = await #expect(throws: NilusError.self) {
            try await store.createContainer("\(folder.path)/file")
        }
        let onFolder = await #expect(throws: NilusError.self) { try await store.put([1], at: "\(folder.path)/folder") }
        let readFolder = await #expect(throws: NilusError.self) {
            try await store.read("\(folder.path)/folder", limit: 1)
        }

        let inTheWay = "'\(folder.path)/file' is a file; expected a directory"
        #expect(below?.message == "cannot write '\(folder.path)/file/a/b': \(inTheWay)")
        #expect(container?.message == "cannot create '\(folder.path)/file': \(inTheWay)")
        #expect(onFolder?.message == "cannot write '\(folder.path)/folder': it is a directory; expected a file")
        #expect(readFolder?.message == "cannot read '\(folder.path)/folder': it is a directory; expected a file")
        #expect(try await store.size(of: "\(folder.path)/folder") == nil)
        #expect(try folder.names() == ["file", "folder"])
    }

    @Test func `are not found through symbolic links when listed`() async throws {
        let folder = try TemporaryFolder()
        try await LocalObjectStore().put([1], at: "\(folder.path)/a")
        #expect(symlink(folder.path, "\(folder.path)/loop") == 0)

        var listed: [StoredObject] = []
        try await LocalObjectStore().forEachPage(under: folder.path) { listed += $0 }

        #expect(listed.map(\.location) == ["\(folder.path)/a"])
    }
}

struct `Locations of local files` {
    @Test(arguments: [
        ("file:///a/b c", "/a/b c"), ("file:/a/b", "/a/b"), ("/a/b", "/a/b"), ("file://localhost/a", "/a"),
        ("file:///a%20b", "/a%20b"),
    ])
    func `name paths without decoding`(_ location: String, _ path: String) throws {
        #expect(try LocalPath.path(of: location) == path)
    }

    @Test(arguments: ["s3://bucket/a", "a/b", "", "file://host/a", "file:a"])
    func `elsewhere are refused`(_ location: String) {
        let error = #expect(throws: NilusError.self) { try LocalPath.path(of: location) }

        #expect(
            error?.message == "cannot use location '\(location)': it names no file of this machine; "
                + "'file:///path' was expected")
    }

    @Test(arguments: ["/a?b", "/a#b"]) func `that readers cut off are refused`(_ path: String) {
        let error = #expect(throws: NilusError.self) { try LocalPath.location(of: path) }

        #expect(
            error?.message == "cannot use location 'file://\(path)': it holds '?' or '#', where readers of tables "
                + "cut it; rename the folder")
    }

    @Test func `are made of what people write`() throws {
        #expect(try LocalPath.location(of: "/a//b/./c/../d/") == "file:///a/b/d")
        let here = try #require(getcwd(nil, 0).map { String(cString: $0) })
        #expect(try LocalPath.location(of: "./warehouse") == "file://\(here)/warehouse")
    }
}

extension ObjectUpload {
    /// Appends the bytes of a list.
    fileprivate func append(_ bytes: [UInt8]) throws {
        try bytes.withUnsafeBytes { try append($0) }
    }
}
