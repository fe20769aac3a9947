package import NilusCore

/// A value of a manifest with the place where it was written.
package struct Located<Value: Sendable>: Sendable {
    /// The value, typed.
    package let value: Value
    /// Where it begins.
    package let location: SourceLocation

    /// A value at its place.
    package init(_ value: Value, at location: SourceLocation) {
        self.value = value
        self.location = location
    }
}

extension Located: Equatable where Value: Equatable {}
