import CLinux
import NilusCore

extension LibraryVersion {
    /// The C library.
    static var cLibrary: LibraryVersion { LibraryVersion(name: "glibc", version: gnu_get_libc_version()) }
}
