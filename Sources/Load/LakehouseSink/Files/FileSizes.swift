import Iceberg

/// How large files and their parts become.
package struct FileSizes: Sendable, Hashable {
    /// Encoded bytes at which a row group is written; also the memory that all open files may take together.
    package let rowGroupBytes: Int
    /// Bytes at which a data file is closed and the next begins.
    package let fileBytes: Int
    /// Rows at which a data file is closed, from `loader-file-size`; `nil` for no limit.
    package let fileRows: Int?

    /// Large enough that tables have few files, small enough that a reader can share them out.
    package static let standardFileBytes = 128 * 1_024 * 1_024
    /// Row groups of full size in a file at most: the footer, which tells of each, is held until the end.
    private static let mostRowGroups = 16

    /// Sizes for row groups of so many bytes.
    ///
    /// - Parameters:
    ///   - rowGroupBytes: what the envelope allows.
    ///   - fileBytes: `nil` for 128 MiB, or what 16 row groups take where that is less.
    ///   - fileRows: the rows of a file, if a manifest limits them.
    package init(rowGroupBytes: Int, fileBytes: Int? = nil, fileRows: Int? = nil) {
        self.rowGroupBytes = rowGroupBytes
        self.fileBytes = fileBytes ?? min(Self.standardFileBytes, rowGroupBytes * Self.mostRowGroups)
        self.fileRows = fileRows
    }

    /// Part of what a full file holds below which a file is small.
    private static let smallShare = 0.75

    /// Whether a data file is well below the bytes, and the rows, at which a load closes one.
    ///
    /// A compaction closes its files at the same figures, so what it wrote is not small again.
    func isSmall(bytes: Int64, rows: Int64) -> Bool {
        Double(bytes) < Double(fileBytes) * Self.smallShare
            && (fileRows.map { Double(rows) < Double($0) * Self.smallShare } ?? true)
    }

    /// Memory for rows that wait to be sorted; what they take is about twice what they need.
    var bufferBytes: Int { rowGroupBytes / 2 }

    /// The sizes for a table, which may ask for smaller or, where the envelope allows, larger files.
    func following(_ table: TableMetadata) -> FileSizes {
        guard let text = table.properties["write.target-file-size-bytes"], let asked = Int(text), asked > 0 else {
            return self
        }
        return FileSizes(
            rowGroupBytes: rowGroupBytes, fileBytes: min(asked, rowGroupBytes * Self.mostRowGroups),
            fileRows: fileRows)
    }
}
