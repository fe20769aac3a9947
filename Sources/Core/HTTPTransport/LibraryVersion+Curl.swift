import CCurl
package import NilusCore

extension LibraryVersion {
    /// libcurl.
    package static var curl: LibraryVersion {
        LibraryVersion(name: "curl", version: curl_own_facts()?.pointee.version)
    }

    /// The HTTP/2 library that libcurl uses.
    package static var nghttp2: LibraryVersion {
        LibraryVersion(name: "nghttp2", version: curl_own_facts()?.pointee.nghttp2_version)
    }
}
