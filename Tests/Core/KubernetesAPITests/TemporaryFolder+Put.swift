import TemporaryFolders

extension TemporaryFolder {
    /// Writes a file and tells where it is.
    func put(_ name: String, _ text: String) throws -> String {
        try write(text, to: name)
        return "\(path)/\(name)"
    }
}
