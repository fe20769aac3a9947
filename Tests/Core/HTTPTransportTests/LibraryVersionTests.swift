import HTTPTransport
import NilusCore
import Testing

struct `The version of a library` {
    @Test func `is what the library says, not empty`() {
        for library in [LibraryVersion.curl, .nghttp2] {
            #expect(library.version.first?.isNumber == true, "\(library)")
        }
    }

    @Test func `is unknown when the library does not say`() {
        #expect(LibraryVersion(name: "x", version: UnsafePointer<CChar>?.none).version == "unknown")
    }
}
