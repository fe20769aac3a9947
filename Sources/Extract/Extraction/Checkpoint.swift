import JSON

/// The durable promise of a table: every object created before `createdBefore` is in it.
///
/// It is kept as JSON text in the snapshot that made it true.
package struct Checkpoint: Sendable, Hashable {
    /// Seconds since the epoch; the next run starts exactly here.
    package let createdBefore: Int64

    package init(createdBefore: Int64) {
        self.createdBefore = createdBefore
    }

    /// Reads the text of an earlier run.
    ///
    /// - Returns: `nil` when the text is no checkpoint that this version understands.
    package init?(text: String) {
        guard let value = try? JSONValue(parsing: text.utf8), value["version"]?.integer == Self.version,
            let createdBefore = value["created_before"]?.integer
        else { return nil }
        self.init(createdBefore: createdBefore)
    }

    package var text: String {
        JSONValue.object(["version": .integer(Self.version), "created_before": .integer(createdBefore)]).compactText
    }

    private static let version: Int64 = 1
}
