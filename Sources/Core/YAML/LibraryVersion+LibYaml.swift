import CLibYaml
package import NilusCore

extension LibraryVersion {
    /// libyaml.
    package static var libyaml: LibraryVersion {
        LibraryVersion(name: "libyaml", version: yaml_get_version_string())
    }
}
