import Glibc

/// The system calls that a full, broken or read-only disk answers with an error.
///
/// Handed in, so that tests can have such a disk on any machine and as any user.
struct DiskCalls: Sendable {
    var makeDirectory: @Sendable (_ path: String) -> Int32
    var create: @Sendable (_ path: String) -> Int32
    var write: @Sendable (_ descriptor: Int32, _ bytes: UnsafeRawPointer?, _ count: Int) -> Int
    var sync: @Sendable (_ descriptor: Int32) -> Int32
    var rename: @Sendable (_ from: String, _ to: String) -> Int32
    /// Gives a file a second name, unless that name is taken.
    var link: @Sendable (_ from: String, _ to: String) -> Int32

    static let system = DiskCalls(
        makeDirectory: { mkdir($0, 0o755) },
        create: { open($0, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o644) },
        write: { Glibc.write($0, $1, $2) },
        sync: { fsync($0) },
        rename: { Glibc.rename($0, $1) },
        link: { Glibc.link($0, $1) })
}
