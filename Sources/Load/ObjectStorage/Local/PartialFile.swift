import Glibc
import NilusCore
import Synchronization

/// A file that is written under a hidden name beside its place and moved there when it is durable.
struct PartialFile: ~Copyable {
    /// The end of the hidden names; listings leave them out.
    static let suffix = ".partial"
    private static let counter = Atomic<UInt64>(0)

    private let disk: DiskCalls
    private let path: String
    private let hiddenPath: String
    private let descriptor: Int32
    private(set) var byteCount = 0

    /// Creates the file, and the folders above it that are missing.
    init(for path: String, on disk: DiskCalls) throws(SystemError) {
        self.disk = disk
        self.path = path
        let folder = LocalPath.parent(of: path)
        let number = Self.counter.add(1, ordering: .relaxed).newValue
        hiddenPath = "\(folder)/.\(path.dropFirst(folder.count + 1)).\(getpid()).\(number)\(Self.suffix)"
        var created = disk.create(hiddenPath)
        if created < 0, errno == ENOENT {
            try Self.makeFolders(folder, on: disk)
            created = disk.create(hiddenPath)
        }
        guard created >= 0 else { throw .last }
        descriptor = created
    }

    deinit {
        close(descriptor)
        // Has no effect after the file was moved.
        unlink(hiddenPath)
    }

    mutating func append(_ bytes: [UInt8]) throws(SystemError) {
        var offset = 0
        while offset < bytes.count {
            let written = bytes.withUnsafeBytes { [descriptor, disk] in
                disk.write(descriptor, $0.baseAddress?.advanced(by: offset), bytes.count - offset)
            }
            if written < 0, errno == EINTR { continue }
            guard written > 0 else { throw written < 0 ? .last : SystemError(number: ENOSPC) }
            offset += written
            byteCount += written
        }
    }

    /// Makes the file durable and moves it to its place, where it takes that of an earlier one.
    consuming func replace() throws(SystemError) {
        guard disk.sync(descriptor) == 0, disk.rename(hiddenPath, path) == 0 else { throw .last }
        try Self.syncFolder(LocalPath.parent(of: path), on: disk)
    }

    /// Makes the file durable and gives it its place, unless that is taken.
    consuming func replaceNothing() throws(SystemError) -> Bool {
        guard disk.sync(descriptor) == 0 else { throw .last }
        if disk.link(hiddenPath, path) != 0 {
            guard errno == EEXIST else { throw .last }
            return false
        }
        try Self.syncFolder(LocalPath.parent(of: path), on: disk)
        return true
    }

    /// Makes a folder and those above it; the existing ones are left alone.
    static func makeFolders(_ folder: String, on disk: DiskCalls) throws(SystemError) {
        if disk.makeDirectory(folder) == 0 {
            try syncFolder(LocalPath.parent(of: folder), on: disk)
            return
        }
        switch errno {
        case EEXIST: return
        case ENOENT where folder != "/":
            try makeFolders(LocalPath.parent(of: folder), on: disk)
            guard disk.makeDirectory(folder) == 0 || errno == EEXIST else { throw .last }
            try syncFolder(LocalPath.parent(of: folder), on: disk)
        default: throw .last
        }
    }

    /// Makes the names in a folder durable.
    private static func syncFolder(_ folder: String, on disk: DiskCalls) throws(SystemError) {
        let descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw .last }
        defer { close(descriptor) }
        // Some network file systems cannot do this for folders and need it not.
        guard disk.sync(descriptor) == 0 || errno == EINVAL || errno == ENOTSUP else { throw .last }
    }
}
