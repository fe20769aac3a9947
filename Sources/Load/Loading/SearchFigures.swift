/// What it cost to find the rows of a table that a load changes.
package struct SearchFigures: Sendable, Hashable {
    /// Manifest files of data that were read.
    package var manifestsRead = 0
    /// Live data files of the table.
    package var filesInTable = 0
    /// Data files of which more was read than the table's metadata tells.
    package var filesOpened = 0
    /// Data files whose rows were looked at, in the columns that tell which go.
    package var filesScanned = 0
    /// Bytes read of data files and of files of deletions.
    package var bytesRead = 0

    /// No cost.
    package init() {}
}
