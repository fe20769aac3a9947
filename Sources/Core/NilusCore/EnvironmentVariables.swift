import Glibc

/// The environment of the job, taken once, so that tests can hand in their own.
package struct EnvironmentVariables: Sendable {
    private let values: [String: String]

    package init(_ values: [String: String]) {
        self.values = values
    }

    /// The value of a variable; an empty value counts as unset.
    package subscript(name: String) -> String? {
        guard let value = values[name], !value.isEmpty else { return nil }
        return value
    }

    /// The value of a variable as it is set, an empty one too; `nil` when it is not set.
    package func value(asSet name: String) -> String? { values[name] }

    /// The environment of this process.
    package static func ofProcess() -> EnvironmentVariables {
        var values: [String: String] = [:]
        var entry: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?> = environ
        while let pointer = entry.pointee {
            let text = String(cString: pointer)
            if let split = text.firstIndex(of: "=") {
                values[String(text[..<split])] = String(text[text.index(after: split)...])
            }
            entry = entry.advanced(by: 1)
        }
        return EnvironmentVariables(values)
    }
}
