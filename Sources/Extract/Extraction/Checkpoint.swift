import JSON

/// The durable promise of a table: every object created in this stretch of time is in it.
///
/// It is kept as JSON text in the snapshot that made it true.
package struct Checkpoint: Sendable, Hashable {
    /// First second of the stretch; `nil` when it reaches back to the beginning.
    package let createdFrom: Int64?
    /// First second after the stretch, since the epoch; the next run starts exactly here.
    package let createdBefore: Int64

    package init(createdFrom: Int64? = nil, createdBefore: Int64) {
        self.createdFrom = createdFrom
        self.createdBefore = createdBefore
    }

    /// Reads the text of an earlier run.
    ///
    /// - Returns: `nil` when the text is no checkpoint that this version understands.
    package init?(text: String) {
        guard let value = try? JSONValue(parsing: text.utf8), value["version"]?.integer == Self.version,
            let createdBefore = value["created_before"]?.integer
        else { return nil }
        let createdFrom = value["created_from"]
        guard createdFrom == nil || createdFrom?.integer != nil else { return nil }
        self.init(createdFrom: createdFrom?.integer, createdBefore: createdBefore)
    }

    package var text: String {
        var members: JSONObject = ["version": .integer(Self.version), "created_before": .integer(createdBefore)]
        members["created_from"] = createdFrom.map { .integer($0) }
        return JSONValue.object(members).compactText
    }

    private static let version: Int64 = 1
}

extension Checkpoint {
    /// Whether the stretch begins at a second or before it; `nil` stands for the beginning.
    package func reaches(backTo second: Int64?) -> Bool {
        guard let createdFrom else { return true }
        return second.map { createdFrom <= $0 } ?? false
    }

    /// What is promised after another stretch was read too: both, or this one where a gap lies between them.
    package func joined(with read: Checkpoint) -> Checkpoint {
        let touches = read.reaches(backTo: createdBefore) && reaches(backTo: read.createdBefore)
        guard touches else { return self }
        return Checkpoint(
            createdFrom: reaches(backTo: read.createdFrom) ? createdFrom : read.createdFrom,
            createdBefore: max(createdBefore, read.createdBefore))
    }
}
