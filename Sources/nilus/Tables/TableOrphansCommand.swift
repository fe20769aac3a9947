import ArgumentParser
import JSON
import LakehouseSink
import NilusCore

/// Finds files that no snapshot needs, and removes them when asked to.
struct TableOrphansCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "orphans",
        abstract: "List files of a table that no snapshot needs; with '--delete', remove them.",
        discussion:
            "Files of a run that is under way look the same, so only files of a certain age count. Only the folders "
            + "for data and metadata inside the table's own are looked in, and not what is another table's there.")

    @OptionGroup var options: TableOptions

    @Argument(help: "The table, such as 'stripe.charge'.")
    var table: String

    @Option(help: "The age from which on files count, at least 1d.")
    var olderThan = Age(days: 3)

    @Flag(help: "Remove the files.")
    var delete = false

    func run() throws {
        let (output, deleting, age) = (options.output, delete, olderThan.duration)
        try TableWork.perform(options, table: table) { maintenance, name in
            var (count, bytes) = (0, 0)
            try await maintenance.orphans(of: name, olderThan: age, deleting: deleting) { orphan in
                count += 1
                bytes += orphan.sizeBytes
                switch output {
                case .text: print("\(orphan.modified)  \(orphan.sizeBytes.asByteCount)  \(orphan.location)")
                // A line each, so that a long list needs no memory.
                case .json: print(orphan.document.compactText)
                }
            }
            if output == .text {
                print(
                    "table '\(name)': \(count) orphans, \(bytes.asByteCount)\(deleting ? ", deleted" : "; nothing deleted")"
                )
            }
        }
    }
}

extension OrphanFile {
    fileprivate var document: JSONValue {
        [
            "location": .string(location), "bytes": .integer(sizeBytes), "modified": .string(modified.description),
        ]
    }
}
