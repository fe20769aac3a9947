/// Why bytes could not be compressed or decompressed.
package struct CompressionError: Error, Sendable, Equatable, CustomStringConvertible {
    package let description: String

    package init(_ description: String) {
        self.description = description
    }
}
