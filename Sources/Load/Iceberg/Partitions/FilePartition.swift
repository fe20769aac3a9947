/// The partition that a file belongs to: the spec that divided its rows, and the values that they share.
///
/// A file of deletions has the partition of the data that it deletes from.
package struct FilePartition: Sendable, Hashable {
    /// The id of the partition spec in the table.
    package let specID: Int32
    /// The value of each field of the spec by the field's id; `nil` for null.
    package let values: [Int: SingleValue?]

    /// The place of every file in a table that was never partitioned.
    package static let unpartitioned = FilePartition(specID: 0, values: [:])

    /// A partition of a spec.
    package init(specID: Int32, values: [Int: SingleValue?]) {
        self.specID = specID
        self.values = values
    }
}
