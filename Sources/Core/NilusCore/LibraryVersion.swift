/// A library that is part of the program, with the version that the library itself tells while it runs.
///
/// Each Swift room adds the libraries it wraps, so that no version is written down twice.
package struct LibraryVersion: Sendable, Hashable {
    package let name: String
    /// The library's own spelling, such as "3.0.17".
    package let version: String

    package init(name: String, version: String) {
        self.name = name
        self.version = version
    }

    /// Takes a C string over; "unknown" for a null pointer.
    package init(name: String, version: UnsafePointer<CChar>?) {
        self.init(name: name, version: version.map { String(cString: $0) } ?? "unknown")
    }
}
