import Parquet

/// What to measure, from the command line: a mode, then names with their values.
struct BenchmarkOptions {
    static let usage = """
        usage: parquet-benchmark MODE [NAME VALUE]…
          charges   rows shaped like charges, of about 2 KB each
          kinds     one column of each kind by itself
          fill      filling batches, without a writer
          read      one column of a file that 'charges' wrote, and 10,000 of its values looked for
          rows N            how many rows (200000)
          file PATH         where the file of 'charges' goes (/dev/null), or the one to read
          only NAME         the one column of 'kinds', or the one to read (id)
          bloom NAME        a column of 'charges' that gets Bloom filters (none)
          level N           Zstandard's level (1)
          row-group-mib N   the size of row groups (8)
        """

    let mode: String
    private var values: [String: String] = [:]

    /// `nil` when the arguments are not as `usage` says.
    init?(_ arguments: [String]) {
        guard arguments.count.isMultiple(of: 2) == false, let mode = arguments.first else { return nil }
        self.mode = mode
        for position in stride(from: 1, to: arguments.count, by: 2) {
            guard ["rows", "file", "only", "bloom", "level", "row-group-mib"].contains(arguments[position]) else {
                return nil
            }
            values[arguments[position]] = arguments[position + 1]
        }
    }

    var rows: Int { number("rows") ?? 200_000 }
    var file: String { values["file"] ?? "/dev/null" }
    var only: String? { values["only"] }
    var bloom: String? { values["bloom"] }
    var level: Int { number("level") ?? ParquetScratch.defaultCompressionLevel }
    var rowGroupBytes: Int { number("row-group-mib").map { $0 * 1_024 * 1_024 } ?? ParquetOptions.usualRowGroupBytes }

    private func number(_ name: String) -> Int? { values[name].flatMap { Int($0) } }
}
