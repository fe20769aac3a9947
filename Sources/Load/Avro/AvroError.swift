/// Why bytes are not the Avro they should be, or a value does not fit its schema.
package struct AvroError: Error, Sendable, Equatable, CustomStringConvertible {
    /// What was found, for example `a length of -4 bytes`.
    package let reason: String
    /// Where it was found, for example `byte 17`; `nil` when it is no matter of bytes.
    package let place: String?

    init(_ reason: String, at place: String? = nil) {
        self.reason = reason
        self.place = place
    }

    /// Reason and place in one clause.
    package var description: String {
        place.map { "\(reason) at \($0)" } ?? reason
    }
}
