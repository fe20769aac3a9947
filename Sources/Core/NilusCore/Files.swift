import Glibc

/// What a system call refused, with the name and text of the operating system.
package struct SystemError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The `errno` value.
    package let number: Int32

    package init(number: Int32) {
        self.number = number
    }

    /// The error of the last system call on this thread.
    package static var last: SystemError { SystemError(number: errno) }

    package var isNotFound: Bool { number == ENOENT || number == ENOTDIR }
    package var isTooLarge: Bool { number == EFBIG }
    package var isNoSpace: Bool { number == ENOSPC || number == EDQUOT }
    package var isAccessRefused: Bool { number == EACCES || number == EPERM || number == EROFS }

    package var description: String { String(cString: strerror(number)).lowercased() }
}

/// Whole-file operations on the local file system.
package enum Files {
    /// Reads a whole file of at most `limit` bytes.
    ///
    /// - Throws: `SystemError`; `EFBIG` when the file is larger than the limit.
    package static func read(_ path: String, limit: Int) throws(SystemError) -> ContiguousArray<UInt8> {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw .last }
        defer { close(descriptor) }
        return try read(descriptor: descriptor, limit: limit)
    }

    /// Reads an open file, or standard input (descriptor 0), to its end.
    package static func read(descriptor: Int32, limit: Int) throws(SystemError) -> ContiguousArray<UInt8> {
        var content = ContiguousArray<UInt8>()
        // Small files, secrets among them, never move in memory and so leave no copy behind.
        content.reserveCapacity(min(limit, 65_536) + 16_384)
        var chunk = ContiguousArray<UInt8>(repeating: 0, count: 16_384)
        defer { chunk.withUnsafeMutableBytes { $0.wipe() } }
        while true {
            let count = chunk.withUnsafeMutableBytes { Glibc.read(descriptor, $0.baseAddress, $0.count) }
            if count < 0 {
                if errno == EINTR { continue }
                throw .last
            }
            if count == 0 { return content }
            content.append(contentsOf: chunk[..<count])
            guard content.count <= limit else { throw SystemError(number: EFBIG) }
        }
    }

    /// Replaces a file as a whole: a reader sees the old content or the new, never a part.
    ///
    /// - Parameters:
    ///   - path: the file, which may not exist yet.
    ///   - content: all that it holds afterwards.
    ///   - isDurable: whether the content must outlive a crash of the machine from here on.
    /// - Throws: `SystemError`; the old content is still there.
    package static func replace(
        _ path: String, with content: some Collection<UInt8>, isDurable: Bool
    ) throws(SystemError) {
        let temporary = "\(path).\(getpid()).tmp"
        do throws(SystemError) {
            try write(temporary, content, isDurable: isDurable)
            guard rename(temporary, path) == 0 else { throw SystemError.last }
        } catch {
            unlink(temporary)
            throw error
        }
    }

    /// Writes into a file that exists and must stay the same file, such as one that a container runtime watches.
    package static func overwrite(_ path: String, with content: some Collection<UInt8>) throws(SystemError) {
        let descriptor = open(path, O_WRONLY | O_TRUNC | O_CLOEXEC)
        guard descriptor >= 0 else { throw .last }
        defer { close(descriptor) }
        try writeAll(ContiguousArray(content), to: descriptor)
    }

    /// Writes a new file; a durable one is on the disk afterwards.
    private static func write(
        _ path: String, _ content: some Collection<UInt8>, isDurable: Bool
    ) throws(SystemError) {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw .last }
        defer { close(descriptor) }
        try writeAll(ContiguousArray(content), to: descriptor)
        guard !isDurable || fsync(descriptor) == 0 else { throw .last }
    }

    /// Writes all bytes to an open descriptor, however often the system stops short.
    package static func writeAll(_ bytes: ContiguousArray<UInt8>, to descriptor: Int32) throws(SystemError) {
        var offset = 0
        while offset < bytes.count {
            let written = bytes.withUnsafeBytes {
                Glibc.write(descriptor, $0.baseAddress?.advanced(by: offset), bytes.count - offset)
            }
            if written < 0 {
                if errno == EINTR { continue }
                throw .last
            }
            offset += written
        }
    }
}
