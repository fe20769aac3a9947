import Glibc
import NilusCore

/// Objects as files of this machine, or of a file system mounted on it.
///
/// Every write goes to a hidden file beside its place, is made durable (`fsync` of file and folder)
/// and only then gets its name. A process that is killed leaves hidden files behind, never half an object.
/// Missing folders are made, as object stores know none.
package struct LocalObjectStore: ObjectStore {
    private let disk: DiskCalls

    /// A store of the machine's files.
    package init() {
        self.init(disk: .system)
    }

    init(disk: DiskCalls) {
        self.disk = disk
    }

    package func read(_ location: String, limit: Int) async throws -> [UInt8] {
        let path = try LocalPath.path(of: location)
        do throws(SystemError) { return Array(try Files.read(path, limit: limit)) } catch {
            throw NilusError.diskRefused("read", path, error, limit: limit)
        }
    }

    package func read(_ location: String, range: Range<Int>) async throws -> [UInt8] {
        let path = try LocalPath.path(of: location)
        let bytes: [UInt8]
        do throws(SystemError) { bytes = try Self.read(path, range) } catch {
            throw NilusError.diskRefused("read", path, error)
        }
        guard bytes.count == range.count else {
            throw NilusError.objectTooShort(path, range, availableBytes: bytes.count)
        }
        return bytes
    }

    /// The bytes of a range, fewer where the file ends.
    private static func read(_ path: String, _ range: Range<Int>) throws(SystemError) -> [UInt8] {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw .last }
        defer { close(descriptor) }
        var facts = stat()
        guard fstat(descriptor, &facts) == 0 else { throw .last }
        let end = min(range.upperBound, Int(facts.st_size))
        var failure: SystemError?
        let bytes = [UInt8](unsafeUninitializedCapacity: max(0, end - range.lowerBound)) { buffer, count in
            while count < buffer.count {
                let target = buffer.baseAddress?.advanced(by: count)
                let read = pread(descriptor, target, buffer.count - count, range.lowerBound + count)
                if read < 0, errno == EINTR { continue }
                if read < 0 { failure = .last }
                guard read > 0 else { return }
                count += read
            }
        }
        if let failure { throw failure }
        return bytes
    }

    package func size(of location: String) async throws -> Int? {
        let path = try LocalPath.path(of: location)
        var facts = stat()
        guard stat(path, &facts) == 0 else {
            if SystemError.last.isNotFound { return nil }
            throw NilusError.diskRefused("read", path, .last)
        }
        return facts.isRegularFile ? Int(facts.st_size) : nil
    }

    package func put(_ content: [UInt8], at location: String) async throws {
        _ = try write(content, to: location) { file throws(SystemError) in
            try file.replace()
            return true
        }
    }

    package func putIfAbsent(_ content: [UInt8], at location: String) async throws -> Bool {
        try write(content, to: location) { file throws(SystemError) in try file.replaceNothing() }
    }

    package func upload(to location: String) async throws -> any ObjectUpload {
        try LocalUpload(to: try LocalPath.path(of: location), on: disk)
    }

    package func delete(_ location: String) async throws {
        let path = try LocalPath.path(of: location)
        guard unlink(path) == 0 || SystemError.last.isNotFound else {
            throw NilusError.diskRefused("delete", path, .last)
        }
    }

    package func createContainer(_ location: String) async throws {
        let path = try LocalPath.path(of: location)
        do throws(SystemError) { try PartialFile.makeFolders(path, on: disk) } catch {
            throw NilusError.diskRefused("create", path, error)
        }
        var facts = stat()
        guard stat(path, &facts) == 0, facts.isDirectory else {
            throw NilusError.diskRefused("create", path, SystemError(number: ENOTDIR))
        }
    }

    private func write(
        _ content: [UInt8], to location: String, _ finish: (consuming PartialFile) throws(SystemError) -> Bool
    ) throws(NilusError) -> Bool {
        let path = try LocalPath.path(of: location)
        var written = 0
        do throws(SystemError) {
            var file = try PartialFile(for: path, on: disk)
            do throws(SystemError) { try file.append(content) } catch {
                written = file.byteCount
                throw error
            }
            written = content.count
            return try finish(file)
        } catch {
            throw .diskRefused("write", path, error, written: written)
        }
    }
}

extension stat {
    var isRegularFile: Bool { st_mode & S_IFMT == S_IFREG }
    var isDirectory: Bool { st_mode & S_IFMT == S_IFDIR }
}
