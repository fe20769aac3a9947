import CSimdjson
package import NilusCore

extension LibraryVersion {
    /// simdjson.
    package static var simdjson: LibraryVersion { LibraryVersion(name: "simdjson", version: simdjson_version()) }
}
