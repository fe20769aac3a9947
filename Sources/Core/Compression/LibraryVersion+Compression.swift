import CZlib
import CZstd
package import NilusCore

extension LibraryVersion {
    /// zlib.
    package static var zlib: LibraryVersion { LibraryVersion(name: "zlib", version: zlibVersion()) }

    /// Zstandard.
    package static var zstd: LibraryVersion { LibraryVersion(name: "zstd", version: ZSTD_versionString()) }
}
